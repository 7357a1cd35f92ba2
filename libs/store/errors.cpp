#include "store/errors.h"

#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/error.h"

namespace stadtmesh::store {
namespace {

absl::Status Refusal(absl::StatusCode code, absl::string_view reason,
                     std::map<std::string, std::string> metadata, absl::string_view message) {
  ErrorInfo info;
  info.domain = "stadtmesh";
  info.reason = std::string(reason);
  info.metadata = std::move(metadata);
  return MakeError(code, info, message);
}

}  // namespace

absl::Status VersionConflict(absl::string_view key) {
  return Refusal(absl::StatusCode::kAborted, kVersionConflict, {{"key", std::string(key)}},
                 "a value was changed by somebody else");
}

absl::Status CounterBound(absl::string_view counter, int64_t value, int64_t min, int64_t max) {
  return Refusal(absl::StatusCode::kOutOfRange, kCounterBound,
                 {{"counter", std::string(counter)},
                  {"value", absl::StrCat(value)},
                  {"min", absl::StrCat(min)},
                  {"max", absl::StrCat(max)}},
                 "a counter would leave its bounds");
}

absl::Status CounterUnknown(absl::string_view counter) {
  return Refusal(absl::StatusCode::kNotFound, kCounterUnknown, {{"counter", std::string(counter)}},
                 "a counter without bounds");
}

absl::Status IdempotencyKeyReused() {
  return Refusal(absl::StatusCode::kFailedPrecondition, kIdempotencyKeyReused, {},
                 "the idempotency key was used for another request");
}

absl::Status EventGap(absl::string_view aggregate, uint64_t last) {
  return Refusal(absl::StatusCode::kFailedPrecondition, kEventGap,
                 {{"aggregate", std::string(aggregate)}, {"last", absl::StrCat(last)}},
                 "an earlier event of the aggregate has not been applied");
}

absl::Status TaskLost(absl::string_view task_id) {
  return Refusal(absl::StatusCode::kFailedPrecondition, kTaskLost, {{"task", std::string(task_id)}},
                 "the task is gone or somebody else holds its lease");
}

absl::Status OutboxFull() {
  return Refusal(absl::StatusCode::kResourceExhausted, kOutboxFull, {},
                 "too many events wait for the bus");
}

absl::Status LeaseLost(absl::string_view name) {
  return Refusal(absl::StatusCode::kAborted, kLeaseLost, {{"lease", std::string(name)}},
                 "somebody else holds the lease");
}

absl::Status StoreUnavailable(absl::string_view message, bool outcome_unknown) {
  std::map<std::string, std::string> metadata;
  if (outcome_unknown) metadata["outcome"] = "unknown";
  return Refusal(absl::StatusCode::kUnavailable, kStoreUnavailable, std::move(metadata), message);
}

bool HasReason(const absl::Status& status, absl::string_view reason) {
  const auto info = GetErrorInfo(status);
  return info && info->reason == reason;
}

bool IsOutcomeUnknown(const absl::Status& status) {
  const auto info = GetErrorInfo(status);
  if (!info) return false;
  const auto found = info->metadata.find("outcome");
  return found != info->metadata.end() && found->second == "unknown";
}

}  // namespace stadtmesh::store
