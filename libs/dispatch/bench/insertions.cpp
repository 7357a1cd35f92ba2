// How long single insertions take in a day that fills up.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "bench.h"
#include "dispatch/insert.h"

namespace stadtmesh::dispatch::bench {
namespace {

// Places in a square whose side grows with the fleet; a day of 14 hours; rides of six to fifteen
// kilometres at most.
class Day {
 public:
  Day(int vehicles, uint64_t seed)
      : random_(seed),
        side_(4'000 * std::sqrt(vehicles / 5.0)),
        travel_(kPlaces, [this](Place a, Place b) {
          return static_cast<Ticks>(1.3 * std::hypot(x_[a] - x_[b], y_[a] - y_[b]) / 9.0 * kSecond);
        }) {
    for (int p = 0; p < kPlaces; ++p) {
      x_.push_back(Uniform(0, side_));
      y_.push_back(Uniform(0, side_));
    }
    problem_.travel = &travel_;
    for (int v = 0; v < vehicles; ++v) {
      Vehicle bus;
      bus.start = v;
      bus.end = v;
      bus.shift = {6 * kHour, 20 * kHour};
      bus.configurations = {{8, 0, 0, 0}, {6, 1, 0, 0}};
      problem_.vehicles.push_back(bus);
    }
  }

  Request Next() {
    Request ride;
    const Place from = Pick(0);
    Place to = Pick(0);
    for (int tries = 0; tries < 20 && travel_.Between(from, to, 0) > 20 * kMinute; ++tries)
      to = Pick(0);
    const Ticks at = static_cast<Ticks>(Uniform(6 * 60, 19.5 * 60)) * kMinute;
    const Ticks direct = travel_.Between(from, to, 0);
    ride.pickup = Visit{from, {at, at + 20 * kMinute}, {}, 30 * kSecond};
    ride.dropoff = Visit{to, {0, kForever}, {}, 30 * kSecond};
    ride.max_ride = direct * 3 / 2 + 10 * kMinute;
    ride.load = {1 + Pick(0) % 2, Pick(0) % 20 == 0 ? 1 : 0, 0, 0};
    return ride;
  }

  const Problem& problem() const { return problem_; }

 private:
  static constexpr int kPlaces = 40'000;
  double Uniform(double least, double most) {
    return std::uniform_real_distribution<double>(least, most)(random_);
  }
  Place Pick(int least) {
    return std::uniform_int_distribution<Place>(least, kPlaces - 1)(random_);
  }

  std::mt19937_64 random_;
  double side_;
  std::vector<double> x_, y_;
  FunctionTravelTimes travel_;
  Problem problem_;
};

double Megabytes() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word) {
    double kilobytes = 0;
    if (word == "VmRSS:" && status >> kilobytes) return kilobytes / 1024;
  }
  return 0;
}

// Milliseconds of the clock on the wall, and of the processor: on a busy machine the first hold
// other programs' time too.
class Times {
 public:
  void Measure(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    const double processor = Processor();
    work();
    processor_.push_back(Processor() - processor);
    wall_.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
            .count());
  }
  void Print(const char* what) {
    PrintOne(what, "wall", wall_);
    PrintOne(what, "processor", processor_);
  }

 private:
  static double Processor() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
  }
  static void PrintOne(const char* what, const char* clock, std::vector<double>& times) {
    if (times.empty()) return;
    std::sort(times.begin(), times.end());
    const auto at = [&](double share) {
      return times[static_cast<size_t>(share * static_cast<double>(times.size() - 1))];
    };
    std::printf("  %-28s %-10s p50 %8.3f ms  p99 %8.3f ms  max %8.3f ms  (%zu)\n", what, clock,
                at(0.5), at(0.99), at(1), times.size());
  }
  std::vector<double> wall_, processor_;
};

}  // namespace

void Insertions(int vehicles, int rides, int samples) {
  Day day(vehicles, 1);
  const double before = Megabytes();
  Plan empty;
  empty.routes.resize(vehicles);
  InsertIndex index(day.problem(), empty);
  int planned = 0, asked = 0;
  for (; planned < rides && asked < 3 * rides; ++asked) {
    const Request ride = day.Next();
    const InsertAnswer answer = index.Find(ride, planned, {.explain = false});
    if (!answer.options.empty()) index.Apply(ride, planned++, answer.options[0]);
  }
  std::printf(
      "\nInsert with %d vehicles and %d planned rides (of %d wishes), travel times computed, one "
      "core; %.0f MB for the "
      "prepared plan\n",
      vehicles, planned, asked, Megabytes() - before);
  Times plain, full, impossible;
  for (int k = 0; k < samples; ++k) {
    Request ride = day.Next();
    InsertAnswer answer;
    plain.Measure(
        [&] { answer = index.Find(ride, planned, {.alternatives = 3, .explain = false}); });
    if (answer.options.empty()) full.Measure([&] { answer = index.Find(ride, planned); });
    if (k % 10 != 0) continue;
    // A wish that nobody can fulfil: two wheelchairs more than any bus takes.
    ride.load[1] = 3;
    impossible.Measure([&] { answer = index.Find(ride, planned); });
  }
  plain.Print("three alternatives");
  full.Print("no bus is free: the reasons");
  impossible.Print("no bus has room: the reasons");
}

}  // namespace stadtmesh::dispatch::bench
