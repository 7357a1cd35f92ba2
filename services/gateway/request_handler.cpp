#include "gateway/request_handler.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "base/error.h"
#include "base/status.h"
#include "gateway/api/bind.h"
#include "gateway/transcode/wire_to_json.h"
#include "obs/trace.h"

namespace stadtmesh::gateway {
namespace {

constexpr absl::string_view kGuestPath = "/v1/guest-token";
constexpr absl::string_view kStreamPath = "/v1/stream";
constexpr char kAllowedHeaders[] =
    "authorization, content-type, accept-language, idempotency-key, if-match, last-event-id, traceparent";

std::string Joined(const Request& request, absl::string_view name) {
  std::string all;
  for (const auto& [key, value] : request.headers) {
    if (key == name) absl::StrAppend(&all, all.empty() ? "" : ",", value);
  }
  return all;
}

bool HasBody(const Request& request) {
  const absl::string_view length = request.Header("content-length");
  return !request.Header("transfer-encoding").empty() || (!length.empty() && length != "0");
}

bool IsJson(absl::string_view content_type) {
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(content_type, absl::MaxSplits(';', 1));
  if (!absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(parts.first), "application/json")) return false;
  const absl::string_view parameter = absl::StripAsciiWhitespace(parts.second);
  return parameter.empty() || absl::EqualsIgnoreCase(parameter, "charset=utf-8") || absl::EqualsIgnoreCase(parameter, "charset=\"utf-8\"");
}

bool IsGet(const Request& request) { return request.method == "GET" || request.method == "HEAD"; }

}  // namespace

RequestHandler::RequestHandler(const Config& config, const Dependencies& dependencies, const Api& api, const Pages& pages,
                               Streams& streams, GatewayMetrics& metrics)
    : config_(config), dependencies_(dependencies), api_(api), pages_(pages), streams_(streams), metrics_(metrics),
      addresses_(config.address_rate), users_(config.user_rate), guests_(config.guest_rate) {
  for (const auto& [package, channel] : dependencies.channels) clients_[package] = std::make_unique<rpc::GenericClient>(channel);
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
  context->address = AddressGroup(ClientAddress(request.peer, Joined(request, "x-forwarded-for"), config_.proxies));
  const absl::string_view origin = request.Header("origin");
  if (std::find(config_.cors_origins.begin(), config_.cors_origins.end(), origin) != config_.cors_origins.end()) {
    context->origin = std::string(origin);
  }
  return context;
}

std::variant<AcceptBody, Response> RequestHandler::OnHead(Request& request) {
  std::unique_ptr<CallContext> context = MakeContext(request);
  Verdict verdict = Admit(request, *context);
  if (Response* response = std::get_if<Response>(&verdict)) return Finish(*context, std::move(*response));
  request.context = std::move(context);
  return verdict;
}

Response RequestHandler::OnRefusal(Request& request, int status, absl::string_view detail) {
  auto* known = static_cast<CallContext*>(request.context.get());
  const std::unique_ptr<CallContext> made = known == nullptr ? MakeContext(request) : nullptr;
  const CallContext& context = known == nullptr ? *made : *known;
  return Finish(context, MakeProblemForStatus(api_, status, detail,
                                              {context.language, obs::TraceIdOf(context.traceparent), context.route, false}));
}

RequestHandler::Verdict RequestHandler::Admit(Request& request, CallContext& context) {
  const absl::string_view path = request.path();
  if (path == "/healthz" || path == "/readyz") {  // probes come without a town's name
    context.page = path == "/healthz" ? Page::kHealth : Page::kReady;
    return AdmitPage(request, context);
  }
  if (auto refused = Limit(addresses_, context.address, context)) return *std::move(refused);
  context.town = config_.tenants.FindTown(request.host);
  if (context.town == nullptr) return Problem("HOST_UNKNOWN", "no municipality has this host name", context);
  if (path == kGuestPath) context.page = Page::kGuestToken;
  else if (path == kStreamPath) context.page = Page::kStream;
  else if (pages_.Find(path) != nullptr) context.page = Page::kStatic;
  if (request.method == "OPTIONS") return AnswerOptions(request, context);
  return context.page == Page::kNone ? AdmitCall(request, context) : AdmitPage(request, context);
}

