// Public benchmark instances.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <vector>

#include "bench.h"
#include "dispatch/improve.h"
#include "dispatch/io/instance.h"

namespace stadtmesh::dispatch::bench {
namespace {

struct BestKnown {
  int vehicles = 0;  // 0: does not count
  double cost = 0;
};
using Table = std::map<std::string, BestKnown>;

std::string ReadAll(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// `name,cost,..` or `name,vehicles,cost`.
Table ReadBest(const std::string& path, bool with_vehicles) {
  Table table;
  std::istringstream lines(ReadAll(path));
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    std::replace(line.begin(), line.end(), ',', ' ');
    std::istringstream words(line);
    std::string name;
    BestKnown best;
    words >> name;
    if (with_vehicles) words >> best.vehicles;
    if (words >> best.cost) table[name] = best;
  }
  return table;
}

absl::Duration ProcessorTime() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return absl::DurationFromTimespec(now);
}

struct Sum {
  int runs = 0, best = 0, infeasible = 0, more_vehicles = 0, compared = 0;
  double gap = 0;
};

void RunInstance(const std::string& path, const char* format, const BestKnown& best, double seconds,
                 const Options& options, Sum& sum) {
  const auto instance = io::Read(format, ReadAll(path));
  if (!instance.ok()) {
    std::printf("%s: %s\n", path.c_str(), std::string(instance.status().message()).c_str());
    return;
  }
  std::printf("%-8s", std::filesystem::path(path).stem().c_str());
  for (int seed = 1; seed <= options.seeds; ++seed) {
    Budget budget;
    budget.time = absl::Seconds(options.seconds > 0 ? options.seconds : seconds);
    budget.seed = static_cast<uint64_t>(seed);
    budget.threads = options.threads;
    if (options.processor) budget.elapsed = [&] { return ProcessorTime() / options.threads; };
    bool reached = false;
    if (options.until_best) {
      budget.on_better = [&](const CostTerms& price) {
        const bool small = best.vehicles == 0 || price.vehicles <= best.vehicles;
        reached |= small && price.refused == 0 && ToSeconds(price.driven) <= best.cost + 0.005;
      };
      budget.cancelled = [&] { return reached; };
    }
    const SolveResult result = Solve(instance->problem, budget);
    ++sum.runs;
    if (!result.feasible) {
      ++sum.infeasible;
      std::printf("     -");
      continue;
    }
    const double cost = io::ExactLength(*instance, result.plan);
    if (best.vehicles > 0 && result.cost.vehicles != best.vehicles) {
      ++sum.more_vehicles;
      std::printf(" %+dveh", result.cost.vehicles - best.vehicles);
    } else {
      ++sum.compared;
      const double gap = 100 * (cost / best.cost - 1);
      sum.gap += gap;
      sum.best += cost <= best.cost + 0.005 ? 1 : 0;
      std::printf(" %5.2f", gap);
    }
    std::fflush(stdout);
  }
  std::printf("\n");
}

void RunAll(const std::string& title, const std::string& folder, const char* format,
            const Table& best, double seconds, const std::string& prefixes,
            const Options& options) {
  if (options.seconds > 0) seconds = options.seconds;
  std::printf("\n%s, %.3g s, %d thread(s): gap to the best known cost in %% by seed\n",
              title.c_str(), seconds, options.threads);
  Sum sum;
  for (const auto& [name, known] : best) {
    if (prefixes.find(name[0]) == std::string::npos || name.find(options.only) == std::string::npos)
      continue;
    RunInstance(folder + "/" + name + ".txt", format, known, seconds, options, sum);
  }
  std::printf(
      "runs %d, best known or better %d, other number of vehicles %d, not feasible %d, mean gap of "
      "the rest %.4f %%\n",
      sum.runs, sum.best, sum.more_vehicles, sum.infeasible, sum.gap / std::max(1, sum.compared));
}

}  // namespace

void DialARide(const Options& options) {
  const Table best = ReadBest(options.data + "/darp/best_known.csv", false);
  for (double seconds : {10.0, 1.0}) {
    RunAll("Cordeau a/b", options.data + "/darp/instances", "darp", best, seconds, "ab", options);
    if (options.seconds > 0) return;
  }
}

void DialARideLarge(const Options& options) {
  Table best = ReadBest(options.data + "/darp/best_known.csv", false);
  best.insert(
      {{"R3a", {0, 532.00}}, {"R4a", {0, 570.25}}, {"R5a", {0, 625.64}}});  // from the literature
  RunAll("Cordeau and Laporte", options.data + "/darp/instances", "darp", best, 60, "R", options);
}

void PickupDelivery(const Options& options) {
  const Table best = ReadBest(options.data + "/pdptw/best_known.csv", true);
  RunAll("Li and Lim 100", options.data + "/pdptw/li_lim_100", "pdptw", best, 30, "l", options);
}

}  // namespace stadtmesh::dispatch::bench
