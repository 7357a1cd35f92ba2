#include "events/store_dead_letters.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "base/status.h"
#include "events/event_codec.h"
#include "stadtmesh/events/v1/state.pb.h"

namespace stadtmesh::events {
namespace {

constexpr size_t kPage = 1000;

std::string GroupIndex(absl::string_view group) { return absl::StrCat("dead-letters/", group); }

std::string Place(absl::string_view group, const AggregateKey& aggregate) {
  return absl::StrCat("dead-letters/", group, "/", aggregate.service, "/", aggregate.aggregate);
}

std::string Lease(absl::string_view group, const AggregateKey& aggregate) {
  return absl::StrCat("replay/", group, "/", aggregate.service, "/", aggregate.aggregate);
}

// Members of one score are in the order of their bytes.
std::string Member(const Event& event) {
  return absl::StrFormat("%020d-%020d", event.epoch, event.n);
}

std::string Encode(const DeadLetter& letter) {
  v1::ParkedEvent parked;
  for (auto& [name, value] : EncodeHeaders(letter.event)) {
    v1::ParkedEvent::Header* header = parked.add_headers();
    header->set_name(name);
    header->set_value(value);
  }
  parked.set_payload(letter.event.payload);
  parked.set_cause(letter.cause);
  parked.set_tries(letter.tries);
  const int64_t nanos = absl::ToUnixNanos(letter.since);
  parked.mutable_since()->set_seconds(nanos / 1'000'000'000);
  parked.mutable_since()->set_nanos(static_cast<int32_t>(nanos % 1'000'000'000));
  return parked.SerializeAsString();
}

absl::StatusOr<DeadLetter> Decode(const std::string& bytes) {
  v1::ParkedEvent parked;
  if (!parked.ParseFromString(bytes))
    return absl::DataLossError("a stored dead letter cannot be read");
  Headers headers;
  for (const v1::ParkedEvent::Header& header : parked.headers())
    headers.emplace_back(header.name(), header.value());
  DeadLetter letter;
  ASSIGN_OR_RETURN(letter.event, DecodeEvent(headers, parked.payload()));
  letter.cause = parked.cause();
  letter.tries = parked.tries();
  letter.since =
      absl::FromUnixSeconds(parked.since().seconds()) + absl::Nanoseconds(parked.since().nanos());
  return letter;
}

// Runs `attempt` until it ends otherwise than by a version conflict, or the deadline has passed.
template <typename Attempt>
auto Retry(absl::Time deadline, Attempt attempt) {
  while (true) {
    auto result = attempt();
    if (result.ok() || !absl::IsAborted(result.status()) || absl::Now() >= deadline) return result;
  }
}

}  // namespace

store::Transaction StoreDeadLetters::NewTransaction() {
  // The store needs an identity only to send a commit again whose answer was lost.
  const std::string key = ids_.NewId("parking");
  return store::Transaction(
      store::ReplyIdentity{"events", "dead-letters", key, key, absl::Minutes(10)});
}

absl::StatusOr<std::vector<AggregateKey>> StoreDeadLetters::ParkedAggregates(
    absl::string_view group, absl::string_view tenant, absl::Time deadline) {
  std::vector<AggregateKey> result;
  store::Range range;
  range.limit = kPage;
  while (true) {
    ASSIGN_OR_RETURN(std::vector<store::Scored> page,
                     store_->IndexRange(ScopeOf(tenant), GroupIndex(group), range, deadline));
    for (const store::Scored& entry : page) {
      const size_t slash = entry.member.find('/');
      if (slash == std::string::npos) continue;
      result.push_back(
          {entry.member.substr(0, slash), std::string(tenant), entry.member.substr(slash + 1)});
    }
    if (page.size() < kPage) return result;
    range.after = page.back();
  }
}

absl::Status StoreDeadLetters::Bury(absl::string_view group, const DeadLetter& letter,
                                    absl::Time deadline) {
  return Retry(deadline, [&] { return TryPark(group, letter, false, deadline); }).status();
}

absl::StatusOr<bool> StoreDeadLetters::ParkBehind(absl::string_view group, const Event& event,
                                                  absl::Time since, absl::Time deadline) {
  const DeadLetter letter{event, "", 0, since};
  return Retry(deadline, [&] { return TryPark(group, letter, true, deadline); });
}

absl::StatusOr<bool> StoreDeadLetters::TryPark(absl::string_view group, const DeadLetter& letter,
                                               bool only_behind, absl::Time deadline) {
  const Event& event = letter.event;
  const std::string place = Place(group, KeyOf(event));
  const std::string entry = absl::StrCat(place, "/", Member(event));
  ASSIGN_OR_RETURN(std::vector<store::Record> records,
                   store_->MultiGet(ScopeOf(event.tenant), {place, entry}, deadline));
  if (only_behind && !records[0].exists()) return false;
  if (only_behind && records[1].exists()) return true;
  store::Transaction transaction = NewTransaction();
  transaction.Put(place, "parked", records[0].version);
  transaction.Put(entry, Encode(letter), records[1].version);
  transaction.IndexPut(place, Member(event), 0);
  if (!records[0].exists()) {
    transaction.IndexPut(GroupIndex(group), absl::StrCat(event.service, "/", event.aggregate),
                         absl::ToDoubleSeconds(letter.since - absl::UnixEpoch()));
  }
  RETURN_IF_ERROR(store_->Commit(ScopeOf(event.tenant), transaction, deadline).status());
  return true;
}

absl::StatusOr<std::vector<DeadLetter>> StoreDeadLetters::List(absl::string_view group,
                                                               const AggregateKey& aggregate,
                                                               size_t limit, absl::Time deadline) {
  const std::string place = Place(group, aggregate);
  store::Range range;
  range.limit = std::clamp<size_t>(limit, 1, 100);
  ASSIGN_OR_RETURN(std::vector<store::Scored> members,
                   store_->IndexRange(ScopeOf(aggregate.tenant), place, range, deadline));
  std::vector<DeadLetter> result;
  if (members.empty()) return result;
  std::vector<std::string> keys;
  for (const store::Scored& member : members)
    keys.push_back(absl::StrCat(place, "/", member.member));
  ASSIGN_OR_RETURN(std::vector<store::Record> records,
                   store_->MultiGet(ScopeOf(aggregate.tenant), keys, deadline));
  for (const store::Record& record : records) {
    if (!record.exists()) continue;  // removed since
    ASSIGN_OR_RETURN(DeadLetter letter, Decode(record.bytes));
    result.push_back(std::move(letter));
  }
  return result;
}

absl::Status StoreDeadLetters::Remove(absl::string_view group, const Event& event,
                                      absl::Time deadline) {
  const std::string place = Place(group, KeyOf(event));
  const std::string entry = absl::StrCat(place, "/", Member(event));
  return Retry(deadline,
               [&]() -> absl::StatusOr<bool> {
                 ASSIGN_OR_RETURN(store::Record record,
                                  store_->Get(ScopeOf(event.tenant), entry, deadline));
                 store::Transaction transaction = NewTransaction();
                 if (record.exists()) transaction.Delete(entry, record.version);
                 transaction.IndexRemove(place, Member(event));
                 RETURN_IF_ERROR(
                     store_->Commit(ScopeOf(event.tenant), transaction, deadline).status());
                 return true;
               })
      .status();
}

absl::StatusOr<bool> StoreDeadLetters::Release(absl::string_view group,
                                               const AggregateKey& aggregate, absl::Time deadline) {
  return Retry(deadline, [&] { return TryRelease(group, aggregate, deadline); });
}

// Reads the version first: whatever is parked behind afterwards changes it, and the deletion fails.
absl::StatusOr<bool> StoreDeadLetters::TryRelease(absl::string_view group,
                                                  const AggregateKey& aggregate,
                                                  absl::Time deadline) {
  const std::string place = Place(group, aggregate);
  ASSIGN_OR_RETURN(store::Record record, store_->Get(ScopeOf(aggregate.tenant), place, deadline));
  if (!record.exists()) return true;
  ASSIGN_OR_RETURN(int64_t left, store_->IndexCount(ScopeOf(aggregate.tenant), place, deadline));
  if (left > 0) return false;
  store::Transaction transaction = NewTransaction();
  transaction.Delete(place, record.version);
  transaction.IndexRemove(GroupIndex(group),
                          absl::StrCat(aggregate.service, "/", aggregate.aggregate));
  RETURN_IF_ERROR(store_->Commit(ScopeOf(aggregate.tenant), transaction, deadline).status());
  return true;
}

absl::StatusOr<bool> StoreDeadLetters::LockReplay(absl::string_view group,
                                                  const AggregateKey& aggregate,
                                                  absl::string_view owner, absl::Duration ttl,
                                                  absl::Time deadline) {
  return store_->AcquireLease(ScopeOf(aggregate.tenant), Lease(group, aggregate), owner, ttl,
                              deadline);
}

absl::Status StoreDeadLetters::UnlockReplay(absl::string_view group, const AggregateKey& aggregate,
                                            absl::string_view owner, absl::Time deadline) {
  return store_->ReleaseLease(ScopeOf(aggregate.tenant), Lease(group, aggregate), owner, deadline);
}

}  // namespace stadtmesh::events
