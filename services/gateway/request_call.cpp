// The call a request becomes, and its answer.
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/error.h"
#include "base/status.h"
#include "gateway/api/bind.h"
#include "gateway/raw_stream.h"
#include "gateway/request_handler.h"
#include "obs/trace.h"

namespace stadtmesh::gateway {
namespace {

// A process that ends breaks the calls under way, and cancels what still arrives (nobody here
// does); another of its service takes the next. An overloaded one says so itself and is left alone.
bool ServerWentAway(const absl::Status& status) {
  if (absl::IsCancelled(status)) return true;
  if (!absl::IsUnavailable(status)) return false;
  const std::optional<ErrorInfo> info = GetErrorInfo(status);
  return !info || info->reason == "UNAVAILABLE";
}

}  // namespace

void RequestHandler::Call(const std::shared_ptr<Exchange>& exchange,
                          std::shared_ptr<CallContext> context) {
  const Route& route = *context->route;
  absl::StatusOr<std::string> wire = BindRequest(route, exchange->request(), config_.json);
  if (!wire.ok()) return exchange->Respond(Finish(*context, Problem(wire.status(), *context)));
  absl::StatusOr<rpc::Metadata> metadata = MakeMetadata(exchange->request(), *context);
  if (!metadata.ok())
    return exchange->Respond(Finish(*context, Problem(metadata.status(), *context)));
  std::string().swap(exchange->request().body);
  Enter();
  const rpc::GenericClient& client = *clients_.at(route.package);
  if (route.streaming)
    return CallForStream(exchange, std::move(context), client, *std::move(wire), *metadata);
  Try({exchange, std::move(context), &client, *std::move(wire), *std::move(metadata),
       absl::Now() + config_.call_deadline});
}

void RequestHandler::Try(Attempt attempt) {
  const Attempt& sent = attempt;
  sent.client->Call(sent.context->route->rpc, sent.wire, sent.metadata, sent.deadline,
                    [this, attempt](absl::StatusOr<std::string> answer) mutable {
                      if (!attempt.again && ServerWentAway(answer.status())) {
                        attempt.again = true;
                        return Try(std::move(attempt));
                      }
                      OnAnswer(*attempt.exchange, *attempt.context, std::move(answer));
                      Leave();
                    });
}

void RequestHandler::CallForStream(const std::shared_ptr<Exchange>& exchange,
                                   std::shared_ptr<CallContext> context,
                                   const rpc::GenericClient& client, std::string wire,
                                   const rpc::Metadata& metadata) {
  const auto finish = [this, context](absl::StatusOr<Response> head) {
    return Finish(*context, head.ok() ? *std::move(head) : Problem(head.status(), *context, true));
  };
  const auto stream =
      std::make_shared<RawStream>(*context->route, exchange, finish, [this] { Leave(); });
  stream->Start(client, std::move(wire), metadata);
}

void RequestHandler::Enter() {
  absl::MutexLock lock(&mutex_);
  ++running_;
}

void RequestHandler::Leave() {
  absl::MutexLock lock(&mutex_);
  --running_;
}

absl::StatusOr<rpc::Metadata> RequestHandler::MakeMetadata(const Request& request,
                                                           const CallContext& context) const {
  rpc::Metadata metadata;
  if (!context.token.empty())
    RETURN_IF_ERROR(metadata.Add(rpc::kAuthorization, absl::StrCat("Bearer ", context.token)));
  if (dependencies_.identity != nullptr)
    RETURN_IF_ERROR(metadata.Add(rpc::kCaller, dependencies_.identity->Token()));
  RETURN_IF_ERROR(metadata.Add(rpc::kTenant, context.tenant));
  RETURN_IF_ERROR(metadata.Add(rpc::kTraceparent, context.traceparent));
  RETURN_IF_ERROR(metadata.Add(rpc::kAcceptLanguage, context.language));
  const std::string key = request.Joined("idempotency-key");
  if (key.size() > rpc::kLongestIdempotencyKey) {
    return InvalidField("Idempotency-Key", FieldReason::kTooLong,
                        absl::StrCat(rpc::kLongestIdempotencyKey));
  }
  if (!key.empty() || !context.route->safe) {
    RETURN_IF_ERROR(metadata.Add(rpc::kIdempotencyKey,
                                 key.empty() ? dependencies_.ids->NewId("gateway") : key));
  }
  return metadata;
}

void RequestHandler::OnAnswer(Exchange& exchange, const CallContext& context,
                              absl::StatusOr<std::string> answer) {
  if (!answer.ok())
    return exchange.Respond(Finish(context, Problem(answer.status(), context, true)));
  absl::StatusOr<Response> response = BindResponse(*context.route, *answer);
  if (!response.ok()) {
    dependencies_.logger->Error(
        "malformed_answer",
        {{"rpc", context.route->rpc}, {"trace", obs::TraceIdOf(context.traceparent)}});
    return exchange.Respond(Finish(context, Problem(response.status(), context)));
  }
  exchange.Respond(Finish(context, *std::move(response)));
}

}  // namespace stadtmesh::gateway
