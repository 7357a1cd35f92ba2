#include "stadtmesh/arguments.h"

#include <map>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "auth/principal.h"
#include "base/status.h"
#include "config/address.h"
#include "obs/log.h"

namespace stadtmesh::town {

namespace {

absl::Status Wrong(absl::string_view option, absl::string_view value,
                   absl::string_view expectation) {
  return absl::InvalidArgumentError(
      absl::StrCat(option, " is \"", value, "\", should be ", expectation));
}

absl::Status CheckRun(const Arguments& arguments) {
  if (!config::IsListenAddress(arguments.listen))
    return Wrong("--listen", arguments.listen, config::kListenAddress);
  if (!arguments.demo) {
    return absl::InvalidArgumentError(
        "so far one process runs a demo town only: give --demo (see --help)");
  }
  if (!config::IsLoopback(config::HostOf(arguments.listen))) {
    return Wrong("--listen", arguments.listen,
                 "an address of this machine alone with --demo, such as 127.0.0.1:8080");
  }
  if (!obs::ParseLevel(arguments.log_level).ok())
    return Wrong("--log-level", arguments.log_level, "debug, info, warning or error");
  if (arguments.map_file.empty()) {
    return absl::InvalidArgumentError(
        "--map is missing: the OpenStreetMap extract of the town (see --help)");
  }
  return absl::OkStatus();
}

absl::Status CheckTokens(const Arguments& arguments) {
  if (arguments.role.empty() != (arguments.count == 0)) {
    return absl::InvalidArgumentError(
        "--role and --count belong together: that many people of that role");
  }
  const std::optional<auth::Role> role = auth::ParseRole(arguments.role);
  if (!arguments.role.empty() && (!role || *role == auth::Role::kService))
    return Wrong("--role", arguments.role, "a role of people such as citizen or driver");
  return absl::OkStatus();
}

absl::Status Check(const Arguments& arguments) {
  if (arguments.command == Arguments::Command::kRun) return CheckRun(arguments);
  if (arguments.command == Arguments::Command::kTokens) return CheckTokens(arguments);
  if (arguments.url.empty() || arguments.from_stop.empty() || arguments.to_stop.empty()) {
    return absl::InvalidArgumentError(
        "welcome needs --url, --from and --to: the gateway's address and two stops");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Arguments> ParseArguments(const std::vector<std::string>& arguments) {
  Arguments parsed;
  const std::map<std::string, std::string*> texts = {{"--data", &parsed.data_directory},
                                                     {"--map", &parsed.map_file},
                                                     {"--listen", &parsed.listen},
                                                     {"--url", &parsed.url},
                                                     {"--descriptors", &parsed.descriptors},
                                                     {"--clock", &parsed.clock_file},
                                                     {"--ready-file", &parsed.ready_file},
                                                     {"--log-level", &parsed.log_level},
                                                     {"--role", &parsed.role},
                                                     {"--from", &parsed.from_stop},
                                                     {"--to", &parsed.to_stop}};
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (i == 0 && argument == "run") continue;
    if (i == 0 && argument == "tokens") {
      parsed.command = Arguments::Command::kTokens;
    } else if (i == 0 && argument == "welcome") {
      parsed.command = Arguments::Command::kWelcome;
    } else if (argument == "--help" || argument == "-h") {
      parsed.command = Arguments::Command::kHelp;
      return parsed;
    } else if (argument == "--version") {
      parsed.command = Arguments::Command::kVersion;
      return parsed;
    } else if (argument == "--demo") {
      parsed.demo = true;
    } else if (argument == "--count") {
      if (++i >= arguments.size() || !absl::SimpleAtoi(arguments[i], &parsed.count) ||
          parsed.count < 1 || parsed.count > 100'000) {
        return absl::InvalidArgumentError("--count needs a number from 1 to 100000");
      }
    } else if (const auto found = texts.find(argument); found != texts.end()) {
      if (++i >= arguments.size())
        return absl::InvalidArgumentError(absl::StrCat(argument, " needs a value"));
      *found->second = arguments[i];
    } else {
      return absl::InvalidArgumentError(
          absl::StrCat("unknown option: ", argument, " (see --help)"));
    }
  }
  RETURN_IF_ERROR(Check(parsed));
  return parsed;
}

absl::string_view Usage() {
  return R"(stadtmesh: a town's services in one process, with a private Redis and nothing else to install

  stadtmesh [run] --demo --map FILE [options]   starts the demo town
  stadtmesh tokens [--role ROLE --count N]      prints demo tokens as JSON: one per role, or N people of one role
                                                of a town that has started
  stadtmesh welcome --url URL --from STOP --to STOP   prints how to take a first ride

  --map FILE         OpenStreetMap extract of the town: .osm, .osm.gz, .osm.bz2 or .osm.pbf
  --data DIR         where all state lies (default .stadtmesh); one process at a time
  --listen ADDRESS   host:port of the gateway, loopback only with --demo (default 127.0.0.1:8080)
  --log-level LEVEL  debug, info, warning or error (default warning); JSON lines on stderr
  --descriptors FILE the contracts, stadtmesh.protoset (default: of this build or installation)
  --clock FILE       a simulated clock, for tools/simulate: FILE holds nanoseconds since 1970 as 8 bytes, little-endian
  --ready-file FILE  written once everything is up
  --demo             a made-up town with a development issuer of tokens; never for real people's data
  --version          which one this is
  --help             this text
)";
}

}  // namespace stadtmesh::town
