#include "wiring/command_line.h"

#include <iostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace stadtmesh::wiring {

absl::StatusOr<CommandLine> ParseCommandLine(int argc, const char* const* argv) {
  CommandLine result;
  ASSIGN_OR_RETURN(result.sources, config::Sources::FromProcess(argc, argv));
  for (const std::string& argument : result.sources.arguments) {
    if (argument == "--demo") {
      result.demo = true;
    } else if (argument == "--check") {
      result.check = true;
    } else if (argument == "--version") {
      result.version = true;
    } else {
      return absl::InvalidArgumentError(
          absl::StrCat("unknown argument ", argument,
                       ", it should be --config FILE, --demo, --check, --help or --version"));
    }
  }
  return result;
}

absl::StatusOr<bool> OnlyAsked(absl::string_view version, const CommandLine& command,
                               const config::Reader& reader) {
  if (command.sources.help) {
    std::cout << "--config FILE  the settings below as YAML\n"
                 "--check        only say whether the settings hold, and all that they name but "
                 "servers\n"
                 "--demo         open keys and a demo town; never in production\n"
                 "--version      which one this is\n\n"
              << reader.Help();
    return true;
  }
  if (command.version) {
    std::cout << version << "\n";
    return true;
  }
  RETURN_IF_ERROR(reader.Finish());
  if (command.check) std::cout << "the settings hold\n";
  return command.check;
}

}  // namespace stadtmesh::wiring
