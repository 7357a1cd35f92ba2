// What the command line says. See Usage().
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace stadtmesh::town {

struct Arguments {
  enum class Command { kRun, kTokens, kWelcome, kVersion, kHelp } command = Command::kRun;
  bool demo = false;
  std::string data_directory = ".stadtmesh";
  std::string map_file;                   // OpenStreetMap extract
  std::string listen = "127.0.0.1:8080";  // of the gateway
  std::string url;                        // welcome: where the gateway is reached
  std::string from_stop, to_stop;         // welcome: of the first ride
  std::string descriptors;                // stadtmesh.protoset; empty: beside the program
  // a simulated clock (see file_clock.h); empty: the system's
  std::string clock_file;
  std::string ready_file;  // written once everything is up: {"url": ...}
  std::string log_level = "warning";
  std::string role;  // tokens: with `count`
  // tokens: that many subjects <role>-0001 ...; 0: one token per role
  int count = 0;
};

// INVALID_ARGUMENT naming the option and what it should be.
absl::StatusOr<Arguments> ParseArguments(const std::vector<std::string>& arguments);

absl::string_view Usage();

}  // namespace stadtmesh::town
