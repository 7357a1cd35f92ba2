#include "rpc/status.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/error.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace stadtmesh::rpc {
namespace {

constexpr size_t kLongestMessage = 512;

grpc::StatusCode ToGrpc(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return grpc::StatusCode::OK;
    case absl::StatusCode::kCancelled:
      return grpc::StatusCode::CANCELLED;
    case absl::StatusCode::kUnknown:
      return grpc::StatusCode::UNKNOWN;
    case absl::StatusCode::kInvalidArgument:
      return grpc::StatusCode::INVALID_ARGUMENT;
    case absl::StatusCode::kDeadlineExceeded:
      return grpc::StatusCode::DEADLINE_EXCEEDED;
    case absl::StatusCode::kNotFound:
      return grpc::StatusCode::NOT_FOUND;
    case absl::StatusCode::kAlreadyExists:
      return grpc::StatusCode::ALREADY_EXISTS;
    case absl::StatusCode::kPermissionDenied:
      return grpc::StatusCode::PERMISSION_DENIED;
    case absl::StatusCode::kResourceExhausted:
      return grpc::StatusCode::RESOURCE_EXHAUSTED;
    case absl::StatusCode::kFailedPrecondition:
      return grpc::StatusCode::FAILED_PRECONDITION;
    case absl::StatusCode::kAborted:
      return grpc::StatusCode::ABORTED;
    case absl::StatusCode::kOutOfRange:
      return grpc::StatusCode::OUT_OF_RANGE;
    case absl::StatusCode::kUnimplemented:
      return grpc::StatusCode::UNIMPLEMENTED;
    case absl::StatusCode::kInternal:
      return grpc::StatusCode::INTERNAL;
    case absl::StatusCode::kUnavailable:
      return grpc::StatusCode::UNAVAILABLE;
    case absl::StatusCode::kDataLoss:
      return grpc::StatusCode::DATA_LOSS;
    case absl::StatusCode::kUnauthenticated:
      return grpc::StatusCode::UNAUTHENTICATED;
    case absl::StatusCode::kDoNotUseReservedForFutureExpansionUseDefaultInSwitchInstead_:
      break;
  }
  return grpc::StatusCode::UNKNOWN;
}

absl::StatusCode ToAbsl(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::OK:
      return absl::StatusCode::kOk;
    case grpc::StatusCode::CANCELLED:
      return absl::StatusCode::kCancelled;
    case grpc::StatusCode::UNKNOWN:
      return absl::StatusCode::kUnknown;
    case grpc::StatusCode::INVALID_ARGUMENT:
      return absl::StatusCode::kInvalidArgument;
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return absl::StatusCode::kDeadlineExceeded;
    case grpc::StatusCode::NOT_FOUND:
      return absl::StatusCode::kNotFound;
    case grpc::StatusCode::ALREADY_EXISTS:
      return absl::StatusCode::kAlreadyExists;
    case grpc::StatusCode::PERMISSION_DENIED:
      return absl::StatusCode::kPermissionDenied;
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return absl::StatusCode::kResourceExhausted;
    case grpc::StatusCode::FAILED_PRECONDITION:
      return absl::StatusCode::kFailedPrecondition;
    case grpc::StatusCode::ABORTED:
      return absl::StatusCode::kAborted;
    case grpc::StatusCode::OUT_OF_RANGE:
      return absl::StatusCode::kOutOfRange;
    case grpc::StatusCode::UNIMPLEMENTED:
      return absl::StatusCode::kUnimplemented;
    case grpc::StatusCode::INTERNAL:
      return absl::StatusCode::kInternal;
    case grpc::StatusCode::UNAVAILABLE:
      return absl::StatusCode::kUnavailable;
    case grpc::StatusCode::DATA_LOSS:
      return absl::StatusCode::kDataLoss;
    case grpc::StatusCode::UNAUTHENTICATED:
      return absl::StatusCode::kUnauthenticated;
    case grpc::StatusCode::DO_NOT_USE:
      break;
  }
  return absl::StatusCode::kUnknown;  // a foreign server's number
}

// What went wrong inside is for the log only.
bool IsInside(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal || code == absl::StatusCode::kUnknown ||
         code == absl::StatusCode::kDataLoss;
}

