// A private redis-server as a child process: what one town on one machine runs on, and what tests
// start.
//
// It holds a lock on its data directory (a second server on the same append-only file loses what it
// acknowledged) and dies with its parent. The lock is inherited by the server, so it lasts until
// the last of both has ended.
#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace stadtmesh::redis {

struct ServerProcessOptions {
  std::string binary = "redis-server";
  std::string directory;  // append-only file, lock, log and socket; created when missing
  std::string socket;     // default: directory + "/redis.sock"; at most 107 bytes
  int port = 0;           // loopback TCP besides the socket; 0: none
  // override the durable defaults, e.g. {"appendfsync", "everysec"}
  std::vector<std::pair<std::string, std::string>> settings;
  std::vector<std::pair<std::string, std::string>> environment;  // added to the parent's
  absl::Duration start_timeout = absl::Seconds(30);
};

// Durable by default: appendonly yes, appendfsync always, noeviction. Thread-safe.
class ServerProcess {
 public:
  // Waits until the server answers. ALREADY_EXISTS: another server holds the directory.
  // UNAVAILABLE: it did not start (with the end of its log).
  static absl::StatusOr<std::unique_ptr<ServerProcess>> Start(ServerProcessOptions options);
  ~ServerProcess();  // ends it as Stop() does

  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  const std::string& socket() const { return options_.socket; }
  const std::string& directory() const { return options_.directory; }
  int port() const { return options_.port; }
  pid_t pid() const;
  bool running() const;

  // SIGTERM, and SIGKILL when that takes longer than `grace`.
  void Stop(absl::Duration grace = absl::Seconds(10));
  // Sends a signal, and waits for the end when it is SIGKILL.
  void Kill(int signal);
  // Starts again in the same directory, after Kill or Stop.
  absl::Status Restart();

 private:
  explicit ServerProcess(ServerProcessOptions options) : options_(std::move(options)) {}
  absl::Status Lock();
  absl::Status Launch();
  absl::Status AwaitReady();
  std::vector<std::string> Arguments() const;
  std::string LogTail() const;
  bool AwaitEnd(absl::Duration timeout);

  ServerProcessOptions options_;
  int lock_fd_ = -1;
  // Forks and waits for the child: the parent-death signal follows the thread that forked, so that
  // thread lives as long.
  std::thread supervisor_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  pid_t pid_ = 0;  // 0: not running; -1: fork failed
  bool launched_ = false;
};

}  // namespace stadtmesh::redis
