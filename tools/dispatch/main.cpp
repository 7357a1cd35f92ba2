// stadtmesh-dispatch: the dispatch engine on files.
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <new>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "arguments.h"
#include "base/status.h"
#include "dispatch/check.h"
#include "dispatch/improve.h"
#include "dispatch/io/json_plan.h"

namespace stadtmesh::dispatch {
namespace {

absl::StatusOr<std::string> ReadFile(const std::string& name) {
  std::stringstream text;
  if (name == "-") {
    text << std::cin.rdbuf();
    return text.str();
  }
  std::error_code ignored;
  if (std::filesystem::is_directory(name, ignored))
    return absl::InvalidArgumentError(absl::StrCat(name, ": is a folder"));
  std::ifstream file(name, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat(name, ": cannot be opened"));
  text << file.rdbuf();
  if (file.bad()) return absl::NotFoundError(absl::StrCat(name, ": cannot be read"));
  return text.str();
}

absl::StatusOr<io::Instance> ReadInstance(const Arguments& arguments) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(arguments.file));
  auto instance = io::Read(arguments.format, text);
  if (instance.ok()) return instance;
  return absl::InvalidArgumentError(
      absl::StrCat(arguments.file, ": ", instance.status().message()));
}

// What both commands print about a plan.
std::string Facts(const io::Instance& instance, const Plan& plan, const CheckReport& report) {
  const bool benchmark = !instance.points.empty() && !instance.node_of_place.empty();
  std::string facts = absl::StrFormat(
      "\"feasible\": %s, \"cost\": %.6f, \"vehicles\": %d", report.feasible ? "true" : "false",
      benchmark ? io::ExactLength(instance, plan) : report.cost.total, report.cost.vehicles);
  const CostTerms& cost = report.cost;
  absl::StrAppendFormat(&facts,
                        ", \"terms\": {\"driven\": %.6f, \"waiting\": %.6f, \"excess_ride\": %.6f, "
                        "\"rider_wait\": %.6f, "
                        "\"fairness\": %.6f, \"refused\": %g, \"total\": %.6f}",
                        ToSeconds(cost.driven), ToSeconds(cost.waiting),
                        ToSeconds(cost.excess_ride), ToSeconds(cost.rider_wait), cost.fairness,
                        cost.refused, cost.total);
  std::vector<std::string> violations;
  for (const Violation& violation : report.violations)
    violations.push_back(io::Quote(Describe(violation)));
  absl::StrAppend(&facts, ", \"violations\": [", absl::StrJoin(violations, ", "), "]");
  return facts;
}

// What is driven is known from the plan alone, and a search starts from a plan.
absl::StatusOr<Plan> StartOf(const io::Instance& instance, const std::string& file) {
  Plan start;
  start.routes.resize(instance.problem.vehicles.size());
  if (instance.plan) start = *instance.plan;
  for (const Violation& violation : Check(instance.problem, start).violations) {
    if (violation.limit != Limit::kForm) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(file, ": plan: ", Describe(violation),
                     " (missing, twice, incomplete, or in an impossible order)"));
  }
  return start;
}

// Set by SIGINT and SIGTERM: the plan found so far is printed. A second signal ends at once.
volatile std::sig_atomic_t stopped = 0;

void Stop(int signal) {
  stopped = 1;
  std::signal(signal, SIG_DFL);
}

absl::StatusOr<bool> RunSolve(const Arguments& arguments) {
  const auto start = std::chrono::steady_clock::now();
  ASSIGN_OR_RETURN(const io::Instance instance, ReadInstance(arguments));
  ASSIGN_OR_RETURN(const Plan begin, StartOf(instance, arguments.file));
  const std::chrono::duration<double> reading = std::chrono::steady_clock::now() - start;
  Budget budget;
  // Reading counts: --seconds is the time of the whole command.
  if (arguments.iterations < 0)
    budget.time = absl::Seconds(std::max(0.0, arguments.seconds - reading.count()));
  budget.iterations = arguments.iterations;
  budget.seed = arguments.seed;
  budget.threads = arguments.threads;
  budget.cancelled = [] { return stopped != 0; };
  std::signal(SIGINT, Stop);
  std::signal(SIGTERM, Stop);
  const SolveResult result =
      instance.plan ? Improve(instance.problem, begin, budget) : Solve(instance.problem, budget);
  const CheckReport report = Check(instance.problem, result.plan);
  absl::PrintF("{%s, \"routes\": %s, \"iterations\": %d, \"seconds\": %.3f}\n",
               Facts(instance, result.plan, report), io::WritePlan(instance, result.plan, report),
               result.iterations, absl::ToDoubleSeconds(result.time) + reading.count());
  return report.feasible;
}

absl::StatusOr<bool> RunCheck(const Arguments& arguments) {
  ASSIGN_OR_RETURN(const io::Instance instance, ReadInstance(arguments));
  ASSIGN_OR_RETURN(const std::string text, ReadFile(arguments.solution));
  auto plan = io::ReadSolution(instance, text);
  if (!plan.ok())
    return absl::InvalidArgumentError(
        absl::StrCat(arguments.solution, ": ", plan.status().message()));
  CheckReport report = Check(instance.problem, *plan);
  if (instance.plan) {
    for (const Violation& moved : CheckFrozen(instance.problem, *instance.plan, *plan))
      report.violations.push_back(moved);
    report.feasible = report.violations.empty();
  }
  absl::PrintF("{%s}\n", Facts(instance, *plan, report));
  return report.feasible;
}

int Main(const std::vector<std::string>& words) {
  const auto arguments = ParseArguments(words);
  absl::StatusOr<bool> feasible = false;
  if (!arguments.ok()) {
    feasible = arguments.status();
  } else if (arguments->command == Arguments::Command::kHelp) {
    std::fputs(kHelp, stdout);
    return 0;
  } else {
    feasible = arguments->command == Arguments::Command::kSolve ? RunSolve(*arguments)
                                                                : RunCheck(*arguments);
  }
  if (feasible.ok() && std::fflush(stdout) != 0)
    feasible = absl::DataLossError("the answer cannot be written");
  if (feasible.ok()) return *feasible ? 0 : 1;
  std::fprintf(stderr, "stadtmesh-dispatch: %s\n",
               std::string(feasible.status().message()).c_str());
  return 2;
}

}  // namespace
}  // namespace stadtmesh::dispatch

int main(int argc, char** argv) try {
  return stadtmesh::dispatch::Main({argv + 1, argv + argc});
} catch (const std::bad_alloc&) {
  std::fputs("stadtmesh-dispatch: not enough memory\n", stderr);
  return 2;
}
