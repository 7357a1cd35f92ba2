// The server chassis: serves services over gRPC. Every method goes through one loop:
//   queue -> metadata -> authentication -> authorisation -> deadline -> handler -> answer -> log
//   line and metrics
// A server without a usable contract does not start. See README.md for the life of a call.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "auth/authenticator.h"
#include "base/time.h"
#include "obs/log.h"
#include "obs/metrics.h"
#include "rpc/channel.h"
#include "rpc/service.h"

namespace stadtmesh::rpc {

struct ServerOptions {
  std::string listen =
      "127.0.0.1:0";                 // "host:port", port 0 takes a free one; empty: in process only
  std::vector<std::string> tenants;  // those this server serves; others are NOT_FOUND
  bool demo = false;                 // --demo: a caller without a service token may name the tenant
  bool reflection = false;           // off in production
  int64_t largest_message = 4 * 1024 * 1024;  // bytes, each way
  absl::Duration longest_deadline =
      absl::Seconds(60);  // unary calls: none or a later one is cut to this
  absl::Duration connection_age =
      absl::Minutes(5);  // then clients connect anew, and find new replicas
  absl::Duration connection_grace = absl::Minutes(1);
  absl::Duration keepalive = absl::Seconds(60);
  // Asked every `health_interval`, on a thread of its own, where it may block: whether what the
  // services need (Redis, the bus) can be reached. While it says no, health says NOT_SERVING; calls
  // are served all the same. May be empty.
  std::function<bool()> healthy;
  absl::Duration health_interval = absl::Seconds(2);
  // Not owned; they outlive the server.
  const auth::Authenticator* authenticator = nullptr;
  obs::Logger* logger = nullptr;
  obs::Metrics* metrics = nullptr;
  const Clock* clock = nullptr;  // null: the system's
};

// Thread-safe.
class Server {
 public:
  // INVALID_ARGUMENT or UNAVAILABLE (the port) with what is wrong.
  static absl::StatusOr<std::unique_ptr<Server>> Start(ServerOptions options,
                                                       std::vector<Service> services);
  virtual ~Server() = default;  // stops at once unless Stop was called

  virtual int port() const = 0;     // 0 when in process only
  virtual Channel InProcess() = 0;  // a channel without a socket; valid as long as the server
  // What the gRPC health service answers, per service ("" is the whole server): true after Start. A
  // change of what ServerOptions::healthy says sets it too.
  virtual void SetServing(bool serving) = 0;
  // Drains: health says NOT_SERVING, new calls are refused, running ones may finish until
  // `deadline`, then they are cancelled. Returns when no handler runs any more. Idempotent.
  virtual void Stop(absl::Time deadline) = 0;
};

}  // namespace stadtmesh::rpc
