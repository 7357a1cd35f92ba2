// dispatch_dynamic_day: what background improvement is worth on a day as it comes, against
// insertion alone with the same vehicles.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <numeric>

#include "day.h"

namespace stadtmesh::dispatch::bench {
namespace {

struct Options {
  std::string folder = "../shared/data/munich_requests";
  std::vector<std::string> streams;
  double share = 0.85;
  int fleet = 0;  // 0: the smallest that serves `share` by insertion
  int64_t iterations = 1000, attempts = 3000;
  double seconds = 0;
  uint64_t seed = 1;
};

double Mean(const std::vector<Ticks>& values) {
  return values.empty() ? 0
                        : ToSeconds(std::accumulate(values.begin(), values.end(), Ticks{0})) / 60 /
                              static_cast<double>(values.size());
}

double Percentile95(std::vector<Ticks> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return ToSeconds(values[std::min(values.size() - 1, values.size() * 95 / 100)]) / 60;
}

void Print(const char* how, const Outcome& outcome, const Outcome& base) {
  const double mean_ride = outcome.rides.empty()
                               ? 0
                               : std::accumulate(outcome.rides.begin(), outcome.rides.end(), 0.0) /
                                     static_cast<double>(outcome.rides.size());
  std::printf(
      "  %-34s %4d of %d (%5.1f %%) %+6.1f %% %8.2f h %+6.1f %% %6.1f %6.1f %7.2f %7zu %9.1f\n",
      how, outcome.served, outcome.wishes, 100.0 * outcome.served / std::max(1, outcome.wishes),
      100.0 * (outcome.served - base.served) / std::max(1, base.served),
      ToSeconds(outcome.driven) / 3600,
      100.0 * static_cast<double>(outcome.driven - base.driven) /
          static_cast<double>(std::max<Ticks>(1, base.driven)),
      Mean(outcome.waits), Percentile95(outcome.waits), mean_ride, outcome.faults.size(),
      outcome.seconds);
  for (size_t i = 0; i < std::min<size_t>(3, outcome.faults.size()); ++i)
    std::printf("    ✗ %s\n", outcome.faults[i].c_str());
  std::fflush(stdout);
}

bool Run(const Options& options, const std::string& stream) {
  const absl::StatusOr<Town> town = ReadTown(options.folder, stream);
  if (!town.ok()) {
    std::fprintf(stderr, "%s\n", town.status().ToString().c_str());
    return false;
  }
  const Rules rules;
  const Policy insertion;
  int fleet = std::max(1, options.fleet);
  Outcome base = Realise(*town, rules, fleet, insertion);
  const double wanted = options.share * base.wishes;
  while (options.fleet == 0 && base.served < wanted)
    base = Realise(*town, rules, ++fleet, insertion);
  std::printf("\n%s: %zu wishes, %d six-seaters\n",
              std::filesystem::path(stream).filename().c_str(), town->wishes.size(), fleet);
  std::printf("  %-34s %22s %8s %10s %8s %6s %6s %7s %7s %9s\n", "", "served", "", "driven", "",
              "wait", "p95", "ride", "broken", "CPU s");
  Print("insertion alone", base, base);
  Policy policy = insertion;
  policy.seed = options.seed;
  policy.iterations = options.iterations;
  policy.attempts = options.attempts;
  Outcome improved = Realise(*town, rules, fleet, policy);
  Print("improved, by iterations", improved, base);
  std::printf("    %d of them could not be inserted\n", improved.served_by_improvement);
  bool kept = base.faults.empty() && improved.faults.empty();
  if (options.seconds > 0) {
    policy.time = absl::Seconds(options.seconds);
    improved = Realise(*town, rules, fleet, policy);
    Print("improved, by time", improved, base);
    kept = kept && improved.faults.empty();
  }
  return kept;
}

Options Parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i], value = argv[i + 1];
    if (name == "--data") options.folder = value;
    if (name == "--stream") options.streams.push_back(value);
    if (name == "--share") options.share = std::atof(value.c_str());
    if (name == "--fleet") options.fleet = std::atoi(value.c_str());
    if (name == "--iterations") options.iterations = std::atoll(value.c_str());
    if (name == "--attempts") options.attempts = std::atoll(value.c_str());
    if (name == "--seconds") options.seconds = std::atof(value.c_str());
    if (name == "--seed") options.seed = std::strtoull(value.c_str(), nullptr, 10);
  }
  return options;
}

}  // namespace
}  // namespace stadtmesh::dispatch::bench

int main(int argc, char** argv) {
  using namespace stadtmesh::dispatch::bench;
  Options options = Parse(argc, argv);
  if (options.streams.empty()) {
    for (const char* name : {"example_400.csv", "example_100_reservation.csv"})
      options.streams.push_back(options.folder + "/" + name);
  }
  bool kept = true;
  for (const std::string& stream : options.streams) kept = Run(options, stream) && kept;
  return kept ? 0 : 1;
}
