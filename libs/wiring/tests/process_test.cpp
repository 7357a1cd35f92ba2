// How a process hears that it should end: at once while it starts, in order once it serves.
#include "wiring/process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "absl/time/time.h"

namespace stadtmesh::wiring {
namespace {

// A child that tells by a byte that its signals are blocked. Forked from a test that has no other
// thread.
class Child {
 public:
  // `waits`: is past its start, and ends with 7 when it hears of a signal.
  explicit Child(bool waits) {
    EXPECT_EQ(pipe(ends_), 0);
    pid_ = fork();
    if (pid_ == 0) Run(waits);
    char ready = 0;
    EXPECT_EQ(read(ends_[0], &ready, 1), 1);
  }
  ~Child() {
    close(ends_[0]);
    close(ends_[1]);
  }
  int EndedBy(int signal) const {
    kill(pid_, signal);
    int status = 0;
    EXPECT_EQ(waitpid(pid_, &status, 0), pid_);
    return status;
  }

 private:
  [[noreturn]] void Run(bool waits) {
    StopSignals signals;
    if (waits) signals.Started();
    if (write(ends_[1], "r", 1) != 1) _exit(1);
    while (!waits) pause();  // as a start that waits for Redis
    while (!signals.Wait(absl::Seconds(60))) {
    }
    _exit(7);
  }

  int ends_[2];
  pid_t pid_ = -1;
};

TEST(StopSignals, EndAStartAtOnce) {
  for (const int signal : {SIGTERM, SIGINT}) {
    const int status = Child(/*waits=*/false).EndedBy(signal);
    EXPECT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(WTERMSIG(status), signal);
  }
}

TEST(StopSignals, AreToldToWhoServes) {
  for (const int signal : {SIGTERM, SIGINT}) {
    const int status = Child(/*waits=*/true).EndedBy(signal);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 7);
  }
}

}  // namespace
}  // namespace stadtmesh::wiring
