// A real Apache Kafka broker (KRaft, one process) in a directory of its own, for tests.
#pragma once

#include <signal.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace stadtmesh::testing {

struct KafkaProcessOptions {
  std::vector<std::pair<std::string, std::string>> settings;  // of server.properties; win over ours
};

// Not thread-safe. Listens on a free loopback port, which it keeps over restarts. The directory is
// removed at the end.
class KafkaProcess {
 public:
  // Empty when a broker can be started; else one line that says what is missing and how to get it.
  // Looks for the jars in $STADTMESH_KAFKA_LIBS, else in .cache/kafka-3.9.1/libs below the working
  // directory.
  static std::string Missing();

  // Aborts with a clear line when the broker does not start: a test without its server tests
  // nothing.
  explicit KafkaProcess(KafkaProcessOptions options = {});
  ~KafkaProcess();
  KafkaProcess(const KafkaProcess&) = delete;
  KafkaProcess& operator=(const KafkaProcess&) = delete;

  std::string brokers() const;  // "127.0.0.1:port"
  pid_t pid() const { return pid_; }
  // SIGKILL waits for the end; SIGSTOP, SIGCONT, ...
  void Kill(int signal = SIGKILL);
  // After Kill(SIGKILL): same data, same port.
  void Restart();

 private:
  void WriteSettings(const KafkaProcessOptions& options);
  void Format();
  void Launch();
  void AwaitReady();
  std::string LogTail() const;

  std::string directory_;
  int port_ = 0, controller_port_ = 0;
  pid_t pid_ = 0;
};

}  // namespace stadtmesh::testing
