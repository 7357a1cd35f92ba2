#include "arguments.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace stadtmesh::dispatch {
namespace {

absl::Status Wrong(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(what, " (see stadtmesh-dispatch --help)"));
}

absl::Status SetOption(absl::string_view name, const std::string& value, Arguments& arguments) {
  bool good = true;
  if (name == "--format") {
    arguments.format = value;
  } else if (name == "--seconds") {
    good = absl::SimpleAtod(value, &arguments.seconds) && arguments.seconds > 0 &&
           arguments.seconds <= 1e6;
  } else if (name == "--seed") {
    good = absl::SimpleAtoi(value, &arguments.seed);
  } else if (name == "--iterations") {
    good = absl::SimpleAtoi(value, &arguments.iterations) && arguments.iterations >= 0;
  } else if (name == "--threads") {
    good = absl::SimpleAtoi(value, &arguments.threads) && arguments.threads >= 1 &&
           arguments.threads <= 64;
  } else {
    return Wrong(absl::StrCat("unknown option ", name));
  }
  return good ? absl::OkStatus() : Wrong(absl::StrCat(name, " does not take '", value, "'"));
}

// Where --format is missing: by the file's name.
std::string GuessFormat(const std::string& file) {
  return absl::EndsWith(file, ".json") ? "json" : "";
}

}  // namespace

const char* const kHelp =
    R"(Plans pick-ups and deliveries: who drives whom, and when.

  stadtmesh-dispatch solve FILE [--format darp|pdptw|json] [--seconds S] [--seed N] [--threads T] [--iterations I]
      Prints one JSON object: cost, vehicles (used), feasible (by the independent judge), routes, iterations, seconds, ...
      --seconds S     time for the whole search, default 10; never overrun by more than 10 ms
      --seed N        default 1; with --iterations (and one thread or more) the same seed gives the same plan
      --threads T     default 1
      --iterations I  ends after so many steps instead of after a time
      SIGINT and SIGTERM end the search; the plan found so far is printed.
  stadtmesh-dispatch check FILE SOLUTION [--format darp|pdptw|json]
      Judges the "routes" of SOLUTION (what `solve` printed). Prints feasible, cost and every violation. What is driven or locked must be
      as in the "plan" of FILE, where it has one.
  FILE or SOLUTION may be - for standard input.

Formats:
  darp    dial-a-ride instances of Cordeau and Laporte; cost is the distance; routes are lists of nodes without depot
  pdptw   pick-up and delivery instances of Li and Lim; fewest vehicles first, cost is the distance
  json    everything the model knows, documented in libs/dispatch/README.md; cost is the weighted price
  Without --format a name that ends in .json is json.

Exit status: 0 feasible, 1 not feasible, 2 the arguments or a file make no sense.
)";

absl::StatusOr<Arguments> ParseArguments(const std::vector<std::string>& words) {
  Arguments arguments;
  std::vector<std::string> plain;
  for (size_t k = 0; k < words.size(); ++k) {
    if (words[k] == "--help" || words[k] == "-h") return Arguments();
    if (!absl::StartsWith(words[k], "--")) {
      plain.push_back(words[k]);
      continue;
    }
    const size_t equals = words[k].find('=');
    const std::string name = words[k].substr(0, equals);
    if (equals == std::string::npos && k + 1 >= words.size())
      return Wrong(absl::StrCat(name, " needs a value"));
    const std::string value =
        equals == std::string::npos ? words[++k] : words[k].substr(equals + 1);
    RETURN_IF_ERROR(SetOption(name, value, arguments));
  }
  if (plain.empty()) return Wrong("say solve or check");
  const bool solve = plain[0] == "solve";
  if (!solve && plain[0] != "check") return Wrong(absl::StrCat("unknown command '", plain[0], "'"));
  arguments.command = solve ? Arguments::Command::kSolve : Arguments::Command::kCheck;
  if (plain.size() != (solve ? 2 : 3))
    return Wrong(solve ? "solve takes one FILE" : "check takes FILE and SOLUTION");
  arguments.file = plain[1];
  if (!solve) arguments.solution = plain[2];
  if (arguments.format.empty()) arguments.format = GuessFormat(arguments.file);
  if (arguments.format.empty()) return Wrong("--format is missing");
  return arguments;
}

}  // namespace stadtmesh::dispatch
