// Random transactions say and do the same on the fake and on Redis.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "backends.h"
#include "base/error.h"
#include "store/errors.h"

namespace stadtmesh::store {
namespace {

constexpr int kNames = 4;  // few, so that operations meet
constexpr absl::Time kNow = absl::FromUnixSeconds(1'790'000'000);

std::string Name(int i) { return absl::StrCat("n", i); }

// A transaction in words that do not depend on a backend's random versions and leases.
struct Step {
  enum class Expect { kCurrent, kAbsent, kStale };
  struct Operation {
    int kind = 0, name = 0, other = 0, number = 0;
    Expect expect = Expect::kCurrent;
  };
  int identity = 0;  // 0 reply, 1 once, 2 task
  int name = 0, number = 0;
  bool claim = false;  // claim what is due first
  std::vector<Operation> operations;
};

// A backend with what was read from it.
class Subject {
 public:
  explicit Subject(const std::string& backend) : store_(MakeBackend(backend)) {}

  // What the outside sees of one step.
  std::string Run(const Step& step) {
    std::string seen;
    if (step.claim) {
      const auto tasks =
          *store_->ClaimDue(scope_, kNow + absl::Seconds(step.number), absl::Seconds(2), 2, Soon());
      for (const Task& task : tasks) {
        leases_[task.task_id] = task.lease;
        absl::StrAppend(&seen, task.task_id, "/", task.payload, "/", task.attempt, "/",
                        absl::FormatTime(task.due), " ");
      }
    }
    const auto result = store_->Commit(scope_, Build(step), Soon());
    if (!result.ok()) return absl::StrCat(seen, Describe(result.status()));
    for (const auto& [key, version] : result->versions) {
      if (!version.empty()) history_[key].push_back(version);
      current_[key] = version;
    }
    absl::StrAppend(&seen,
                    result->outcome == Committed::Outcome::kApplied ? "applied " : "replayed ",
                    result->response);
    for (const auto& [name, value] : result->counters)
      absl::StrAppend(&seen, " ", name, "=", value);
    return seen;
  }

  // Everything that can be read.
  std::string State() {
    std::string state;
    for (int i = 0; i < kNames; ++i) {
      const Record record = *store_->Get(scope_, Name(i), Soon());
      absl::StrAppend(&state, "\nrecord ", record.exists(), record.bytes);
      const auto counter = *store_->GetCounter(scope_, Name(i), Soon());
      if (counter)
        absl::StrAppend(&state, "\ncounter ", counter->value, " ", counter->min, " ", counter->max);
      const auto entries = *store_->IndexRange(scope_, Name(i), {.descending = i % 2 == 0}, Soon());
      for (const Scored& entry : entries)
        absl::StrAppend(&state, "\nindex ", entry.member, " ", entry.score);
    }
    const auto outbox = *store_->ReadOutbox(scope_, "", 1000, Soon());
    for (const OutboxEntry& entry : outbox) {
      absl::StrAppend(&state, "\nevent ", entry.aggregate, " ", entry.n, " ", entry.event_id);
      for (const auto& [name, value] : entry.counters)
        absl::StrAppend(&state, " ", name, "=", value);
    }
    return state;
  }

 private:
  static std::string Describe(const absl::Status& status) {
    const auto info = GetErrorInfo(status);
    std::string text = absl::StatusCodeToString(status.code());
    if (!info) return absl::StrCat(text, " ", status.message());
    absl::StrAppend(&text, " ", info->reason);
    for (const auto& [name, value] : info->metadata) absl::StrAppend(&text, " ", name, "=", value);
    return text;
  }

  Identity IdentityOf(const Step& step) {
    if (step.identity == 1) {
      return OnceIdentity{"consumer", Name(step.name), 1 + static_cast<uint64_t>(step.number % 2),
                          1 + static_cast<uint64_t>(step.number / 2)};
    }
    if (step.identity == 2) {
      const auto lease = leases_.find(Name(step.name));
      return TaskIdentity{Name(step.name), lease == leases_.end() ? "none" : lease->second};
    }
    return ReplyIdentity{"subject", "method", absl::StrCat(step.number),
                         absl::StrCat("body", step.name % 2), absl::Hours(1)};
  }

  Version VersionOf(const std::string& key, Step::Expect expect) {
    if (expect == Step::Expect::kCurrent) return current_[key];
    if (expect == Step::Expect::kAbsent || history_[key].empty()) return "";
    return history_[key].front();
  }

  Transaction Build(const Step& step) {
    Transaction transaction(IdentityOf(step));
    transaction.Reply(absl::StrCat("reply", step.number));
    std::set<int> written;
    for (const Step::Operation& op : step.operations) {
      const bool writes = op.kind >= 1 && op.kind <= 3;
      if (writes && !written.insert(op.name).second && op.number > 0)
        continue;  // mostly valid input
      Add(transaction, op);
    }
    return transaction;
  }

  void Add(Transaction& transaction, const Step::Operation& op) {
    const std::string name = Name(op.name), other = Name(op.other);
    switch (op.kind) {
      case 0:
        return transaction.Check(name, VersionOf(name, op.expect));
      case 1:
      case 2:
        return transaction.Put(name, absl::StrCat(op.number), VersionOf(name, op.expect));
      case 3:
        return transaction.Delete(name, VersionOf(name, op.expect));
      case 4:
        return transaction.Bound(name, -op.other, 5, op.number % 3);
      case 5:
        return transaction.Add(name, 3 * (op.number - 4));
      case 6:
        return transaction.IndexPut(name, other, op.number);
      case 7:
        return transaction.IndexRemove(name, other);
      case 8:
        return transaction.Later(name, kNow + absl::Seconds(op.number), "kind", other);
      case 9:
        return transaction.CancelLater(name);
      case 10:
        return op.expect == Step::Expect::kCurrent ? transaction.RemoveCounter(name) : void();
      case 11:
        return transaction.Advance("consumer", name, 1, 1 + static_cast<uint64_t>(op.number));
      default:
        return transaction.Emit(
            {name, "type", "payload", absl::StrCat(op.number), kNow, "",
             op.number % 3 == 0 ? std::vector<std::string>{other} : std::vector<std::string>()});
    }
  }

  const std::unique_ptr<Store> store_;
  const Scope scope_ = FreshScope();
  std::map<std::string, Version> current_;
  std::map<std::string, std::vector<Version>> history_;
  std::map<std::string, std::string> leases_;
};

// inRange covers its whole range only at the full size.
constexpr int kFullSize = 100;

rc::Gen<Step::Operation> AnyOperation() {
  return rc::gen::resize(
      kFullSize, rc::gen::build<Step::Operation>(
                     rc::gen::set(&Step::Operation::kind, rc::gen::inRange(0, 13)),
                     rc::gen::set(&Step::Operation::name, rc::gen::inRange(0, kNames)),
                     rc::gen::set(&Step::Operation::other, rc::gen::inRange(0, kNames)),
                     rc::gen::set(&Step::Operation::number, rc::gen::inRange(0, 9)),
                     rc::gen::set(&Step::Operation::expect, rc::gen::weightedElement<Step::Expect>(
                                                                {{8, Step::Expect::kCurrent},
                                                                 {1, Step::Expect::kAbsent},
                                                                 {1, Step::Expect::kStale}}))));
}

rc::Gen<Step> AnyStep() {
  return rc::gen::build<Step>(
      rc::gen::set(&Step::identity, rc::gen::resize(kFullSize, rc::gen::inRange(0, 3))),
      rc::gen::set(&Step::name, rc::gen::resize(kFullSize, rc::gen::inRange(0, kNames))),
      rc::gen::set(&Step::number, rc::gen::resize(kFullSize, rc::gen::inRange(0, 24))),
      rc::gen::set(&Step::claim, rc::gen::arbitrary<bool>()),
      rc::gen::set(
          &Step::operations,
          rc::gen::resize(5, rc::gen::container<std::vector<Step::Operation>>(AnyOperation()))));
}

TEST(StoreProperty, TheFakeAndRedisAgree) {
  std::map<std::string, int> outcomes;  // by first word and reason
  EXPECT_TRUE(rc::check([&] {
    Subject fake("fake"), redis("redis");
    const auto steps = *rc::gen::resize(40, rc::gen::container<std::vector<Step>>(AnyStep()));
    for (const Step& step : steps) {
      const std::string expected = fake.Run(step);
      RC_ASSERT(redis.Run(step) == expected);
      for (const char* word :
           {"applied", "replayed", "VERSION_CONFLICT", "COUNTER_BOUND", "COUNTER_UNKNOWN",
            "IDEMPOTENCY_KEY_REUSED", "EVENT_GAP", "TASK_LOST"}) {
        outcomes[word] += expected.find(word) != std::string::npos;
      }
    }
    RC_ASSERT(redis.State() == fake.State());
  }));
  for (const auto& [word, count] : outcomes) EXPECT_GT(count, 0) << word;
}

}  // namespace
}  // namespace stadtmesh::store
