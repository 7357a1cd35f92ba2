// What Redis answers, as a value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "redis/address.h"

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
//   UNAVAILABLE          LOADING, READONLY, MASTERDOWN, CLUSTERDOWN, TRYAGAIN, NOREPLICAS, BUSY
//   RESOURCE_EXHAUSTED   OOM
//   PERMISSION_DENIED    NOAUTH, WRONGPASS, NOPERM
//   FAILED_PRECONDITION  MOVED, ASK: another node of a Redis Cluster serves the key (RedirectOf)
//   NOT_FOUND            NOSCRIPT
//   INTERNAL             everything else: our command was wrong
absl::Status ErrorReplyStatus(absl::string_view text);

// Where a node of a Redis Cluster sends a command.
struct Redirect {
  bool ask = false;  // for this command only, behind an ASKING; else from now on
  Address address;
};
// Of an error of ErrorReplyStatus, or nothing.
std::optional<Redirect> RedirectOf(const absl::Status& status);

// Marks an error after which a command may or may not have been executed.
absl::Status OutcomeUnknown(absl::string_view message);
bool IsOutcomeUnknown(const absl::Status& status);

}  // namespace stadtmesh::redis
