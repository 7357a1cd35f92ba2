// How the names inside a scope become Redis keys, all with the hash tag {tenant/service}.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "store/transaction.h"

namespace stadtmesh::store {

class RedisKeys {
 public:
  explicit RedisKeys(const Scope& scope);

  // What all keys begin with: "{tenant/service}".
  const std::string& Tag() const { return prefix_; }
  std::string Record(absl::string_view key) const;    // string: version (22 bytes), value
  std::string Counter(absl::string_view name) const;  // string: "value min max"
  std::string Index(absl::string_view name) const;    // sorted set
  // Hashes that forget in two generations (commit.lua), aggregate -> "epoch n".
  std::string Watermarks(absl::string_view consumer) const;
  std::string OldWatermarks(absl::string_view consumer) const;
  std::string Reply(
      const ReplyIdentity& identity) const;  // string with expiry: ReplyPrefix, response
  std::string RepliesOf(absl::string_view subject) const;    // sorted set of Reply keys by expiry
  std::string Finished(const TaskIdentity& identity) const;  // marker with expiry
  std::string Lease(absl::string_view name) const;           // string with expiry: owner
  std::string Epoch() const { return prefix_ + "epoch"; }
  std::string Outbox() const { return prefix_ + "outbox"; }  // stream
  std::string Sequences() const { return prefix_ + "sequences"; }
  std::string OldSequences() const { return prefix_ + "old-sequences"; }
  std::string Due() const { return prefix_ + "due"; }      // sorted set: task by microseconds
  std::string Tasks() const { return prefix_ + "tasks"; }  // hash: task -> packed body
  std::string Touch() const {
    return prefix_ + "touch";
  }  // written only to have something to WAIT for

 private:
  std::string prefix_;
};

// What a recorded reply begins with.
std::string ReplyPrefix(const ReplyIdentity& identity);
// The pub/sub channel on which commits of a service wake its relay.
std::string WakeChannel(absl::string_view service);

}  // namespace stadtmesh::store
