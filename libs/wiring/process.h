// What every server process does at its start and end.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace stadtmesh::wiring {

// SIGINT and SIGTERM, blocked in this and all later threads and read where it suits. Make it before
// the first thread starts. Ignores SIGPIPE.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  // True once somebody wants the process to end; false after `timeout`.
  bool Wait(absl::Duration timeout) const;

 private:
  int descriptor_;
};

// Connections are descriptors: takes as many as the system gives.
void RaiseDescriptorLimit();

// A whole file. INVALID_ARGUMENT naming `setting` when it cannot be read.
absl::StatusOr<std::string> ReadFile(absl::string_view setting, const std::string& path);

// Prints "<name>: <message>" when there is an error. The process's exit code: 0, 2 for a wrong
// setting or argument, 1 for anything else.
int ExitCode(absl::string_view name, const absl::Status& status);

}  // namespace stadtmesh::wiring
