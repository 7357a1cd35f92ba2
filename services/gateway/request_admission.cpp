// Before any body is read: whose the request is and whether it may pass.
#include <cmath>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gateway/request_handler.h"

namespace stadtmesh::gateway {
namespace {

constexpr absl::string_view kGuestPath = "/v1/guest-token";
constexpr absl::string_view kStreamPath = "/v1/stream";
constexpr char kAllowedHeaders[] =
    "authorization, content-type, accept-language, idempotency-key, if-match, last-event-id, "
    "traceparent";

bool HasBody(const Request& request) {
  const absl::string_view length = request.Header("content-length");
  return !request.Header("transfer-encoding").empty() || (!length.empty() && length != "0");
}

bool IsJson(absl::string_view content_type) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(content_type, absl::MaxSplits(';', 1));
  if (!absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(parts.first), "application/json"))
    return false;
  const absl::string_view parameter = absl::StripAsciiWhitespace(parts.second);
  return parameter.empty() || absl::EqualsIgnoreCase(parameter, "charset=utf-8") ||
         absl::EqualsIgnoreCase(parameter, "charset=\"utf-8\"");
}

// Raw protocols see the header themselves.
bool IsEncoded(const Request& request) {
  const std::string encodings = request.Joined("content-encoding");
  return !encodings.empty() && !absl::EqualsIgnoreCase(encodings, "identity");
}

bool IsGet(const Request& request) { return request.method == "GET" || request.method == "HEAD"; }

}  // namespace

RequestHandler::Verdict RequestHandler::Admit(Request& request, CallContext& context) {
  const absl::string_view path = request.path();
  if (path == "/healthz" || path == "/readyz") {  // probes come without a town's name
    context.page = path == "/healthz" ? Page::kHealth : Page::kReady;
    return AdmitPage(request, context);
  }
  if (auto refused = Limit(addresses_, context.address, context)) return *std::move(refused);
  context.town = config_.tenants.FindTown(request.host);
  if (context.town == nullptr)
    return Problem("HOST_UNKNOWN", "no municipality has this host name", context);
  if (path == kGuestPath)
    context.page = Page::kGuestToken;
  else if (path == kStreamPath)
    context.page = Page::kStream;
  else if (pages_.Find(path) != nullptr)
    context.page = Page::kStatic;
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
    response.headers.emplace_back("allow",
                                  absl::StrCat(absl::StrJoin(found.allowed, ", "), ", OPTIONS"));
    return response;
  }
  const Route* route = found.id < 0 ? nullptr : &api_.routes()[static_cast<size_t>(found.id)];
  if (route == nullptr || clients_.count(route->package) == 0)
    return Problem("NOT_FOUND", "no such path", context);
  context.route = route;
  context.label = route->label;
  context.tenant = config_.tenants.TenantOf(*context.town, route->service);
  if (auto refused = Authenticate(request, context.tenant, context)) return *std::move(refused);
  if (HasBody(request)) {
    if (route->body == Route::Body::kNone && !route->raw_request)
      return Problem("BAD_REQUEST", "this call takes no body", context);
    if (!route->raw_request && !IsJson(request.Header("content-type")))
      return Problem("UNSUPPORTED_MEDIA_TYPE", "the body should be application/json", context);
    if (!route->raw_request && IsEncoded(request))
      return Problem("UNSUPPORTED_MEDIA_TYPE", "the body should have no Content-Encoding", context);
  }
  return AcceptBody{route->body_limit == 0 ? config_.body_limit : route->body_limit};
}

std::optional<Response> RequestHandler::Authenticate(const Request& request,
                                                     absl::string_view tenant,
                                                     CallContext& context) {
  const std::string header = request.Joined("authorization");
  if (header.empty()) return std::nullopt;
  absl::string_view token = header;
  if (!absl::StartsWithIgnoreCase(token, "bearer "))
    return Problem("UNAUTHENTICATED", "authorization should be Bearer", context);
  token = absl::StripAsciiWhitespace(token.substr(7));
  absl::StatusOr<auth::Principal> principal =
      dependencies_.authenticator->AuthenticateToken(token, tenant);
  if (!principal.ok()) return Problem(principal.status(), context);
  context.token = std::string(token);
  context.principal = *std::move(principal);
  return Limit(users_, context.principal->subject, context);
}

std::optional<Response> RequestHandler::Limit(RateLimiter& limiter, absl::string_view key,
                                              const CallContext& context) const {
  const std::optional<absl::Duration> wait = limiter.Take(key, context.begin);
  if (!wait) return std::nullopt;
  obs::Counter limited = metrics_.limited;
  limited.Add();
  Response response = Problem("RATE_LIMITED", "", context);
  response.headers.emplace_back(
      "retry-after", absl::StrCat(static_cast<int64_t>(std::ceil(absl::ToDoubleSeconds(*wait)))));
  return response;
}

Response RequestHandler::AnswerOptions(const Request& request, const CallContext& context) const {
  std::vector<std::string> allowed;
  if (context.page == Page::kGuestToken)
    allowed = {"POST"};
  else if (context.page != Page::kNone)
    allowed = {"GET", "HEAD"};
  else
    allowed = api_.router().Find("OPTIONS", request.path()).allowed;
  if (allowed.empty() && request.target != "*")
    return Problem("NOT_FOUND", "no such path", context);
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

}  // namespace stadtmesh::gateway
