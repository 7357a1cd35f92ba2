#include "events/event_processor.h"

#include <optional>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/status.h"

namespace stadtmesh::events {
namespace {

constexpr absl::Duration kStoreTimeout = absl::Seconds(2);
constexpr size_t kReplayBatch = 100;

bool IsGap(const absl::Status& status) {
  std::optional<ErrorInfo> info = GetErrorInfo(status);
  return info.has_value() && info->reason == "EVENT_GAP";
}

}  // namespace

EventProcessor::EventProcessor(const SubscribeOptions& options, Handler handler, const Clock* clock)
    : options_(options),
      handler_(std::move(handler)),
      clock_(clock),
      counters_(options.counters != nullptr ? options.counters : &own_counters_) {}

bool EventProcessor::Process(const Event& event, const Wait& wait) {
  Attempts attempts(options_.retry);
  while (!Step(event, attempts).ok()) {
    if (!wait(attempts.NextBackOff())) return false;
  }
  return true;
}

absl::Status EventProcessor::Step(const Event& event, Attempts& attempts) {
  const AggregateKey key = KeyOf(event);
  ASSIGN_OR_RETURN(bool parked, IsParked(key));
  if (parked) {
    const absl::Time deadline = absl::Now() + kStoreTimeout;
    ASSIGN_OR_RETURN(bool waits, options_.dead_letters->ParkBehind(options_.group, event,
                                                                   clock_->Now(), deadline));
    if (waits) {
      ++counters_->parked;
      return absl::OkStatus();
    }
    SetParked(key, false);  // a replay, perhaps by another replica, released it
  }
  return Handle(event, attempts);
}

absl::Status EventProcessor::Handle(const Event& event, Attempts& attempts) {
  if (!attempts.dead()) {
    absl::Status status = handler_(event);
    switch (attempts.Judge(status)) {
      case Attempts::Verdict::kDone:
        ++counters_->handled;
        return absl::OkStatus();
      case Attempts::Verdict::kRetry:
        ++(IsTransient(status) ? counters_->transient_failures : counters_->permanent_failures);
        return status;
      case Attempts::Verdict::kDeadLetter:
        ++counters_->permanent_failures;
        if (IsGap(status)) ++counters_->gaps;
        break;
    }
  }
  const DeadLetter letter{event, attempts.cause().ToString(), attempts.permanent(), clock_->Now()};
  RETURN_IF_ERROR(options_.dead_letters->Bury(options_.group, letter, absl::Now() + kStoreTimeout));
  SetParked(KeyOf(event), true);
  ++counters_->dead_letters;
  return absl::OkStatus();
}

absl::StatusOr<bool> EventProcessor::IsParked(const AggregateKey& key) {
  while (true) {
    uint64_t generation = 0;
    {
      std::lock_guard lock(mutex_);
      if (auto tenant = parked_.find(key.tenant); tenant != parked_.end())
        return tenant->second.contains(key);
      generation = generation_;
    }
    ASSIGN_OR_RETURN(std::vector<AggregateKey> parked,
                     options_.dead_letters->ParkedAggregates(options_.group, key.tenant,
                                                             absl::Now() + kStoreTimeout));
    std::lock_guard lock(mutex_);
    // What was read before partitions were gained may lack what their former reader parked: read
    // again.
    if (generation_ == generation) parked_[key.tenant].insert(parked.begin(), parked.end());
  }
}

void EventProcessor::SetParked(const AggregateKey& key, bool parked) {
  std::lock_guard lock(mutex_);
  auto tenant = parked_.find(key.tenant);
  if (tenant == parked_.end()) return;  // will be looked up, and then holds it
  if (parked) {
    tenant->second.insert(key);
  } else {
    tenant->second.erase(key);
  }
}

void EventProcessor::ForgetParked() {
  std::lock_guard lock(mutex_);
  ++generation_;
  parked_.clear();
}

absl::StatusOr<size_t> EventProcessor::Replay(const AggregateKey& aggregate, absl::Time deadline) {
  RandomIdSource ids;
  const std::string owner = ids.NewId("replay");
  ASSIGN_OR_RETURN(bool locked, options_.dead_letters->LockReplay(options_.group, aggregate, owner,
                                                                  options_.replay_lease, deadline));
  if (!locked) return absl::AbortedError("another replay of this aggregate is running");
  absl::Cleanup unlock = [&] {
    // Best effort: the lock ends by itself.
    (void)options_.dead_letters->UnlockReplay(options_.group, aggregate, owner,
                                              absl::Now() + kStoreTimeout);
  };
  return ReplayLocked(aggregate, owner, deadline);
}

absl::StatusOr<size_t> EventProcessor::ReplayLocked(const AggregateKey& aggregate,
                                                    absl::string_view owner, absl::Time deadline) {
  size_t handled = 0;
  while (true) {
    ASSIGN_OR_RETURN(
        std::vector<DeadLetter> letters,
        options_.dead_letters->List(options_.group, aggregate, kReplayBatch, deadline));
    for (const DeadLetter& letter : letters) {
      ASSIGN_OR_RETURN(bool locked,
                       options_.dead_letters->LockReplay(options_.group, aggregate, owner,
                                                         options_.replay_lease, deadline));
      if (!locked) return absl::AbortedError("the replay took too long and lost its lock");
      RETURN_IF_ERROR(ReplayOne(letter, deadline));
      ++handled;
      ++counters_->replayed;
    }
    if (!letters.empty()) continue;
    ASSIGN_OR_RETURN(bool released,
                     options_.dead_letters->Release(options_.group, aggregate, deadline));
    if (released) break;
  }
  SetParked(aggregate, false);
  return handled;
}

absl::Status EventProcessor::ReplayOne(const DeadLetter& letter, absl::Time deadline) {
  Attempts attempts(options_.retry);
  absl::Status status = handler_(letter.event);
  while (IsTransient(status)) {
    const absl::Duration back_off = attempts.NextBackOff();
    if (absl::Now() + back_off >= deadline) return status;
    absl::SleepFor(back_off);
    status = handler_(letter.event);
  }
  if (status.ok()) return options_.dead_letters->Remove(options_.group, letter.event, deadline);
  ++counters_->permanent_failures;
  const DeadLetter again{letter.event, status.ToString(), letter.tries + 1, letter.since};
  RETURN_IF_ERROR(options_.dead_letters->Bury(options_.group, again, deadline));
  return status;
}

void EventProcessor::ReportLost(absl::string_view topic, int32_t partition) {
  ++counters_->lost;
  if (options_.on_lost) options_.on_lost(topic, partition);
}

}  // namespace stadtmesh::events
