// The command line of stadtmesh-dispatch.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace stadtmesh::dispatch {

struct Arguments {
  enum class Command { kHelp, kSolve, kCheck };
  Command command = Command::kHelp;
  std::string file, solution;
  std::string format;  // "darp", "pdptw" or "json"
  double seconds = 10;
  int64_t iterations = -1;
  uint64_t seed = 1;
  int threads = 1;
};

absl::StatusOr<Arguments> ParseArguments(const std::vector<std::string>& words);

extern const char* const kHelp;

}  // namespace stadtmesh::dispatch