RequestHandler::Verdict RequestHandler::AdmitPage(const Request& request, CallContext& context) {
  context.label = "page";
  const bool post = context.page == Page::kGuestToken;
  if (post ? request.method != "POST" : !IsGet(request)) {
    Response response = Problem("METHOD_NOT_ALLOWED", "", context);
    response.headers.emplace_back("allow", post ? "OPTIONS, POST" : "GET, HEAD, OPTIONS");
    return response;
  }
  if (post) {
    if (auto refused = Limit(guests_, context.address, context)) return *std::move(refused);
  }
  if (context.page == Page::kStream) {
    if (auto refused = Authenticate(request, *context.town, context)) return *std::move(refused);
  }
  return AcceptBody{post ? size_t{1024} : size_t{0}};
}

RequestHandler::Verdict RequestHandler::AdmitCall(const Request& request, CallContext& context) {
  const Router::Found found = api_.router().Find(request.method, request.path());
  if (found.id < 0 && !found.allowed.empty()) {
    Response response = Problem("METHOD_NOT_ALLOWED", "", context);
    response.headers.emplace_back("allow", absl::StrCat(absl::StrJoin(found.allowed, ", "), ", OPTIONS"));
    return response;
  }
  const Route* route = found.id < 0 ? nullptr : &api_.routes()[static_cast<size_t>(found.id)];
  if (route == nullptr || clients_.count(route->package) == 0) return Problem("NOT_FOUND", "no such path", context);
  context.route = route;
  context.label = route->label;
  context.tenant = config_.tenants.TenantOf(*context.town, route->service);
  if (auto refused = Authenticate(request, context.tenant, context)) return *std::move(refused);
  if (HasBody(request)) {
    if (route->body == Route::Body::kNone && !route->raw_request) return Problem("BAD_REQUEST", "this call takes no body", context);
    if (!route->raw_request && !IsJson(request.Header("content-type"))) {
      return Problem("UNSUPPORTED_MEDIA_TYPE", "the body should be application/json", context);
    }
  }
  return AcceptBody{route->body_limit == 0 ? config_.body_limit : route->body_limit};
}

std::optional<Response> RequestHandler::Authenticate(const Request& request, absl::string_view tenant, CallContext& context) {
  const std::string header = Joined(request, "authorization");
  if (header.empty()) return std::nullopt;
  absl::string_view token = header;
  if (!absl::StartsWithIgnoreCase(token, "bearer ")) return Problem("UNAUTHENTICATED", "authorization should be Bearer", context);
  token = absl::StripAsciiWhitespace(token.substr(7));
  absl::StatusOr<auth::Principal> principal = dependencies_.authenticator->AuthenticateToken(token, tenant);
  if (!principal.ok()) return Problem(principal.status(), context);
  context.token = std::string(token);
  context.principal = *std::move(principal);
  return Limit(users_, context.principal->subject, context);
}

std::optional<Response> RequestHandler::Limit(RateLimiter& limiter, absl::string_view key, const CallContext& context) const {
  const std::optional<absl::Duration> wait = limiter.Take(key, context.begin);
  if (!wait) return std::nullopt;
  obs::Counter limited = metrics_.limited;
  limited.Add();
  Response response = Problem("RATE_LIMITED", "", context);
  response.headers.emplace_back("retry-after", absl::StrCat(static_cast<int64_t>(std::ceil(absl::ToDoubleSeconds(*wait)))));
  return response;
}

Response RequestHandler::AnswerOptions(const Request& request, const CallContext& context) const {
  std::vector<std::string> allowed;
  if (context.page == Page::kGuestToken) allowed = {"POST"};
  else if (context.page != Page::kNone) allowed = {"GET", "HEAD"};
  else allowed = api_.router().Find("OPTIONS", request.path()).allowed;
  if (allowed.empty() && request.target != "*") return Problem("NOT_FOUND", "no such path", context);
  allowed.push_back("OPTIONS");
  const std::string methods = absl::StrJoin(allowed, ", ");
  Response response{204, {{"allow", methods}}, ""};
  if (!context.origin.empty() && !request.Header("access-control-request-method").empty()) {
    response.headers.emplace_back("access-control-allow-methods", methods);
    response.headers.emplace_back("access-control-allow-headers", kAllowedHeaders);
    response.headers.emplace_back("access-control-max-age", "600");
  }
  return response;
}

