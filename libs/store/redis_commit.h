// A transaction as the arguments of commit.lua, and its answer as a result. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "redis/reply.h"
#include "redis/script.h"
#include "store/plan.h"
#include "store/redis_keys.h"
#include "store/store.h"

namespace stadtmesh::store {

inline constexpr size_t kVersionBytes = 22;  // 128 random bits, web-safe base64

struct CommitSettings {
  int64_t outbox_limit = 0;
  bool replicated = false;  // WAIT follows
  absl::Duration keep_numbers = kKeepNumbers, keep_watermarks = kKeepWatermarks;
};

class RedisCommit {
 public:
  // Keeps references; `version` is the new version of every key that is written.
  RedisCommit(const Scope& scope, const Transaction& transaction, const Plan& plan,
              Version version);
  redis::ScriptArguments Arguments(const CommitSettings& settings) const;
  absl::StatusOr<Committed> Result(const redis::Reply& reply) const;

 private:
  void AddIdentity(redis::ScriptArguments& out) const;
  void AddVersioned(redis::ScriptArguments& out) const;
  void AddCounters(redis::ScriptArguments& out) const;
  void AddWrites(redis::ScriptArguments& out) const;
  void AddWrite(const IndexPutOp& put, redis::ScriptArguments& out) const;
  void AddWrite(const IndexRemoveOp& remove, redis::ScriptArguments& out) const;
  void AddWrite(const GeoPutOp& geo, redis::ScriptArguments& out) const;
  void AddWrite(const LaterOp& later, redis::ScriptArguments& out) const;
  void AddWrite(const CancelLaterOp& cancel, redis::ScriptArguments& out) const;
  void AddWrite(const RemoveCounterOp& remove, redis::ScriptArguments& out) const;
  void AddWrite(const AdvanceOp& advance, redis::ScriptArguments& out) const;
  template <typename Other>  // those have sections of their own
  void AddWrite(const Other&, redis::ScriptArguments&) const {}
  void AddEvents(redis::ScriptArguments& out) const;
  absl::StatusOr<Committed> Applied(const redis::Reply& reply) const;
  absl::StatusOr<Committed> Replayed(const redis::Reply& reply) const;
  absl::Status Refused(const redis::Reply& reply) const;

  const Scope& scope_;
  const RedisKeys keys_;
  const Transaction& transaction_;
  const Plan& plan_;
  const Version version_;
  std::vector<const Operation*> versioned_;  // Check, Put, Delete
  std::vector<const Operation*> writes_;     // indexes, tasks, watermarks
  std::vector<const EmitOp*> events_;
};

// The key of a Check, Put or Delete.
const std::string& KeyOf(const Operation& versioned);

// A fresh version or lease token. Thread-safe.
std::string NewToken();

// "%.17g", and inf as Redis wants it.
std::string FormatScore(double score);

}  // namespace stadtmesh::store
