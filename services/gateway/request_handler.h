// The life of a request: whose it is, whether it may pass, what it calls, how it is answered. See
// README.md.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "auth/principal.h"
#include "gateway/api/api.h"
#include "gateway/api/problem.h"
#include "gateway/call_context.h"
#include "gateway/gateway.h"
#include "gateway/http/server.h"
#include "gateway/live/streams.h"
#include "gateway/metrics.h"
#include "gateway/pages.h"
#include "gateway/rate_limiter.h"
#include "gateway/upstream_health.h"
#include "rpc/generic_client.h"

namespace stadtmesh::gateway {

// Thread-safe.
class RequestHandler final : public Handler {
 public:
  // Everything given outlives the handler.
  RequestHandler(const Config& config, const Dependencies& dependencies, const Api& api,
                 const Pages& pages, Streams& streams, const UpstreamHealth& health,
                 GatewayMetrics& metrics);
  ~RequestHandler() override;  // waits for running calls; their deadlines bound it

  std::variant<AcceptBody, Response> OnHead(Request& request) override;
  void OnRequest(std::shared_ptr<Exchange> exchange) override;
  Response OnRefusal(Request& request, int status, absl::string_view detail) override;

  void SetReady(bool ready) { ready_ = ready; }

 private:
  using Verdict = std::variant<AcceptBody, Response>;
  std::unique_ptr<CallContext> MakeContext(const Request& request) const;
  Verdict Admit(Request& request, CallContext& context);
  Verdict AdmitPage(const Request& request, CallContext& context);
  Verdict AdmitCall(const Request& request, CallContext& context);
  Response AnswerOptions(const Request& request, const CallContext& context) const;
  // Sets token, and the principal in `tenant` when there is a token; nothing when all is well.
  std::optional<Response> Authenticate(const Request& request, absl::string_view tenant,
                                       CallContext& context);
  std::optional<Response> Limit(RateLimiter& limiter, absl::string_view key,
                                const CallContext& context) const;

  void Call(const std::shared_ptr<Exchange>& exchange, std::shared_ptr<CallContext> context);
  struct Attempt {
    std::shared_ptr<Exchange> exchange;
    std::shared_ptr<CallContext> context;
    const rpc::GenericClient* client;
    std::string wire;
    rpc::Metadata metadata;
    absl::Time deadline;
    bool again = false;
  };
  // Once more when the called process went away: safe calls and, by their idempotency key, all
  // others may be repeated.
  void Try(Attempt attempt);
  void CallForStream(const std::shared_ptr<Exchange>& exchange,
                     std::shared_ptr<CallContext> context, const rpc::GenericClient& client,
                     std::string wire, const rpc::Metadata& metadata);
  void Enter();  // a call begins; the destructor waits for its Leave
  void Leave();
  absl::StatusOr<rpc::Metadata> MakeMetadata(const Request& request,
                                             const CallContext& context) const;
  void OnAnswer(Exchange& exchange, const CallContext& context, absl::StatusOr<std::string> answer);
  Response AnswerReady(const CallContext& context) const;
  static Response AnswerPage(const StaticPage& page, absl::Time now);
  Response MakeGuest(const CallContext& context) const;
  void OpenStream(const std::shared_ptr<Exchange>& exchange, const CallContext& context);
  absl::StatusOr<StreamRequest> MakeStreamRequest(const Request& request,
                                                  const CallContext& context) const;

  Response Problem(const absl::Status& status, const CallContext& context,
                   bool from_service = false) const;
  Response Problem(absl::string_view reason, absl::string_view detail,
                   const CallContext& context) const;
  // Adds what every answer carries, logs and counts it.
  Response Finish(const CallContext& context, Response response);
  void AddCommon(const CallContext& context, Response& response) const;
  void Record(const CallContext& context, int status);
  void AddCors(const CallContext& context, Response& response) const;

  const Config& config_;
  const Dependencies& dependencies_;
  const Api& api_;
  const Pages& pages_;
  Streams& streams_;
  const UpstreamHealth& health_;
  GatewayMetrics& metrics_;
  std::map<std::string, std::unique_ptr<rpc::GenericClient>> clients_;  // by package
  RateLimiter addresses_, users_, guests_;
  std::atomic<bool> ready_{true};
  absl::Mutex mutex_;
  int running_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace stadtmesh::gateway
