// Listens to pub/sub channels on a connection and a thread of its own.
#pragma once

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "redis/connection.h"

namespace stadtmesh::redis {

struct SubscriberCallbacks {
  std::function<void(absl::string_view channel, absl::string_view payload)> on_message;
  // After each (re)connect: messages may have been missed before it.
  std::function<void()> on_connected;
};

// Listens at the first of the options' servers that is there (a primary's replicas and the nodes of
// a Redis Cluster pass messages on). Messages are lost while the connection is down: use them as a
// wake-up only. Callbacks run on the subscriber's thread.
class Subscriber {
 public:
  Subscriber(ConnectionOptions options, std::vector<std::string> channels,
             SubscriberCallbacks callbacks);
  ~Subscriber();  // no callback runs afterwards

 private:
  void Run();
  // Listens until the connection breaks or the end. True when it had been connected.
  bool Listen(const Address& address);
  bool Deliver(redisContext* context);
  bool Pause(absl::Duration duration);  // false at the end

  const ConnectionOptions options_;
  const std::vector<std::string> channels_;
  const SubscriberCallbacks callbacks_;
  int stop_fd_ = -1;
  std::thread thread_;
};

}  // namespace stadtmesh::redis
