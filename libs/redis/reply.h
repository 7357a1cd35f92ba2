// What Redis answers, as a value.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

struct redisReply;

namespace stadtmesh::redis {

struct Reply {
  enum class Type { kNil, kInteger, kText, kError, kArray };  // kText: bulk string or status
  Type type = Type::kNil;
  int64_t integer = 0;
  std::string text;  // kText, kError
  std::vector<Reply> elements;

  bool is_nil() const { return type == Type::kNil; }
};

// Takes the text and elements of a reply of hiredis (which the caller still frees).
Reply TakeReply(const redisReply& reply);

// The status of an error reply by its first word. Nothing has been changed by a command that is
// answered so.
//   UNAVAILABLE          LOADING, READONLY, MASTERDOWN, CLUSTERDOWN, TRYAGAIN, NOREPLICAS, BUSY:
//   not now RESOURCE_EXHAUSTED   OOM PERMISSION_DENIED    NOAUTH, WRONGPASS, NOPERM
//   FAILED_PRECONDITION  MOVED, ASK: a Redis Cluster, whose routing this client does not do yet
//   NOT_FOUND            NOSCRIPT
//   INTERNAL             everything else: our command was wrong
absl::Status ErrorReplyStatus(absl::string_view text);

// Marks an error after which a command may or may not have been executed.
absl::Status OutcomeUnknown(absl::string_view message);
bool IsOutcomeUnknown(const absl::Status& status);

}  // namespace stadtmesh::redis
