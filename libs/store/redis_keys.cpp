#include "store/redis_keys.h"

#include "absl/strings/str_cat.h"

namespace stadtmesh::store {
namespace {

// Unambiguous whatever the parts hold.
std::string Framed(absl::string_view part) { return absl::StrCat(part.size(), ":", part); }

}  // namespace

RedisKeys::RedisKeys(const Scope& scope)
    : prefix_(absl::StrCat("{", scope.tenant, "/", scope.service, "}")) {}

std::string RedisKeys::Record(absl::string_view key) const {
  return absl::StrCat(prefix_, "r:", key);
}

std::string RedisKeys::Counter(absl::string_view name) const {
  return absl::StrCat(prefix_, "c:", name);
}

std::string RedisKeys::Index(absl::string_view name) const {
  return absl::StrCat(prefix_, "i:", name);
}

std::string RedisKeys::Watermarks(absl::string_view consumer) const {
  return absl::StrCat(prefix_, "once:", consumer);
}

std::string RedisKeys::OldWatermarks(absl::string_view consumer) const {
  return absl::StrCat(prefix_, "old-once:", consumer);
}

std::string RedisKeys::Reply(const ReplyIdentity& identity) const {
  return absl::StrCat(prefix_, "reply:", Framed(identity.subject), Framed(identity.method),
                      identity.key);
}

std::string RedisKeys::RepliesOf(absl::string_view subject) const {
  return absl::StrCat(prefix_, "replies:", subject);
}

std::string RedisKeys::Finished(const TaskIdentity& identity) const {
  return absl::StrCat(prefix_, "finished:", Framed(identity.lease), identity.task_id);
}

std::string RedisKeys::Lease(absl::string_view name) const {
  return absl::StrCat(prefix_, "lease:", name);
}

std::string ReplyPrefix(const ReplyIdentity& identity) { return Framed(identity.fingerprint); }

std::string WakeChannel(absl::string_view service) {
  return absl::StrCat("stadtmesh:outbox:", service);
}

}  // namespace stadtmesh::store
