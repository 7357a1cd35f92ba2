// The whole town in one process: reads the command line, starts, waits for a signal, ends.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "base/status.h"
#include "stadtmesh/arguments.h"
#include "stadtmesh/demo_identity.h"
#include "stadtmesh/file_clock.h"
#include "stadtmesh/town.h"
#include "stadtmesh/welcome.h"
#include "wiring/process.h"

namespace stadtmesh::town {
namespace {

std::string Json(const std::map<std::string, std::string>& tokens) {
  std::string text = "{";
  for (const auto& [role, token] : tokens) {
    text += absl::StrFormat("%s\"%s\": \"%s\"", text.size() > 1 ? ", " : "", role,
                            token);  // tokens need no escaping
  }
  return text + "}\n";
}

absl::Status PrintTokens(const Arguments& arguments, const Clock* clock) {
  RETURN_IF_ERROR(CheckTownIsThere(arguments.data_directory));
  ASSIGN_OR_RETURN(const auto issuer, OpenIssuer(arguments.data_directory, clock));
  RETURN_IF_ERROR(OpenSecrets(arguments.data_directory).status());
  if (arguments.count == 0) {
    ASSIGN_OR_RETURN(const auto tokens, DemoTokens(*issuer));
    std::cout << Json(tokens);
    return absl::OkStatus();
  }
  const std::optional<auth::Role> role = auth::ParseRole(arguments.role);  // as ParseArguments did
  std::cout << "[";
  for (int i = 1; i <= arguments.count; ++i) {
    ASSIGN_OR_RETURN(const std::string token,
                     issuer->Mint(*role, kDemoTenant, absl::Hours(24),
                                  absl::StrFormat("%s-%04d", arguments.role, i)));
    std::cout << (i > 1 ? ",\n" : "") << '"' << token << '"';
  }
  std::cout << "]\n";
  return absl::OkStatus();
}

absl::Status PrintWelcome(const Arguments& arguments, const Clock* clock) {
  RETURN_IF_ERROR(CheckTownIsThere(arguments.data_directory));
  ASSIGN_OR_RETURN(const auto issuer, OpenIssuer(arguments.data_directory, clock));
  ASSIGN_OR_RETURN(const auto tokens, DemoTokens(*issuer));
  std::cout << Welcome(arguments.url, /*metrics_port=*/0, tokens,
                       {arguments.from_stop, arguments.to_stop})
            << std::flush;
  return absl::OkStatus();
}

absl::Status WriteReadyFile(const Arguments& arguments, int port) {
  const std::string aside = arguments.ready_file + ".new";
  std::ofstream(aside) << absl::StrFormat("{\"port\": %d, \"url\": \"http://localhost:%d\"}\n",
                                          port, port);
  std::error_code error;
  // whoever waits for the file never sees half of it
  std::filesystem::rename(aside, arguments.ready_file, error);
  return error ? absl::UnavailableError("--ready-file cannot be written") : absl::OkStatus();
}

absl::Status Run(const Arguments& arguments, const Clock* clock) {
  wiring::StopSignals signals;
  ASSIGN_OR_RETURN(const std::unique_ptr<Town> town, Town::Start(arguments, clock));
  signals.Started();
  if (!arguments.ready_file.empty()) RETURN_IF_ERROR(WriteReadyFile(arguments, town->port()));
  std::cout << Welcome(absl::StrFormat("http://localhost:%d", town->port()), town->metrics_port(),
                       town->tokens(), town->first_ride())
            << std::flush;
  while (!signals.Wait(absl::Milliseconds(500))) {
    if (!town->healthy())
      return absl::UnavailableError(
          "the private redis-server has ended; its log is in the data folder");
  }
  town->Stop(absl::Now() + absl::Seconds(20));
  return absl::OkStatus();
}

absl::Status Execute(const Arguments& arguments) {
  SystemClock system;
  std::unique_ptr<FileClock> simulated;
  if (!arguments.clock_file.empty()) {
    ASSIGN_OR_RETURN(simulated, FileClock::Open(arguments.clock_file));
  }
  const Clock* const clock =
      simulated != nullptr ? static_cast<const Clock*>(simulated.get()) : &system;
  switch (arguments.command) {
    case Arguments::Command::kTokens:
      return PrintTokens(arguments, clock);
    case Arguments::Command::kWelcome:
      return PrintWelcome(arguments, clock);
    case Arguments::Command::kRun:
      return Run(arguments, clock);
    case Arguments::Command::kVersion:
      std::cout << "stadtmesh " STADTMESH_VERSION "\n";
      return absl::OkStatus();
    case Arguments::Command::kHelp:
      break;
  }
  std::cout << Usage();
  return absl::OkStatus();
}

}  // namespace
}  // namespace stadtmesh::town

int main(int argc, char** argv) {
  using namespace stadtmesh::town;
  const absl::StatusOr<Arguments> arguments = ParseArguments({argv + 1, argv + argc});
  return stadtmesh::wiring::ExitCode("stadtmesh",
                                     arguments.ok() ? Execute(*arguments) : arguments.status());
}
