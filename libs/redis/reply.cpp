#include "redis/reply.h"

#include <hiredis/hiredis.h>

#include <algorithm>
#include <iterator>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace stadtmesh::redis {
namespace {

constexpr absl::string_view kOutcomeUnknown = "stadtmesh.redis/outcome-unknown";
constexpr absl::string_view kRedirect = "stadtmesh.redis/redirect";

struct ErrorCode {
  absl::string_view word;
  absl::StatusCode code;
};

constexpr ErrorCode kErrorCodes[] = {
    {"LOADING", absl::StatusCode::kUnavailable},
    {"READONLY", absl::StatusCode::kUnavailable},
    {"MASTERDOWN", absl::StatusCode::kUnavailable},
    {"CLUSTERDOWN", absl::StatusCode::kUnavailable},
    {"TRYAGAIN", absl::StatusCode::kUnavailable},
    {"NOREPLICAS", absl::StatusCode::kUnavailable},
    {"BUSY", absl::StatusCode::kUnavailable},
    {"MISCONF", absl::StatusCode::kUnavailable},
    {"OOM", absl::StatusCode::kResourceExhausted},
    {"NOAUTH", absl::StatusCode::kPermissionDenied},
    {"WRONGPASS", absl::StatusCode::kPermissionDenied},
    {"NOPERM", absl::StatusCode::kPermissionDenied},
    {"MOVED", absl::StatusCode::kFailedPrecondition},
    {"ASK", absl::StatusCode::kFailedPrecondition},
    {"NOSCRIPT", absl::StatusCode::kNotFound},
};

}  // namespace

Reply TakeReply(const redisReply& reply) {
  Reply result;
  switch (reply.type) {
    case REDIS_REPLY_INTEGER:
      result.type = Reply::Type::kInteger;
      result.integer = reply.integer;
      break;
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
      result.type = Reply::Type::kText;
      result.text.assign(reply.str, reply.len);
      break;
    case REDIS_REPLY_ERROR:
      result.type = Reply::Type::kError;
      result.text.assign(reply.str, reply.len);
      break;
    case REDIS_REPLY_ARRAY:
      result.type = Reply::Type::kArray;
      result.elements.reserve(reply.elements);
      for (size_t i = 0; i < reply.elements; ++i) {
        result.elements.push_back(TakeReply(*reply.element[i]));
      }
      break;
    default:
      break;
  }
  return result;
}

absl::Status ErrorReplyStatus(absl::string_view text) {
  const absl::string_view word = text.substr(0, text.find(' '));
  const auto* found = std::find_if(std::begin(kErrorCodes), std::end(kErrorCodes),
                                   [&](const ErrorCode& entry) { return entry.word == word; });
  if (found == std::end(kErrorCodes)) return absl::InternalError(absl::StrCat("Redis: ", text));
  if (word == "MOVED" || word == "ASK") {
    absl::Status status = absl::FailedPreconditionError(
        absl::StrCat("Redis Cluster: another node serves this key (", text, ")"));
    status.SetPayload(kRedirect, absl::Cord(text));
    return status;
  }
  return absl::Status(found->code, absl::StrCat("Redis: ", text));
}

// "MOVED 3999 127.0.0.1:6381"
std::optional<Redirect> RedirectOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kRedirect);
  if (!payload) return std::nullopt;
  const std::string text(*payload);
  const std::vector<std::string> words = absl::StrSplit(text, ' ');
  if (words.size() != 3) return std::nullopt;
  auto address = ParseAddress(words[2]);
  if (!address.ok()) return std::nullopt;
  return Redirect{words[0] == "ASK", *std::move(address)};
}

absl::Status OutcomeUnknown(absl::string_view message) {
  absl::Status status = absl::UnavailableError(message);
  status.SetPayload(kOutcomeUnknown, absl::Cord("1"));
  return status;
}

bool IsOutcomeUnknown(const absl::Status& status) {
  return status.GetPayload(kOutcomeUnknown).has_value();
}

}  // namespace stadtmesh::redis
