#include "rpc/incoming.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "auth/crypto.h"
#include "base/error.h"
#include "base/status.h"
#include "obs/trace.h"
#include "rpc/bytes.h"
#include "rpc/language.h"
#include "rpc/metadata.h"

namespace stadtmesh::rpc {
namespace {

// The values the chassis knows; views into gRPC's buffers.
struct Values {
  absl::string_view authorization, caller, tenant, on_behalf_of, idempotency_key, traceparent, accept_language;
};

absl::string_view View(grpc::string_ref text) { return {text.data(), text.size()}; }

Values Read(const grpc::CallbackServerContext& context) {
  Values values;
  const std::pair<absl::string_view, absl::string_view*> known[] = {
      {kAuthorization, &values.authorization},   {kCaller, &values.caller},           {kTenant, &values.tenant},
      {kOnBehalfOf, &values.on_behalf_of},       {kTraceparent, &values.traceparent}, {kIdempotencyKey, &values.idempotency_key},
      {kAcceptLanguage, &values.accept_language}};
  for (const auto& [name, value] : context.client_metadata()) {
    for (const auto& [wanted, target] : known) {
      if (wanted == View(name)) *target = View(value);
    }
  }
  return values;
}

absl::StatusOr<absl::string_view> Token(absl::string_view authorization) {
  constexpr absl::string_view kScheme = "bearer ";
  if (authorization.empty()) return absl::string_view();
  if (!absl::StartsWithIgnoreCase(authorization, kScheme) || authorization.size() == kScheme.size()) {
    return CommonError(absl::StatusCode::kUnauthenticated, "UNAUTHENTICATED", "authorization should be `Bearer <token>`");
  }
  return authorization.substr(kScheme.size());
}

absl::Status CheckKey(absl::string_view key) {
  if (key.empty()) return InvalidField(kIdempotencyKey, FieldReason::kRequired);
  if (key.size() > kLongestIdempotencyKey) return InvalidField(kIdempotencyKey, FieldReason::kTooLong, "128");
  const bool printable = std::all_of(key.begin(), key.end(), [](char c) { return absl::ascii_isprint(c); });
  if (!printable) return InvalidField(kIdempotencyKey, FieldReason::kInvalidFormat, "printable ASCII");
  return absl::OkStatus();
}

std::string Fingerprint(const grpc::Slice& bytes) {
  const auth::Digest digest = auth::Sha256(absl::string_view(reinterpret_cast<const char*>(bytes.begin()), bytes.size()));
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

absl::Status SetDeadline(const MethodState& method, grpc::CallbackServerContext& context, Call& call) {
  const absl::Time now = absl::Now();
  call.deadline = absl::FromChrono(context.deadline());
  if (!method.method.stream) call.deadline = std::min(call.deadline, now + method.server->options.longest_deadline);
  if (call.deadline <= now) return CommonError(absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED", "the deadline had passed before work began");
  return absl::OkStatus();
}

}  // namespace

absl::Status Admit(const MethodState& method, grpc::CallbackServerContext& context, const grpc::ByteBuffer& bytes, Call& call,
                   google::protobuf::Message& request) {
  const Values values = Read(context);
  call.method = method.path;
  call.traceparent = obs::ContinueTrace(values.traceparent);
  call.language = PreferredLanguage(values.accept_language);
  if (values.tenant.empty()) return InvalidField(kTenant, FieldReason::kRequired);
  if (!method.server->tenants.contains(values.tenant)) return CommonError(absl::StatusCode::kNotFound, "NOT_FOUND", "no such tenant");
  ASSIGN_OR_RETURN(const absl::string_view token, Token(values.authorization));
  ASSIGN_OR_RETURN(call.principal, method.server->options.authenticator->Authenticate({token, values.caller, values.tenant, values.on_behalf_of}));
  if (!token.empty() && !call.principal.Has(auth::Role::kService)) call.user_token = std::string(token);
  const grpc::Slice slice = ToSlice(bytes);
  if (!request.ParseFromArray(slice.begin(), static_cast<int>(slice.size()))) {
    return CommonError(absl::StatusCode::kInvalidArgument, "INVALID_ARGUMENT", "the request is no valid message");
  }
  if (method.changes) call.fingerprint = Fingerprint(slice);
  ASSIGN_OR_RETURN(call.principal.reach, method.policy.Authorise(call.principal, request));
  if (method.changes) {
    RETURN_IF_ERROR(CheckKey(values.idempotency_key));
    call.idempotency_key = std::string(values.idempotency_key);
  }
  return SetDeadline(method, context, call);
}

}  // namespace stadtmesh::rpc
