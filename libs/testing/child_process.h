// A program started by a test, to be stopped, continued and killed like a real replica.
#pragma once

#include <signal.h>
#include <sys/types.h>

#include <string>
#include <vector>

namespace stadtmesh::testing {

// Not thread-safe; construct it in a thread that outlives it (the child dies with that thread). Its
// output is the test's. Aborts when the program cannot be started.
class ChildProcess {
 public:
  explicit ChildProcess(std::vector<std::string> command);
  ~ChildProcess() { Kill(); }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }
  // SIGKILL waits for the end, also of a stopped process; SIGSTOP waits until it stands still.
  void Kill(int signal = SIGKILL);
  // True once it has ended by itself.
  bool Ended();
  // True when it stands still now.
  bool stopped() const;

 private:
  pid_t pid_ = 0;
};

}  // namespace stadtmesh::testing
