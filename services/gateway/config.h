// The gateway's settings, validated.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "config/reader.h"
#include "gateway/http/network.h"
#include "gateway/http/server.h"
#include "gateway/rate_limiter.h"
#include "gateway/tenants.h"
#include "gateway/transcode/json_to_wire.h"

namespace stadtmesh::gateway {

struct Config {
  ServerOptions http;
  Tenants tenants;
  std::vector<std::string> cors_origins;  // "https://app.musterstadt.example"; "*" is not allowed
  std::vector<Network> proxies;
  JsonLimits json;
  size_t body_limit = 256 * 1024;  // bytes, where the route says nothing
  absl::Duration call_deadline = absl::Seconds(15);
  Rate address_rate{50, 200};
  Rate user_rate{20, 100};
  Rate guest_rate{0.2, 20};  // new guests per address
  absl::Duration guest_lifetime = absl::Hours(24);
  bool docs = true;
  size_t streams = 2000;  // live streams at once
  size_t streams_per_user = 8;
  size_t stream_ring = 4096;  // events kept for resuming
  absl::Duration heartbeat = absl::Seconds(20);
  absl::Duration health_interval =
      absl::Seconds(2);  // services are asked so often whether they serve
};

// Declares every setting of group `gateway`; errors are the reader's. `served`: the tenants of the
// process, to which its hosts lead: in a demo (config::Reader::OnlyLoopback) from this machine
// only.
Config ReadConfig(config::Reader& reader, const std::vector<std::string>& served);

// What only a gateway of its own process needs.
struct UpstreamConfig {
  std::map<std::string, std::string> upstreams;  // package -> gRPC target
  std::string descriptor_set;                    // its bytes
};
// Reads the contracts, too, since they say which services there are. `tenants` as in Config.
UpstreamConfig ReadUpstreamConfig(config::Reader& reader, const Tenants& tenants);

}  // namespace stadtmesh::gateway
