// Live streams: events of the mesh as server-sent events
// (https://html.spec.whatwg.org/multipage/server-sent-events.html).
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "auth/principal.h"
#include "base/time.h"
#include "events/bus.h"
#include "gateway/api/api.h"
#include "gateway/http/server.h"
#include "gateway/metrics.h"

namespace stadtmesh::gateway {

struct StreamRequest {
  std::set<std::string> channels;
  std::map<std::string, auth::Principal>
      principals;             // by service: who the caller is in the tenant that serves it
  absl::Time ends;            // with the token
  std::string last_event_id;  // empty: from now on
};

struct StreamsOptions {
  size_t streams = 2000;
  size_t streams_per_user = 8;
  size_t ring = 4096;  // events
  absl::Duration heartbeat = absl::Seconds(20);
};

// Whether anything of `channel` can ever reach these principals (by service).
bool MayHear(const Api& api, const std::string& channel,
             const std::map<std::string, auth::Principal>& principals);

// One tail per service that publishes something live; a ring of the newest events; and the open
// streams. Thread-safe.
class Streams {
 public:
  // `bus` may be null: no streams. What is given outlives the streams.
  static absl::StatusOr<std::unique_ptr<Streams>> Start(
      const Api& api, const std::vector<std::string>& services, events::Bus* bus,
      const StreamsOptions& options, const Clock* clock, GatewayMetrics* metrics);
  virtual ~Streams() = default;

  virtual const std::set<std::string>& channels() const = 0;  // all there are
  // Starts the answer of `exchange` with `head` and goes on until the client leaves, the token ends
  // or the stream is reset. RESOURCE_EXHAUSTED with RATE_LIMITED or OVERLOADED, and nothing
  // answered, at the caps.
  virtual absl::Status Open(std::shared_ptr<Exchange> exchange, Response head,
                            StreamRequest request) = 0;
  // Ends all streams; nothing opens any more.
  virtual void Stop() = 0;
};

}  // namespace stadtmesh::gateway
