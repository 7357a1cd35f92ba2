#include "buergerbus/service/unit_of_work.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/status.h"
#include "buergerbus/events.h"

namespace stadtmesh::buergerbus {

absl::StatusOr<std::shared_ptr<const Settings>> UnitOfWork::ReadSettings() {
  ASSIGN_OR_RETURN(SettingsCache::Entry entry, settings_.Read(command_.AsQuery()));
  relied_on_[std::string(keys::kSettings)] = entry.version;
  return entry.settings;
}

absl::StatusOr<RideOnTour> UnitOfWork::FindRide(const RideId& id) {
  ASSIGN_OR_RETURN(auth::Guarded<RideOnTour> found,
                   repository_.FindRide(tenant(), id, command_.deadline));
  return std::move(found).For(command_.principal);
}

absl::StatusOr<Stored<Tour>> UnitOfWork::FindTour(const TourId& id) {
  ASSIGN_OR_RETURN(auth::Guarded<Stored<Tour>> found,
                   repository_.FindTour(tenant(), id, command_.deadline));
  return std::move(found).For(command_.principal);
}

absl::StatusOr<BookedRides> UnitOfWork::FindBooking(const BookingId& id) {
  ASSIGN_OR_RETURN(auth::Guarded<BookedRides> found,
                   repository_.FindBooking(tenant(), id, command_.deadline));
  return std::move(found).For(command_.principal);
}

absl::StatusOr<Day> UnitOfWork::ReadDay(const Settings& settings, absl::CivilDay day) {
  return repository_.ReadDay(tenant(), settings, day, command_.deadline);
}

absl::StatusOr<std::vector<std::string>> UnitOfWork::MembersOf(const std::string& index,
                                                               size_t most) const {
  ASSIGN_OR_RETURN(const std::vector<store::Scored> stored,
                   repository_.List(tenant(), index, std::nullopt, /*descending=*/false, most,
                                    command_.deadline));
  std::vector<std::string> members;
  for (const store::Scored& each : stored) members.push_back(each.member);
  for (const store::Operation& operation : indexes_) {
    const auto* put = std::get_if<store::IndexPutOp>(&operation);
    const auto* remove = std::get_if<store::IndexRemoveOp>(&operation);
    if (put != nullptr && put->index == index) {
      std::erase(members, put->member);
      members.push_back(put->member);
    }
    if (remove != nullptr && remove->index == index) std::erase(members, remove->member);
  }
  return members;
}

void UnitOfWork::Publish(const std::vector<Event>& events) {
  for (const Event& event : events) {
    events_.push_back(ToEmit(event, ids_.NewId("event"), now_, command_.traceparent));
    facts_.push_back(event);
  }
}

void UnitOfWork::Write(const std::string& key, const std::string& former, Pending next) {
  const auto known = writes_.find(key);
  // Of two copies of one record the second would undo what the first has decided.
  if (known != writes_.end() && known->second.bytes != former) std::abort();
  writes_.insert_or_assign(key, std::move(next));
}

void UnitOfWork::ForgetWrites() {
  writes_.clear();
  indexes_.clear();
  later_.clear();
  events_.clear();
  facts_.clear();
}

void UnitOfWork::Refuse(Refusal refusal) {
  ForgetWrites();
  receipt = Receipt{.refusal = std::move(refusal)};
}

void UnitOfWork::Fail(RecordedError error) {
  ForgetWrites();
  receipt = Receipt{.error = std::move(error)};
}

void UnitOfWork::Reindex(const std::vector<IndexEntry>& former,
                         const std::vector<IndexEntry>& next) {
  for (const IndexEntry& entry : former) {
    const bool stays = std::any_of(next.begin(), next.end(), [&](const IndexEntry& other) {
      return other.index == entry.index && other.member == entry.member;
    });
    if (!stays) indexes_.push_back(store::IndexRemoveOp{entry.index, entry.member});
  }
  for (const IndexEntry& entry : next) {
    if (std::find(former.begin(), former.end(), entry) != former.end()) continue;
    indexes_.push_back(store::IndexPutOp{entry.index, entry.member, entry.score});
  }
}

store::Transaction UnitOfWork::Build() const {
  store::Transaction transaction(command_.identity);
  for (const auto& [key, version] : relied_on_) {
    if (writes_.find(key) == writes_.end()) transaction.Check(key, version);
  }
  for (const auto& [key, write] : writes_) {
    if (write.removes) {
      if (!write.expected.empty()) transaction.Delete(key, write.expected);
    } else {
      transaction.Put(key, write.bytes, write.expected, write.ttl);
    }
  }
  for (const store::Operation& operation : indexes_) {
    if (const auto* put = std::get_if<store::IndexPutOp>(&operation))
      transaction.IndexPut(put->index, put->member, put->score);
    if (const auto* remove = std::get_if<store::IndexRemoveOp>(&operation)) {
      transaction.IndexRemove(remove->index, remove->member);
    }
  }
  for (const store::Operation& operation : later_) {
    if (const auto* later = std::get_if<store::LaterOp>(&operation)) {
      transaction.Later(later->task_id, later->due, later->kind, later->payload);
    }
    if (const auto* cancel = std::get_if<store::CancelLaterOp>(&operation))
      transaction.CancelLater(cancel->task_id);
  }
  for (const store::EmitOp& event : events_) transaction.Emit(event);
  transaction.Reply(Encode(receipt, ""));
  return transaction;
}

}  // namespace stadtmesh::buergerbus
