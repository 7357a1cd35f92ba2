// One attempt at a command: what it read, what it relies on, and what it will write, committed all
// together or not at all.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/ids.h"
#include "buergerbus/domain/decision.h"
#include "buergerbus/repository.h"
#include "buergerbus/service/command.h"
#include "buergerbus/service/settings_cache.h"
#include "store/transaction.h"

namespace stadtmesh::buergerbus {

// Not thread-safe; lives for one attempt.
class UnitOfWork {
 public:
  UnitOfWork(const Repository& repository, SettingsCache& settings, IdSource& ids,
             const Command& command, absl::Time now)
      : repository_(repository), settings_(settings), ids_(ids), command_(command), now_(now) {}

  const Command& command() const { return command_; }
  absl::Time now() const { return now_; }
  const std::string& tenant() const { return command_.tenant(); }
  std::string NewId(absl::string_view prefix) { return ids_.NewId(prefix); }

  // ---- Reads. Objects of somebody are opened for the caller: NOT_FOUND for others.
  // NOT_FOUND, reason NO_SERVICE, where the city has not set anything up. The commit is refused
  // when they change meanwhile.
  absl::StatusOr<std::shared_ptr<const Settings>> ReadSettings();
  absl::StatusOr<RideOnTour> FindRide(const RideId& id);
  absl::StatusOr<Stored<Tour>> FindTour(const TourId& id);
  absl::StatusOr<BookedRides> FindBooking(const BookingId& id);
  absl::StatusOr<Day> ReadDay(const Settings& settings, absl::CivilDay day);
  // What this attempt has written itself is read as it will be.
  template <typename T>
  absl::StatusOr<Stored<T>> Read(const std::string& key) {
    const auto written = writes_.find(key);
    if (written == writes_.end()) return repository_.Read<T>(tenant(), key, command_.deadline);
    const Pending& pending = written->second;
    Stored<T> stored{.key = key, .bytes = pending.bytes, .version = pending.expected};
    if (!pending.removes) {
      ASSIGN_OR_RETURN(stored.value, Decode<T>(pending.bytes));
    }
    return stored;
  }
  // The members of a short index, by score, and after them those that this attempt adds; without
  // those that it removes.
  absl::StatusOr<std::vector<std::string>> MembersOf(const std::string& index, size_t most) const;
  const Repository& repository() const { return repository_; }

  // ---- Writes. Of a record that is written, one copy per attempt: two that differ end the
  // process. Takes a decision over: the new state, its indexes and its events. Rides: SaveRide
  // (service/calls.h).
  template <typename T>
  void Save(Stored<T>& stored, Decision<T> decision) {
    static_assert(!std::is_same_v<T, Ride>, "SaveRide");
    const bool unchanged =
        !stored.version.empty() && stored.value && *stored.value == decision.state;
    if (!unchanged) Put(stored, std::move(decision.state));
    Publish(decision.events);
  }
  template <typename T>
  void Put(Stored<T>& stored, T value, absl::Duration ttl = absl::InfiniteDuration()) {
    // A tour of a day that was never stored has a value, but nothing has indexed it yet.
    const bool indexed = stored.value && (!stored.version.empty() || writes_.contains(stored.key));
    Reindex(indexed ? IndexEntriesOf(*stored.value) : std::vector<IndexEntry>(),
            IndexEntriesOf(value));
    std::string bytes = Encode(value, stored.bytes);
    Write(stored.key, stored.bytes, {.bytes = bytes, .expected = stored.version, .ttl = ttl});
    stored.bytes = std::move(bytes);
    stored.value = std::move(value);
  }
  template <typename T>
  void Delete(Stored<T>& stored) {
    if (stored.value) Reindex(IndexEntriesOf(*stored.value), {});
    Write(stored.key, stored.bytes, {.expected = stored.version, .removes = true});
    stored.value.reset();
    stored.bytes.clear();
  }
  void Publish(const std::vector<Event>& events);
  // For an entry whose record may be gone already.
  void Unindex(absl::string_view index, const std::string& member) {
    indexes_.push_back(store::IndexRemoveOp{std::string(index), member});
  }
  // Refuses the commit when this changes meanwhile.
  template <typename T>
  void RelyOn(const Stored<T>& stored) {
    relied_on_[stored.key] = stored.version;
  }
  void Later(std::string id, absl::Time due, std::string kind, std::string payload) {
    later_.push_back(store::LaterOp{std::move(id), due, std::move(kind), std::move(payload)});
  }
  void CancelLater(std::string id) { later_.push_back(store::CancelLaterOp{std::move(id)}); }
  // Forgets everything that was to be written: the command ends as a refusal.
  void Refuse(Refusal refusal);
  // The same for an error that repetition will not cure.
  void Fail(RecordedError error);

  // What the caller is told, and told again when the command is repeated.
  Receipt receipt;

  store::Transaction Build() const;
  // False when it is more than one transaction may hold.
  bool Fits() const { return Build().operations().size() <= store::kMaxOperations; }
  // What will have happened once it is committed.
  const std::vector<Event>& facts() const { return facts_; }

 private:
  struct Pending {
    std::string bytes;
    store::Version expected;
    absl::Duration ttl = absl::InfiniteDuration();
    bool removes = false;
  };
  // `former`: the bytes that the caller's copy had before.
  void Write(const std::string& key, const std::string& former, Pending next);
  void ForgetWrites();
  void Reindex(const std::vector<IndexEntry>& former, const std::vector<IndexEntry>& next);

  const Repository& repository_;
  SettingsCache& settings_;
  IdSource& ids_;
  const Command& command_;
  const absl::Time now_;
  std::map<std::string, Pending> writes_;
  std::map<std::string, store::Version> relied_on_;
  std::vector<store::Operation> indexes_;
  std::vector<store::Operation> later_;
  std::vector<store::EmitOp> events_;
  std::vector<Event> facts_;
};

}  // namespace stadtmesh::buergerbus
