#include "store/plan.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/ids.h"
#include "base/status.h"

namespace stadtmesh::store {
namespace {

bool IsCounterValue(int64_t value) { return value >= -kMaxCounter && value <= kMaxCounter; }

// Walks over a transaction once, adding to the plan and to the size.
class Planner {
 public:
  absl::Status Visit(const Transaction& transaction) {
    RETURN_IF_ERROR(std::visit([this](const auto& identity) { return Identify(identity); },
                               transaction.identity()));
    if (transaction.operations().size() > kMaxOperations) {
      return absl::InvalidArgumentError(absl::StrCat("a transaction has at most ", kMaxOperations,
                                                     " operations, this one ",
                                                     transaction.operations().size()));
    }
    bytes_ += transaction.response().size();
    for (const Operation& operation : transaction.operations()) {
      RETURN_IF_ERROR(std::visit([this](const auto& op) { return Add(op); }, operation));
    }
    for (const CounterChange& change : plan_.counters) {
      if (removed_.contains(change.counter)) {
        return absl::InvalidArgumentError("a counter is removed and used in one transaction");
      }
    }
    if (bytes_ > kMaxBytes) {
      return absl::InvalidArgumentError(
          absl::StrCat("a transaction has at most ", kMaxBytes, " bytes, this one ", bytes_));
    }
    return absl::OkStatus();
  }

  Plan Take() { return std::move(plan_); }

 private:
  absl::Status Name(absl::string_view what, absl::string_view name) {
    bytes_ += name.size();
    return ValidateName(what, name);
  }

  absl::Status Identify(const ReplyIdentity& identity) {
    RETURN_IF_ERROR(Name("subject", identity.subject));
    RETURN_IF_ERROR(Name("method", identity.method));
    RETURN_IF_ERROR(Name("idempotency key", identity.key));
    bytes_ += identity.fingerprint.size();
    if (identity.keep < absl::Milliseconds(1) || identity.keep > absl::Hours(24 * 366)) {
      return absl::InvalidArgumentError("a reply is kept between 1 ms and 366 days");
    }
    return absl::OkStatus();
  }

  // What has the parts of a watermark: OnceIdentity, AdvanceOp.
  template <typename Mark>
  absl::Status Watermark(const Mark& mark) {
    RETURN_IF_ERROR(Name("consumer", mark.consumer));
    if (mark.n == 0 || mark.n > static_cast<uint64_t>(kMaxCounter) ||
        mark.epoch > static_cast<uint64_t>(kMaxCounter)) {
      return absl::InvalidArgumentError("an event's n counts from 1");
    }
    return Name("aggregate", mark.aggregate);
  }

  absl::Status Identify(const OnceIdentity& identity) { return Watermark(identity); }

  absl::Status Identify(const TaskIdentity& identity) {
    RETURN_IF_ERROR(Name("task", identity.task_id));
    return Name("lease", identity.lease);
  }

  absl::Status Written(const std::string& key) {
    if (!written_.insert(key).second) {
      return absl::InvalidArgumentError("a key is written twice in one transaction");
    }
    return absl::OkStatus();
  }

  absl::Status Add(const CheckOp& op) { return Name("key", op.key); }

  absl::Status Add(const PutOp& op) {
    RETURN_IF_ERROR(Name("key", op.key));
    bytes_ += op.bytes.size();
    if (op.ttl < absl::Milliseconds(1)) {
      return absl::InvalidArgumentError("a time-to-live is at least 1 ms");
    }
    return Written(op.key);
  }

  absl::Status Add(const DeleteOp& op) {
    RETURN_IF_ERROR(Name("key", op.key));
    return Written(op.key);
  }

  CounterChange& ChangeOf(const std::string& counter) {
    for (CounterChange& change : plan_.counters) {
      if (change.counter == counter) return change;
    }
    plan_.counters.push_back({counter, std::nullopt, 0});
    return plan_.counters.back();
  }

  absl::Status Add(const BoundOp& op) {
    RETURN_IF_ERROR(Name("counter", op.counter));
    BoundOp bound = op;
    bound.min = std::max(bound.min, -kMaxCounter);
    bound.max = std::min(bound.max, kMaxCounter);
    if (bound.min > bound.max)
      return absl::InvalidArgumentError("a counter's min is above its max");
    if (!IsCounterValue(op.initial)) return absl::InvalidArgumentError("a counter's initial value");
    ChangeOf(op.counter).bound = std::move(bound);
    return absl::OkStatus();
  }

  absl::Status Add(const AddOp& op) {
    RETURN_IF_ERROR(Name("counter", op.counter));
    if (!IsCounterValue(op.delta))
      return absl::InvalidArgumentError("a counter's delta is too large");
    CounterChange& change = ChangeOf(op.counter);
    change.delta += op.delta;  // no overflow: both are below 2^53 + 2^53
    if (!IsCounterValue(change.delta)) {
      return absl::InvalidArgumentError("a counter's deltas are too large in sum");
    }
    return absl::OkStatus();
  }

  absl::Status Add(const RemoveCounterOp& op) {
    removed_.insert(op.counter);
    return Name("counter", op.counter);
  }

  absl::Status Add(const AdvanceOp& op) { return Watermark(op); }

  absl::Status Add(const IndexPutOp& op) {
    RETURN_IF_ERROR(Name("index", op.index));
    if (std::isnan(op.score)) return absl::InvalidArgumentError("an index score is not a number");
    return Name("member", op.member);
  }

  absl::Status Add(const IndexRemoveOp& op) {
    RETURN_IF_ERROR(Name("index", op.index));
    return Name("member", op.member);
  }

  absl::Status Add(const GeoPutOp& op) {
    RETURN_IF_ERROR(Name("index", op.index));
    RETURN_IF_ERROR(ValidateGeoPoint(op.point));
    return Name("member", op.member);
  }

  absl::Status Add(const LaterOp& op) {
    RETURN_IF_ERROR(Name("task", op.task_id));
    RETURN_IF_ERROR(Name("kind", op.kind));
    if (!IsStorableTime(op.due)) return absl::InvalidArgumentError("a task's due time");
    bytes_ += op.payload.size();
    return absl::OkStatus();
  }

  absl::Status Add(const CancelLaterOp& op) { return Name("task", op.task_id); }

  absl::Status Add(const EmitOp& op) {
    RETURN_IF_ERROR(Name("aggregate", op.aggregate));
    RETURN_IF_ERROR(Name("event type", op.type));
    RETURN_IF_ERROR(Name("event id", op.event_id));
    if (!IsStorableTime(op.time)) return absl::InvalidArgumentError("an event's time");
    bytes_ += op.payload.size() + op.traceparent.size();
    ++plan_.events;
    for (const std::string& counter : op.counters) {
      RETURN_IF_ERROR(Name("counter", counter));
      ChangeOf(counter);
    }
    return absl::OkStatus();
  }

  Plan plan_;
  std::set<std::string> written_, removed_;
  size_t bytes_ = 0;
};

}  // namespace

absl::StatusOr<Plan> MakePlan(const Scope& scope, const Transaction& transaction) {
  RETURN_IF_ERROR(ValidateScope(scope));
  Planner planner;
  RETURN_IF_ERROR(planner.Visit(transaction));
  return planner.Take();
}

}  // namespace stadtmesh::store