google::rpc::Status Details(const absl::Status& status, const ErrorInfo& info,
                            absl::string_view message) {
  google::rpc::Status details;
  details.set_code(static_cast<int>(ToGrpc(status.code())));
  details.set_message(std::string(message));
  google::rpc::ErrorInfo reason;
  reason.set_domain(info.domain);
  reason.set_reason(info.reason);
  for (const auto& [key, value] : info.metadata) (*reason.mutable_metadata())[key] = value;
  details.add_details()->PackFrom(reason);
  if (!info.fields.empty()) {
    google::rpc::BadRequest request;
    for (const FieldError& field : info.fields) {
      google::rpc::BadRequest::FieldViolation* violation = request.add_field_violations();
      violation->set_field(field.field);
      violation->set_description(
          field.limit.empty() ? std::string(FieldReasonName(field.reason))
                              : absl::StrCat(FieldReasonName(field.reason), ":", field.limit));
    }
    details.add_details()->PackFrom(request);
  }
  return details;
}

FieldError ReadViolation(const google::rpc::BadRequest::FieldViolation& violation) {
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(violation.description(), absl::MaxSplits(':', 1));
  FieldError field{violation.field(), FieldReason::kInvalidFormat, parts.second};
  for (int i = 0; i < kFieldReasonCount; ++i) {
    if (FieldReasonName(static_cast<FieldReason>(i)) == parts.first)
      field.reason = static_cast<FieldReason>(i);
  }
  return field;
}

}  // namespace

absl::string_view CommonReason(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
      return "INVALID_ARGUMENT";
    case absl::StatusCode::kNotFound:
      return "NOT_FOUND";
    case absl::StatusCode::kUnauthenticated:
      return "UNAUTHENTICATED";
    case absl::StatusCode::kPermissionDenied:
      return "PERMISSION_DENIED";
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kAlreadyExists:
      return "VERSION_CONFLICT";
    case absl::StatusCode::kFailedPrecondition:
      return "PRECONDITION_FAILED";
    case absl::StatusCode::kResourceExhausted:
      return "OVERLOADED";
    case absl::StatusCode::kUnavailable:
      return "UNAVAILABLE";
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kCancelled:
      return "DEADLINE_EXCEEDED";
    case absl::StatusCode::kUnimplemented:
      return "METHOD_NOT_ALLOWED";
    case absl::StatusCode::kOk:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kDataLoss:
    case absl::StatusCode::kDoNotUseReservedForFutureExpansionUseDefaultInSwitchInstead_:
      break;
  }
  return "INTERNAL";
}

grpc::Status ToWire(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  ErrorInfo info = GetErrorInfo(status).value_or(
      ErrorInfo{.domain = "stadtmesh", .reason = std::string(CommonReason(status.code()))});
  const std::string message(IsInside(status.code()) ? "internal error"
                                                    : status.message().substr(0, kLongestMessage));
  google::rpc::Status details = Details(status, info, message);
  while (details.ByteSizeLong() + message.size() > kLargestDetails &&
         !(info.fields.empty() && info.metadata.empty())) {
    if (!info.fields.empty()) {
      info.fields.resize(info.fields.size() / 2);
    } else {
      info.metadata.clear();
    }
    details = Details(status, info, message);
  }
  return grpc::Status(ToGrpc(status.code()), message, details.SerializeAsString());
}

absl::Status FromWire(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const absl::StatusCode code = ToAbsl(status.error_code());
  google::rpc::Status details;
  ErrorInfo info;
  if (details.ParseFromString(status.error_details())) {
    for (const google::protobuf::Any& detail : details.details()) {
      google::rpc::ErrorInfo reason;
      google::rpc::BadRequest request;
      if (detail.UnpackTo(&reason)) {
        info.domain = reason.domain();
        info.reason = reason.reason();
        info.metadata.insert(reason.metadata().begin(), reason.metadata().end());
      } else if (detail.UnpackTo(&request)) {
        for (const auto& violation : request.field_violations())
          info.fields.push_back(ReadViolation(violation));
      }
    }
  }
  if (info.reason.empty()) {
    info.domain = "stadtmesh";
    info.reason = std::string(CommonReason(code));
  }
  return MakeError(code, info, status.error_message());
}

}  // namespace stadtmesh::rpc
