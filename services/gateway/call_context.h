// What the gateway has found out about one request.
#pragma once

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "auth/principal.h"
#include "gateway/api/api.h"
#include "gateway/http/message.h"

namespace stadtmesh::gateway {

// What the gateway answers itself.
enum class Page { kNone, kHealth, kReady, kStatic, kGuestToken, kStream };

class CallContext final : public RequestContext {
 public:
  absl::Time begin;    // by the injected clock: for limits and tokens
  absl::Time started;  // by the machine's: gRPC's deadlines and latencies are real, also where a
                       // day is simulated
  std::string method;  // of HTTP
  std::string label = "none";  // the route's template: for logs and metrics
  std::string traceparent;
  std::string language;
  std::string origin;   // of CORS, when it is a configured one
  std::string address;  // the client's, as it is counted
  const std::string* town = nullptr;
  std::string tenant;
  Page page = Page::kNone;
  const Route* route = nullptr;
  std::string token;  // empty: nobody
  std::optional<auth::Principal> principal;
};

}  // namespace stadtmesh::gateway
