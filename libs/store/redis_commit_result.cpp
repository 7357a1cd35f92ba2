// What commit.lua answered.
#include <algorithm>
#include <variant>

#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "store/errors.h"
#include "store/redis_commit.h"

namespace stadtmesh::store {
namespace {

int64_t Number(const redis::Reply& reply, size_t index) {
  int64_t number = 0;
  if (index < reply.elements.size()) (void)absl::SimpleAtoi(reply.elements[index].text, &number);
  return number;
}

}  // namespace

absl::StatusOr<Committed> RedisCommit::Result(const redis::Reply& reply) const {
  if (reply.elements.empty() || reply.elements[0].text.size() != 1) {
    return absl::InternalError("commit.lua gave no answer");
  }
  switch (reply.elements[0].text[0]) {
    case 'A':
      return Applied(reply);
    case 'R':
      return Replayed(reply);
    default:
      return Refused(reply);
  }
}

absl::StatusOr<Committed> RedisCommit::Applied(const redis::Reply& reply) const {
  Committed committed;
  committed.response = transaction_.response();
  for (const Operation* operation : versioned_) {
    if (std::holds_alternative<CheckOp>(*operation)) continue;
    const bool put = std::holds_alternative<PutOp>(*operation);
    committed.versions[KeyOf(*operation)] = put ? version_ : "";
  }
  for (size_t i = 0; i < plan_.counters.size(); ++i) {
    committed.counters[plan_.counters[i].counter] = Number(reply, i + 1);
  }
  return committed;
}

absl::StatusOr<Committed> RedisCommit::Replayed(const redis::Reply& reply) const {
  Committed committed;
  committed.outcome = Committed::Outcome::kReplayed;
  if (const auto* identity = std::get_if<ReplyIdentity>(&transaction_.identity())) {
    committed.response =
        std::string(absl::StripPrefix(reply.elements.at(1).text, ReplyPrefix(*identity)));
  }
  return committed;
}

absl::Status RedisCommit::Refused(const redis::Reply& reply) const {
  const auto index = [&](size_t size) {
    return std::clamp<int64_t>(Number(reply, 1), 1, size) - 1;
  };
  switch (reply.elements[0].text[0]) {
    case 'V':
      return VersionConflict(KeyOf(*versioned_[index(versioned_.size())]));
    case 'U':
      return CounterUnknown(plan_.counters[index(plan_.counters.size())].counter);
    case 'B':
      return CounterBound(plan_.counters[index(plan_.counters.size())].counter, Number(reply, 2),
                          Number(reply, 3), Number(reply, 4));
    case 'K':
      return IdempotencyKeyReused();
    case 'G':
      return EventGap(std::get<OnceIdentity>(transaction_.identity()).aggregate, Number(reply, 1));
    case 'T':
      return TaskLost(std::get<TaskIdentity>(transaction_.identity()).task_id);
    case 'F':
      return OutboxFull();
    default:
      return absl::InternalError("commit.lua gave an unknown answer");
  }
}

}  // namespace stadtmesh::store
