#include "events/memory_dead_letters.h"

namespace stadtmesh::events {

absl::StatusOr<std::vector<AggregateKey>> MemoryDeadLetters::ParkedAggregates(
    absl::string_view group, absl::string_view tenant, absl::Time) {
  std::lock_guard lock(mutex_);
  std::vector<AggregateKey> result;
  for (const auto& [place, letters] : parked_) {
    if (place.first == group && place.second.tenant == tenant) result.push_back(place.second);
  }
  return result;
}

absl::Status MemoryDeadLetters::Bury(absl::string_view group, const DeadLetter& letter,
                                     absl::Time) {
  std::lock_guard lock(mutex_);
  parked_[{std::string(group), KeyOf(letter.event)}][{letter.event.epoch, letter.event.n}] = letter;
  return absl::OkStatus();
}

absl::StatusOr<bool> MemoryDeadLetters::ParkBehind(absl::string_view group, const Event& event,
                                                   absl::Time since, absl::Time) {
  std::lock_guard lock(mutex_);
  auto found = parked_.find({std::string(group), KeyOf(event)});
  if (found == parked_.end()) return false;
  found->second.try_emplace({event.epoch, event.n}, DeadLetter{event, "", 0, since});
  return true;
}

absl::StatusOr<std::vector<DeadLetter>> MemoryDeadLetters::List(absl::string_view group,
                                                                const AggregateKey& aggregate,
                                                                size_t limit, absl::Time) {
  std::lock_guard lock(mutex_);
  std::vector<DeadLetter> result;
  auto found = parked_.find({std::string(group), aggregate});
  if (found == parked_.end()) return result;
  for (const auto& [number, letter] : found->second) {
    if (result.size() == limit) break;
    result.push_back(letter);
  }
  return result;
}

absl::Status MemoryDeadLetters::Remove(absl::string_view group, const Event& event, absl::Time) {
  std::lock_guard lock(mutex_);
  auto found = parked_.find({std::string(group), KeyOf(event)});
  if (found != parked_.end()) found->second.erase({event.epoch, event.n});
  return absl::OkStatus();
}

absl::StatusOr<bool> MemoryDeadLetters::Release(absl::string_view group,
                                                const AggregateKey& aggregate, absl::Time) {
  std::lock_guard lock(mutex_);
  auto found = parked_.find({std::string(group), aggregate});
  if (found == parked_.end()) return true;
  if (!found->second.empty()) return false;
  parked_.erase(found);
  return true;
}

absl::StatusOr<bool> MemoryDeadLetters::LockReplay(absl::string_view group,
                                                   const AggregateKey& aggregate,
                                                   absl::string_view owner, absl::Duration ttl,
                                                   absl::Time) {
  std::lock_guard lock(mutex_);
  auto& [holder, until] = locks_[{std::string(group), aggregate}];
  if (holder != owner && until > absl::Now()) return false;
  holder = std::string(owner);
  until = absl::Now() + ttl;
  return true;
}

absl::Status MemoryDeadLetters::UnlockReplay(absl::string_view group, const AggregateKey& aggregate,
                                             absl::string_view owner, absl::Time) {
  std::lock_guard lock(mutex_);
  auto found = locks_.find({std::string(group), aggregate});
  if (found != locks_.end() && found->second.first == owner) locks_.erase(found);
  return absl::OkStatus();
}

}  // namespace stadtmesh::events
