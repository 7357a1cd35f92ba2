// The gateway: HTTP for apps outside, gRPC to services inside. Composed here for its own process
// and for the all-in-one.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "auth/authenticator.h"
#include "auth/service_identity.h"
#include "base/ids.h"
#include "base/time.h"
#include "events/bus.h"
#include "gateway/config.h"
#include "obs/log.h"
#include "obs/metrics.h"
#include "rpc/channel.h"

namespace stadtmesh::gateway {

struct Dependencies {
  std::string descriptor_set;  // the bytes of <build>/stadtmesh.protoset
  // By package ("stadtmesh.buergerbus.v1"), each in process or connected. Routes of packages
  // without a channel are not served.
  std::map<std::string, rpc::Channel> channels;
  // Not owned; they outlive the gateway. The authenticator trusts persons' issuers and guests, no
  // services.
  const auth::Authenticator* authenticator = nullptr;
  const auth::ServiceIdentity* identity = nullptr;
  events::Bus* bus = nullptr;  // null: no live streams
  obs::Logger* logger = nullptr;
  obs::Metrics* metrics = nullptr;
  const Clock* clock = nullptr;
  IdSource* ids = nullptr;
};

// Thread-safe.
class Gateway {
 public:
  // INVALID_ARGUMENT for contracts that cannot be served, UNAVAILABLE when the port is taken.
  static absl::StatusOr<std::unique_ptr<Gateway>> Start(Config config, Dependencies dependencies);
  virtual ~Gateway() = default;

  virtual int port() const = 0;
  virtual ServerStats stats() const = 0;
  // /readyz says 503 from now on, running requests finish until `deadline`, streams end.
  // Idempotent.
  virtual void Drain(absl::Time deadline) = 0;
};

}  // namespace stadtmesh::gateway
