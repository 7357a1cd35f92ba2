#include "gateway/request_handler.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "obs/trace.h"

namespace stadtmesh::gateway {
namespace {

// Seconds, where nothing says when there is room again: a service's limit, a person's streams.
constexpr char kRetryAfter[] = "5";

}  // namespace

RequestHandler::RequestHandler(const Config& config, const Dependencies& dependencies,
                               const Api& api, const Pages& pages, Streams& streams,
                               const UpstreamHealth& health, GatewayMetrics& metrics)
    : config_(config),
      dependencies_(dependencies),
      api_(api),
      pages_(pages),
      streams_(streams),
      health_(health),
      metrics_(metrics),
      addresses_(config.address_rate),
      users_(config.user_rate),
      guests_(config.guest_rate) {
  for (const auto& [package, channel] : dependencies.channels)
    clients_[package] = std::make_unique<rpc::GenericClient>(channel);
}

RequestHandler::~RequestHandler() {
  absl::MutexLock lock(&mutex_);
  const auto idle = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return running_ == 0; };
  mutex_.Await(absl::Condition(&idle));
}

std::unique_ptr<CallContext> RequestHandler::MakeContext(const Request& request) const {
  auto context = std::make_unique<CallContext>();
  context->begin = dependencies_.clock->Now();
  context->started = absl::Now();
  context->method = request.method;
  context->traceparent = obs::ContinueTrace(request.Header("traceparent"));
  context->language = ChooseLanguage(request.Header("accept-language"));
  context->address =
      AddressGroup(ClientAddress(request.peer, request.Joined("x-forwarded-for"), config_.proxies));
  const absl::string_view origin = request.Header("origin");
  if (std::find(config_.cors_origins.begin(), config_.cors_origins.end(), origin) !=
      config_.cors_origins.end()) {
    context->origin = std::string(origin);
  }
  return context;
}

std::variant<AcceptBody, Response> RequestHandler::OnHead(Request& request) {
  std::unique_ptr<CallContext> context = MakeContext(request);
  Verdict verdict = Admit(request, *context);
  if (Response* response = std::get_if<Response>(&verdict))
    return Finish(*context, std::move(*response));
  request.context = std::move(context);
  return verdict;
}

Response RequestHandler::OnRefusal(Request& request, int status, absl::string_view detail) {
  auto* known = static_cast<CallContext*>(request.context.get());
  const std::unique_ptr<CallContext> made = known == nullptr ? MakeContext(request) : nullptr;
  const CallContext& context = known == nullptr ? *made : *known;
  return Finish(context,
                MakeProblemForStatus(
                    api_, status, detail,
                    {context.language, obs::TraceIdOf(context.traceparent), context.route, false}));
}

void RequestHandler::OnRequest(std::shared_ptr<Exchange> exchange) {
  const std::shared_ptr<RequestContext> shared(std::move(exchange->request().context));
  const auto context = std::static_pointer_cast<CallContext>(shared);
  switch (context->page) {
    case Page::kNone:
      return Call(exchange, context);
    case Page::kStream:
      return OpenStream(exchange, *context);
    case Page::kHealth:
      return exchange->Respond(Finish(*context, {200, {{"content-type", "text/plain"}}, "ok\n"}));
    case Page::kReady:
      return exchange->Respond(Finish(*context, AnswerReady(*context)));
    case Page::kGuestToken:
      return exchange->Respond(Finish(*context, MakeGuest(*context)));
    case Page::kStatic:
      break;
  }
  exchange->Respond(
      Finish(*context, AnswerPage(*pages_.Find(exchange->request().path()), context->begin)));
}

Response RequestHandler::Problem(const absl::Status& status, const CallContext& context,
                                 bool from_service) const {
  return MakeProblem(
      api_, status,
      {context.language, obs::TraceIdOf(context.traceparent), context.route, from_service});
}

Response RequestHandler::Problem(absl::string_view reason, absl::string_view detail,
                                 const CallContext& context) const {
  return MakeProblem(api_, reason, detail,
                     {context.language, obs::TraceIdOf(context.traceparent), context.route, false});
}

Response RequestHandler::Finish(const CallContext& context, Response response) {
  AddCommon(context, response);
  Record(context, response.status);
  return response;
}

void RequestHandler::AddCommon(const CallContext& context, Response& response) const {
  if (!response.Has("traceparent"))
    response.headers.emplace_back("traceparent", context.traceparent);
  if (response.status == 429 && !response.Has("retry-after"))
    response.headers.emplace_back("retry-after", kRetryAfter);
  AddCors(context, response);
}

void RequestHandler::Record(const CallContext& context, int status) {
  const double seconds = absl::ToDoubleSeconds(absl::Now() - context.started);
  metrics_.Count(context.label, status, seconds);
  dependencies_.logger->Info("http_request", {{"method", context.method.substr(0, 16)},
                                              {"route", context.label},
                                              {"status", status},
                                              {"milliseconds", seconds * 1e3},
                                              {"tenant", context.tenant},
                                              {"trace", obs::TraceIdOf(context.traceparent)}});
}

void RequestHandler::AddCors(const CallContext& context, Response& response) const {
  if (config_.cors_origins.empty()) return;
  response.headers.emplace_back("vary", "origin");
  if (context.origin.empty()) return;
  response.headers.emplace_back("access-control-allow-origin", context.origin);
  response.headers.emplace_back("access-control-expose-headers",
                                "retry-after, traceparent, content-language, allow");
}

}  // namespace stadtmesh::gateway
