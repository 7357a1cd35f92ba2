// What every server process understands on its command line: --config FILE, --demo, --check,
// --help, --version.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "config/reader.h"

namespace stadtmesh::wiring {

struct CommandLine {
  config::Sources sources;
  bool demo = false;   // open keys and a demo town; never in production
  bool check = false;  // only say whether the settings hold
  bool version = false;
};

// INVALID_ARGUMENT naming what is not understood.
absl::StatusOr<CommandLine> ParseCommandLine(int argc, const char* const* argv);

// To be called once every setting has been read and everything is made of them that needs no
// server. Prints the help, the version ("stadtmesh-gateway 0.1.0"), or that the settings hold, when
// that was all that was wanted: true then, and the process ends. INVALID_ARGUMENT with one line per
// wrong setting.
absl::StatusOr<bool> OnlyAsked(absl::string_view version, const CommandLine& command,
                               const config::Reader& reader);

}  // namespace stadtmesh::wiring
