// What every server process does at its start and end.
#pragma once

#include <thread>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace stadtmesh::wiring {

// SIGINT and SIGTERM, blocked in this and all later threads. Make it before the first thread
// starts. Ignores SIGPIPE.
//
// As long as the process starts, that is until Started or the first Wait, a signal ends it at once,
// as if nobody had blocked it: a start may wait long (for Redis, for a large map), and what serves
// nobody yet has nothing to end in order. From then on Wait tells.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  void Started();
  // True once somebody wants the process to end; false after `timeout`.
  bool Wait(absl::Duration timeout);

 private:
  void WatchTheStart();

  int signals_ = -1, started_ = -1;  // descriptors
  std::thread watch_;
};

// Connections are descriptors: takes as many as the system gives.
void RaiseDescriptorLimit();

// Prints "<name>: <message>" when there is an error. The process's exit code: 0, 2 for a wrong
// setting or argument, 1 for anything else.
int ExitCode(absl::string_view name, const absl::Status& status);

}  // namespace stadtmesh::wiring
