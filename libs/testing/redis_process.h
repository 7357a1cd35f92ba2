// A real redis-server in a directory of its own, for tests. Durable as in production unless a
// setting says otherwise.
#pragma once

#include <signal.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "redis/server_process.h"

namespace stadtmesh::testing {

struct RedisProcessOptions {
  bool tcp = false;                                           // also listen on a free loopback port
  std::vector<std::pair<std::string, std::string>> settings;  // e.g. {"appendfsync", "everysec"}
  std::vector<std::pair<std::string, std::string>> environment;  // e.g. LD_PRELOAD
};

// Aborts when the server cannot be started: a test without its server tests nothing. The directory
// is removed at the end.
class RedisProcess {
 public:
  explicit RedisProcess(RedisProcessOptions options = {});
  ~RedisProcess();

  const std::string& socket() const { return server_->socket(); }  // unix socket
  std::string address() const {
    return "unix:" + server_->socket();
  }                                 // as redis::ParseAddress reads it
  std::string tcp_address() const;  // "127.0.0.1:port"
  int port() const { return server_->port(); }
  const std::string& directory() const { return server_->directory(); }
  pid_t pid() const { return server_->pid(); }
  redis::ServerProcess& server() { return *server_; }

  // SIGKILL (waits for the end), SIGSTOP, SIGCONT, ...
  void Kill(int signal = SIGKILL) { server_->Kill(signal); }
  // After Kill(SIGKILL): the same directory, socket and port. Aborts when it does not start.
  void Restart();

 private:
  std::string directory_;
  std::unique_ptr<redis::ServerProcess> server_;
};

// A loopback TCP port that was free a moment ago.
int FreePort();

}  // namespace stadtmesh::testing