void RequestHandler::OnRequest(std::shared_ptr<Exchange> exchange) {
  const std::shared_ptr<RequestContext> shared(std::move(exchange->request().context));
  const auto context = std::static_pointer_cast<CallContext>(shared);
  switch (context->page) {
    case Page::kNone: return Call(exchange, context);
    case Page::kStream: return OpenStream(exchange, *context);
    case Page::kHealth: return exchange->Respond(Finish(*context, {200, {{"content-type", "text/plain"}}, "ok\n"}));
    case Page::kReady:
      return exchange->Respond(Finish(*context, ready_ ? Response{200, {{"content-type", "text/plain"}}, "ready\n"}
                                                       : Problem("UNAVAILABLE", "draining", *context)));
    case Page::kGuestToken: return exchange->Respond(Finish(*context, MakeGuest(exchange->request(), *context)));
    case Page::kStatic: break;
  }
  const StaticPage& page = *pages_.Find(exchange->request().path());
  Response response{200, {{"content-type", page.content_type}, {"cache-control", "max-age=300"}}, page.body};
  response.headers.emplace_back("content-security-policy", page.content_security_policy);
  exchange->Respond(Finish(*context, std::move(response)));
}

void RequestHandler::Call(const std::shared_ptr<Exchange>& exchange, std::shared_ptr<CallContext> context) {
  const Route& route = *context->route;
  absl::StatusOr<std::string> wire = BindRequest(route, exchange->request(), config_.json);
  if (!wire.ok()) return exchange->Respond(Finish(*context, Problem(wire.status(), *context)));
  absl::StatusOr<rpc::Metadata> metadata = MakeMetadata(exchange->request(), *context);
  if (!metadata.ok()) return exchange->Respond(Finish(*context, Problem(metadata.status(), *context)));
  std::string().swap(exchange->request().body);
  {
    absl::MutexLock lock(&mutex_);
    ++running_;
  }
  clients_.at(route.package)->Call(route.rpc, *std::move(wire), *metadata, absl::Now() + config_.call_deadline,
                                   [this, exchange, context](absl::StatusOr<std::string> answer) {
                                     OnAnswer(*exchange, *context, std::move(answer));
                                     absl::MutexLock lock(&mutex_);
                                     --running_;
                                   });
}

absl::StatusOr<rpc::Metadata> RequestHandler::MakeMetadata(const Request& request, const CallContext& context) const {
  rpc::Metadata metadata;
  if (!context.token.empty()) RETURN_IF_ERROR(metadata.Add(rpc::kAuthorization, absl::StrCat("Bearer ", context.token)));
  if (dependencies_.identity != nullptr) RETURN_IF_ERROR(metadata.Add(rpc::kCaller, dependencies_.identity->Token()));
  RETURN_IF_ERROR(metadata.Add(rpc::kTenant, context.tenant));
  RETURN_IF_ERROR(metadata.Add(rpc::kTraceparent, context.traceparent));
  RETURN_IF_ERROR(metadata.Add(rpc::kAcceptLanguage, context.language));
  const std::string key = Joined(request, "idempotency-key");
  if (key.size() > rpc::kLongestIdempotencyKey) {
    return InvalidField("Idempotency-Key", FieldReason::kTooLong, absl::StrCat(rpc::kLongestIdempotencyKey));
  }
  if (!key.empty() || !context.route->safe) {
    RETURN_IF_ERROR(metadata.Add(rpc::kIdempotencyKey, key.empty() ? dependencies_.ids->NewId("gateway") : key));
  }
  return metadata;
}

void RequestHandler::OnAnswer(Exchange& exchange, const CallContext& context, absl::StatusOr<std::string> answer) {
  if (!answer.ok()) return exchange.Respond(Finish(context, Problem(answer.status(), context, true)));
  absl::StatusOr<Response> response = BindResponse(*context.route, *answer);
  if (!response.ok()) {
    dependencies_.logger->Error("malformed_answer", {{"rpc", context.route->rpc}, {"trace", obs::TraceIdOf(context.traceparent)}});
    return exchange.Respond(Finish(context, Problem(response.status(), context)));
  }
  exchange.Respond(Finish(context, *std::move(response)));
}

Response RequestHandler::MakeGuest(const Request& request, const CallContext& context) const {
  if (dependencies_.identity == nullptr) return Problem("NOT_FOUND", "no guests here", context);
  std::string service = "town";
  if (absl::string_view query = request.query(); absl::ConsumePrefix(&query, "service=")) service = std::string(query);
  const std::string& tenant = config_.tenants.TenantOf(*context.town, service);
  Response response{200, {{"content-type", "application/json"}}, "{\"token\":"};
  AppendJsonString(dependencies_.identity->MintGuest(tenant, config_.guest_lifetime), response.body);
  absl::StrAppend(&response.body, ",\"expiresAt\":\"", FormatRfc3339(context.begin + config_.guest_lifetime), "\"}");
  return response;
}

