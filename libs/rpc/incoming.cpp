#include "rpc/incoming.h"

#include <google/protobuf/arena.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "auth/crypto.h"
#include "base/error.h"
#include "base/status.h"
#include "obs/trace.h"
#include "rpc/access_log.h"
#include "rpc/language.h"
#include "rpc/metadata.h"

namespace stadtmesh::rpc {
namespace {

absl::StatusOr<absl::string_view> Token(absl::string_view authorization) {
  constexpr absl::string_view kScheme = "bearer ";
  if (authorization.empty()) return absl::string_view();
  if (!absl::StartsWithIgnoreCase(authorization, kScheme) ||
      authorization.size() == kScheme.size()) {
    return CommonError(absl::StatusCode::kUnauthenticated, "UNAUTHENTICATED",
                       "authorization should be `Bearer <token>`");
  }
  return authorization.substr(kScheme.size());
}

absl::Status CheckKey(absl::string_view key) {
  if (key.empty()) return InvalidField(kIdempotencyKey, FieldReason::kRequired);
  if (key.size() > kLongestIdempotencyKey)
    return InvalidField(kIdempotencyKey, FieldReason::kTooLong, "128");
  const bool printable =
      std::all_of(key.begin(), key.end(), [](char c) { return absl::ascii_isprint(c); });
  if (!printable)
    return InvalidField(kIdempotencyKey, FieldReason::kInvalidFormat, "printable ASCII");
  return absl::OkStatus();
}

// Of the message, not of the bytes it came in: a field that is empty and one that is absent, in
// whatever order, are the same request.
std::string Fingerprint(const google::protobuf::Message& request) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream out(&stream);
  out.SetSerializationDeterministic(true);
  request.SerializeToCodedStream(&out);
  out.Trim();
  const auth::Digest digest = auth::Sha256(bytes);
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

absl::Status SetDeadline(const MethodState& method, absl::Time deadline, Call& call) {
  const absl::Time now = absl::Now();
  call.deadline = deadline;
  if (!method.method.stream)
    call.deadline = std::min(deadline, now + method.server->options.longest_deadline);
  if (call.deadline > now) return absl::OkStatus();
  return CommonError(absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED",
                     "the deadline had passed before work began");
}

}  // namespace

void Arrival::Take(absl::string_view name, absl::string_view value) {
  static constexpr std::pair<absl::string_view, absl::string_view Arrival::*> kKnown[] = {
      {kAuthorization, &Arrival::authorization},
      {kCaller, &Arrival::caller},
      {kTenant, &Arrival::tenant},
      {kOnBehalfOf, &Arrival::on_behalf_of},
      {kTraceparent, &Arrival::traceparent},
      {kIdempotencyKey, &Arrival::idempotency_key},
      {kAcceptLanguage, &Arrival::accept_language}};
  for (const auto& [known, member] : kKnown) {
    if (known == name) this->*member = value;
  }
}

absl::Status Admit(const MethodState& method, const Arrival& arrival, Call& call,
                   google::protobuf::Message& request) {
  const ServerState& server = *method.server;
  call.method = method.path;
  call.traceparent = obs::ContinueTrace(arrival.traceparent);
  call.language = PreferredLanguage(arrival.accept_language);
  if (arrival.tenant.empty()) return InvalidField(kTenant, FieldReason::kRequired);
  if (!server.tenants.contains(arrival.tenant))
    return CommonError(absl::StatusCode::kNotFound, "NOT_FOUND", "no such tenant");
  ASSIGN_OR_RETURN(const absl::string_view token, Token(arrival.authorization));
  ASSIGN_OR_RETURN(call.principal,
                   server.options.authenticator->Authenticate(
                       {token, arrival.caller, arrival.tenant, arrival.on_behalf_of}));
  if (!token.empty() && !call.principal.Has(auth::Role::kService))
    call.user_token = std::string(token);
  if (!request.ParseFromArray(arrival.bytes.data(), static_cast<int>(arrival.bytes.size()))) {
    return CommonError(absl::StatusCode::kInvalidArgument, "INVALID_ARGUMENT",
                       "the request is no valid message");
  }
  if (method.changes) call.fingerprint = Fingerprint(request);
  ASSIGN_OR_RETURN(call.principal.reach, method.policy.Authorise(call.principal, request));
  if (method.changes) {
    RETURN_IF_ERROR(CheckKey(arrival.idempotency_key));
    call.idempotency_key = std::string(arrival.idempotency_key);
  }
  return SetDeadline(method, arrival.deadline, call);
}

absl::Status ServeUnary(MethodState& method, const Arrival& arrival, absl::Time arrived,
                        bool cancelled, Method::Reply reply) {
  const CallTimes times{arrived, absl::Now()};
  // Most requests fit the block, and then parsing allocates nothing.
  alignas(8) char block[2048];
  google::protobuf::ArenaOptions options;
  options.initial_block = block;
  options.initial_block_size = sizeof(block);
  google::protobuf::Arena arena(options);
  google::protobuf::Message* request = method.method.request->New(&arena);
  Call call;
  absl::Status status = cancelled ? absl::CancelledError("the caller has gone")
                                  : Admit(method, arrival, call, *request);
  if (status.ok()) status = method.method.unary(call, *request, reply);
  RecordCall(method, call, times, status);
  return status;
}

}  // namespace stadtmesh::rpc
