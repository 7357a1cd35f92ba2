// How long an offer and a booking take as a day fills up: five buses, up to 300 rides, on
// straight-line travel times (the planner alone).
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>
#include <vector>

#include "world.h"

namespace stadtmesh::buergerbus {
namespace {

using testing::World;

Settings FiveBuses() {
  Settings town = testing::TestTown();
  town.vehicles.clear();
  town.shifts.clear();
  const Settings one = testing::TestTown();
  for (int bus = 1; bus <= 5; ++bus) {
    Vehicle vehicle = one.vehicles[0];
    vehicle.id = VehicleId("bus-" + std::to_string(bus));
    town.vehicles.push_back(vehicle);
    for (ShiftTemplate shift : {one.shifts[0], one.shifts[1]}) {
      shift.vehicle = vehicle.id;
      shift.id =
          ShiftId(vehicle.id.value() + "-" + std::to_string(absl::ToInt64Hours(shift.begin)));
      town.shifts.push_back(shift);
    }
  }
  return town;
}

TripRequest RandomWish(std::mt19937_64& random) {
  const auto number = [&](int most) { return std::uniform_int_distribution<int>(0, most)(random); };
  TripRequest wish;
  wish.trip.origin.location = testing::Point(number(100) / 10.0, number(100) / 10.0);
  wish.trip.destination.location = testing::Point(number(100) / 10.0, number(100) / 10.0);
  wish.trip.party.people = 1 + number(1);
  wish.trip.fares = {{FareCategoryId("adult"), wish.trip.party.people}};
  wish.time = testing::At(7) + absl::Minutes(number(11 * 60));
  return wish;
}

void Print(const char* what, std::vector<double>& milliseconds) {
  if (milliseconds.empty()) return;
  std::sort(milliseconds.begin(), milliseconds.end());
  const auto at = [&](double share) {
    return milliseconds[static_cast<size_t>(share * (milliseconds.size() - 1))];
  };
  std::printf("%-22s n=%4zu  p50 %7.3f ms  p99 %7.3f ms\n", what, milliseconds.size(), at(0.5),
              at(0.99));
}

void Run() {
  World world(FiveBuses());
  std::mt19937_64 random(1);
  std::vector<double> offers, accepts;
  int refused = 0;
  for (int tries = 0; world.rides.size() < 300 && tries < 3000; ++tries) {
    TripRequest wish = RandomWish(random);
    const auto trip = ResolveTrip(world.settings, wish.trip);
    if (!trip.ok()) continue;
    wish.trip = *trip;
    const auto timed = [](std::vector<double>& into, const auto& call) {
      const auto start = std::chrono::steady_clock::now();
      auto result = call();
      into.push_back(
          std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
              .count());
      return result;
    };
    const auto found = timed(offers, [&] { return world.Offers(wish); });
    if (found->offers.empty()) {
      ++refused;
      continue;
    }
    const absl::Time pickup = found->offers[0].promise.pickup.begin;
    const auto booked = timed(accepts, [&] { return world.Book(wish, pickup); });
    if (!booked.ok()) std::printf("lost offer: %s\n", booked.status().ToString().c_str());
  }
  Print("offers", offers);
  Print("accept, check, adopt", accepts);
  std::printf("rides %zu, refused at the wished time %d\n", world.rides.size(), refused);
  const std::string fault = world.Fault(true);
  std::printf("invariants: %s\n", fault.empty() ? "kept" : fault.c_str());
}

}  // namespace
}  // namespace stadtmesh::buergerbus

int main() { stadtmesh::buergerbus::Run(); }
