// A pipelined client: many threads block in Call, one I/O thread owns few connections. Commands
// that wait at the same time leave in one system call per connection, so concurrent callers share a
// round trip and the server's fsync.
#pragma once

#include <poll.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "redis/connection.h"
#include "redis/script.h"

namespace stadtmesh::redis {

struct ClientOptions {
  ConnectionOptions connection;
  int connections = 4;
  // When several calls are answered at once, their callers are about to send the next ones: the I/O
  // thread waits for them so long (at most an eighth of the last round trip), so that they share
  // the server's next fsync instead of splitting into two groups that wait for each other's. A
  // caller alone never waits.
  absl::Duration gather = absl::Microseconds(300);
  size_t max_waiting =
      10'000;  // calls that wait for a connection; more are refused with UNAVAILABLE
};

struct CallOptions {
  // The command may be executed twice (a read, or a script that recognises itself): after a broken
  // connection it is sent again until the deadline.
  bool repeatable = false;
  // Answered only when the replicas have it (ConnectionOptions::wait_replicas).
  bool durable = false;
};

// Thread-safe. Never call from a gRPC or I/O thread: calls block.
class Client {
 public:
  // Waits for the first connection. FAILED_PRECONDITION: the server's settings are refused (says
  // which). PERMISSION_DENIED: wrong password. UNAVAILABLE: not reachable until `deadline`.
  static absl::StatusOr<std::unique_ptr<Client>> Connect(ClientOptions options,
                                                         absl::Time deadline);
  // Does not wait; calls made before the first connection wait for it.
  explicit Client(ClientOptions options);
  ~Client();

  // The reply, which is never kError (but elements of an array may be). Errors: those of
  // ErrorReplyStatus (reply.h), and
  //   UNAVAILABLE        no connection until the deadline; or, with IsOutcomeUnknown, it was sent
  //                      and no answer came
  //   DEADLINE_EXCEEDED  never sent
  absl::StatusOr<Reply> Call(Command command, absl::Time deadline, CallOptions options = {});
  // Pipelines the commands on one connection, in order. One result per command.
  std::vector<absl::StatusOr<Reply>> CallAll(std::vector<Command> commands, absl::Time deadline,
                                             CallOptions options = {});
  // Runs a script by its hash, and by its text when the server does not know it (yet, or after
  // SCRIPT FLUSH). `arguments` is what follows the hash: number of keys, keys, arguments.
  absl::StatusOr<Reply> CallScript(const Script& script, const ScriptArguments& arguments,
                                   absl::Time deadline, CallOptions options = {});

  const ClientOptions& options() const { return options_; }
  // True while a connection is there.
  bool connected();

 private:
  void Submit(std::vector<CallPtr> calls);
  absl::StatusOr<Reply> Await(const CallPtr& call, absl::Time deadline);
  // Connected, or refused for good: being unreachable may pass, settings and passwords do not.
  bool Settled() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Wake();
  void Run();
  void Gather();
  bool TakeSubmitted();
  void Distribute();
  void RefuseWaiting();
  int PollOnce();
  void UpdateHealth();

  const ClientOptions options_;
  int wake_fd_ = -1;
  absl::Mutex mutex_;
  // Groups that go to one connection.
  std::vector<std::vector<CallPtr>> submitted_ ABSL_GUARDED_BY(mutex_);
  bool wake_sent_ ABSL_GUARDED_BY(mutex_) = false;
  size_t wake_from_ ABSL_GUARDED_BY(mutex_) =
      1;  // submitted groups that are worth waking the I/O thread
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool ready_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status problem_ ABSL_GUARDED_BY(mutex_);
  // I/O thread only.
  Servers servers_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<std::vector<CallPtr>> waiting_;
  std::vector<pollfd> polled_;
  size_t expected_ = 0;  // groups that are worth waiting for until gather_until_
  absl::Time gather_until_ = absl::InfinitePast();
  std::thread thread_;
};

}  // namespace stadtmesh::redis
