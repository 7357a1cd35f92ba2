// A replica that dies in the middle of a replay, right behind an effect and before it could note
// it:
//   events_replay_process SOCKET SERVICE N
// Replays the aggregate "a" of the samples and kills itself behind the effect of event N.
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "events/tests/replayer.h"

int main(int count, char** arguments) {
  if (count != 4) return 2;
  const auto dies_behind = static_cast<uint64_t>(std::atoi(arguments[3]));
  stadtmesh::events::Replayer replayer(arguments[1], arguments[2], [&](uint64_t n) {
    if (n == dies_behind) (void)kill(getpid(), SIGKILL);
  });
  auto replayed = replayer.Replay();
  while (absl::IsAborted(replayed.status())) {  // the lock of the one that died before
    absl::SleepFor(absl::Milliseconds(20));
    replayed = replayer.Replay();
  }
  std::fprintf(stderr, "survived: %s\n", replayed.status().ToString().c_str());
  return 1;
}