void RequestHandler::OpenStream(const std::shared_ptr<Exchange>& exchange, const CallContext& context) {
  absl::StatusOr<StreamRequest> request = MakeStreamRequest(exchange->request(), context);
  if (!request.ok()) return exchange->Respond(Finish(context, Problem(request.status(), context)));
  Response head{200, {{"content-type", "text/event-stream"}, {"cache-control", "no-store"}, {"x-accel-buffering", "no"}}, ""};
  if (context.method == "HEAD") return exchange->Respond(Finish(context, std::move(head)));
  Response finished = Finish(context, std::move(head));
  if (absl::Status status = streams_.Open(exchange, std::move(finished), *std::move(request)); !status.ok()) {
    exchange->Respond(Finish(context, Problem(status, context)));
  }
}

absl::StatusOr<StreamRequest> RequestHandler::MakeStreamRequest(const Request& request, const CallContext& context) const {
  if (!context.principal) return CommonError(absl::StatusCode::kUnauthenticated, "UNAUTHENTICATED", "a stream needs a token");
  StreamRequest stream;
  stream.ends = context.principal->expires_at;
  stream.last_event_id = std::string(request.Header("last-event-id"));
  for (absl::string_view pair : absl::StrSplit(request.query(), '&', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(pair, absl::MaxSplits('=', 1));
    if (parts.first != "channels") return InvalidField(parts.first.substr(0, 64), FieldReason::kUnknownField);
    std::string names;
    if (!PercentDecode(parts.second, false, true, names)) return InvalidField("channels", FieldReason::kInvalidFormat);
    for (absl::string_view name : absl::StrSplit(names, ',', absl::SkipEmpty())) stream.channels.emplace(name);
  }
  if (stream.channels.empty()) return InvalidField("channels", FieldReason::kRequired);
  for (const std::string& name : stream.channels) {
    if (streams_.channels().count(name) == 0) {
      return MakeError(absl::StatusCode::kNotFound, {.domain = "gateway", .reason = "CHANNEL_UNKNOWN"}, "no such channel");
    }
  }
  for (const auto& [type, event] : api_.events()) {
    const std::string& tenant = config_.tenants.TenantOf(*context.town, event.service);
    ASSIGN_OR_RETURN(stream.principals[event.service], dependencies_.authenticator->AuthenticateToken(context.token, tenant));
  }
  return stream;
}

Response RequestHandler::Problem(const absl::Status& status, const CallContext& context, bool from_service) const {
  return MakeProblem(api_, status, {context.language, obs::TraceIdOf(context.traceparent), context.route, from_service});
}

Response RequestHandler::Problem(absl::string_view reason, absl::string_view detail, const CallContext& context) const {
  return MakeProblem(api_, reason, detail, {context.language, obs::TraceIdOf(context.traceparent), context.route, false});
}

Response RequestHandler::Finish(const CallContext& context, Response response) {
  const auto add = [&response](const char* name, absl::string_view value) {
    for (const auto& header : response.headers) {
      if (header.first == name) return;
    }
    response.headers.emplace_back(name, value);
  };
  add("cache-control", "no-store");
  add("content-security-policy", "default-src 'none'; frame-ancestors 'none'");
  add("x-content-type-options", "nosniff");
  add("referrer-policy", "no-referrer");
  add("traceparent", context.traceparent);
  AddCors(context, response);
  const double seconds = absl::ToDoubleSeconds(absl::Now() - context.started);
  metrics_.Count(context.label, response.status, seconds);
  dependencies_.logger->Info("http_request", {{"method", context.method.substr(0, 16)}, {"route", context.label}, {"status", response.status},
                                              {"milliseconds", seconds * 1e3}, {"tenant", context.tenant},
                                              {"trace", obs::TraceIdOf(context.traceparent)}});
  return response;
}

void RequestHandler::AddCors(const CallContext& context, Response& response) const {
  if (config_.cors_origins.empty()) return;
  response.headers.emplace_back("vary", "origin");
  if (context.origin.empty()) return;
  response.headers.emplace_back("access-control-allow-origin", context.origin);
  response.headers.emplace_back("access-control-expose-headers", "retry-after, traceparent, content-language, allow");
}

}  // namespace stadtmesh::gateway
