// What the gateway answers itself: readiness, pages, guests, live streams.
#include <map>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/error.h"
#include "base/status.h"
#include "gateway/live/positions.h"
#include "gateway/request_handler.h"
#include "gateway/transcode/scalar.h"
#include "gateway/transcode/wire_to_json.h"

namespace stadtmesh::gateway {

// A service that is away takes only its own routes with it: the gateway is ready as long as any
// serves.
Response RequestHandler::AnswerReady(const CallContext& context) const {
  const std::map<std::string, bool> serving = health_.Serving();
  std::string list;
  bool any = serving.empty();
  for (const auto& [package, serves] : serving) {
    absl::StrAppend(&list, package, serves ? ": serving\n" : ": not serving\n");
    any = any || serves;
  }
  if (!ready_) return Problem("UNAVAILABLE", "draining", context);
  if (!any) return Problem("UNAVAILABLE", list, context);
  return {200, {{"content-type", "text/plain"}}, absl::StrCat("ready\n", list)};
}

Response RequestHandler::AnswerPage(const StaticPage& page, absl::Time now) {
  Response response{200, {{"cache-control", "max-age=300"}}, page.BodyAt(now)};
  if (page.location.empty()) {
    response.headers.emplace_back("content-type", page.content_type);
  } else {
    response.status = 302;
    response.headers.emplace_back("location", page.location);
  }
  response.headers.emplace_back("content-security-policy", page.content_security_policy);
  return response;
}

// The host names the town; the token holds in every tenant that serves the town.
Response RequestHandler::MakeGuest(const CallContext& context) const {
  if (dependencies_.identity == nullptr) return Problem("NOT_FOUND", "no guests here", context);
  std::set<std::string> tenants = {*context.town};
  for (const auto& [package, channel] : dependencies_.channels) {
    tenants.insert(config_.tenants.TenantOf(*context.town, ServiceOfPackage(package)));
  }
  Response response{200, {{"content-type", "application/json"}}, "{\"token\":"};
  const std::string token =
      dependencies_.identity->MintGuest({tenants.begin(), tenants.end()}, config_.guest_lifetime);
  AppendJsonString(token, response.body);
  absl::StrAppend(&response.body, ",\"expiresAt\":\"",
                  FormatRfc3339(context.begin + config_.guest_lifetime), "\"}");
  return response;
}

void RequestHandler::OpenStream(const std::shared_ptr<Exchange>& exchange,
                                const CallContext& context) {
  absl::StatusOr<StreamRequest> request = MakeStreamRequest(exchange->request(), context);
  if (!request.ok()) return exchange->Respond(Finish(context, Problem(request.status(), context)));
  Response head{200,
                {{"content-type", "text/event-stream"},
                 {"cache-control", "no-store"},
                 {"x-accel-buffering", "no"}},
                ""};
  if (context.method == "HEAD") return exchange->Respond(Finish(context, std::move(head)));
  const int begun = head.status;
  AddCommon(context, head);
  if (absl::Status status = streams_.Open(exchange, std::move(head), *std::move(request));
      !status.ok()) {
    return exchange->Respond(Finish(context, Problem(status, context)));
  }
  Record(context, begun);
}

absl::StatusOr<StreamRequest> RequestHandler::MakeStreamRequest(const Request& request,
                                                                const CallContext& context) const {
  if (!context.principal)
    return CommonError(absl::StatusCode::kUnauthenticated, "UNAUTHENTICATED",
                       "a stream needs a token");
  StreamRequest stream;
  stream.ends = context.principal->expires_at;
  stream.last_event_id = std::string(request.Header("last-event-id"));
  if (!ParsePositions(stream.last_event_id))
    return InvalidField("last-event-id", FieldReason::kInvalidFormat);
  for (absl::string_view pair : absl::StrSplit(request.query(), '&', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(pair, absl::MaxSplits('=', 1));
    if (parts.first != "channels")
      return InvalidField(parts.first.substr(0, 64), FieldReason::kUnknownField);
    std::string names;
    if (!PercentDecode(parts.second, false, true, names))
      return InvalidField("channels", FieldReason::kInvalidFormat);
    for (absl::string_view name : absl::StrSplit(names, ',', absl::SkipEmpty()))
      stream.channels.emplace(name);
  }
  if (stream.channels.empty()) return InvalidField("channels", FieldReason::kRequired);
  for (const std::string& name : stream.channels) {
    if (streams_.channels().count(name) == 0) {
      return MakeError(absl::StatusCode::kNotFound,
                       {.domain = "gateway", .reason = "CHANNEL_UNKNOWN"}, "no such channel");
    }
  }
  for (const auto& [type, event] : api_.events()) {
    const std::string& tenant = config_.tenants.TenantOf(*context.town, event.service);
    ASSIGN_OR_RETURN(stream.principals[event.service],
                     dependencies_.authenticator->AuthenticateToken(context.token, tenant));
  }
  for (const std::string& name : stream.channels) {
    if (!MayHear(api_, name, stream.principals))
      return CommonError(absl::StatusCode::kPermissionDenied, "PERMISSION_DENIED",
                         absl::StrCat("not the channel ", name));
  }
  return stream;
}

}  // namespace stadtmesh::gateway
