#include "events/relay.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "base/ids.h"

namespace stadtmesh::events {
namespace {

constexpr absl::Duration kStoreTimeout = absl::Seconds(1);
constexpr absl::Duration kLengthInterval = absl::Seconds(1);
constexpr absl::Duration kBackOff = absl::Milliseconds(200);

Event ToEvent(const std::string& service, const std::string& tenant, store::OutboxEntry entry) {
  Event event;
  event.id = std::move(entry.event_id);
  event.type = std::move(entry.type);
  event.service = service;
  event.tenant = tenant;
  event.aggregate = std::move(entry.aggregate);
  event.epoch = entry.epoch;
  event.n = entry.n;
  event.time = entry.time;
  event.payload = std::move(entry.payload);
  event.traceparent = std::move(entry.traceparent);
  event.counters = std::move(entry.counters);
  return event;
}

std::string OwnerOf(const RelayOptions& options) {
  RandomIdSource ids;
  return options.owner.empty() ? ids.NewId("relay") : options.owner;
}

}  // namespace

Relay::Relay(store::Store* store, Bus* bus, RelayOptions options, const Clock* clock,
             RelayCounters* counters)
    : store_(store),
      bus_(bus),
      options_(std::move(options)),
      owner_(OwnerOf(options_)),
      clock_(clock),
      counters_(counters != nullptr ? counters : &own_counters_) {}

Relay::~Relay() { Stop(); }

void Relay::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Relay::Stop() {
  stopping_ = true;
  if (!thread_.joinable()) return;
  thread_.join();
  ReleaseLeases();
}

void Relay::Run() {
  while (!stopping_) {
    if (Round()) continue;
    if (failing_) {
      absl::SleepFor(kBackOff);
    } else {
      store_->WaitForOutbox(options_.service, absl::Now() + options_.poll);
    }
  }
}

bool Relay::Round() {
  UpdateTenants();
  Batch batch;
  for (auto& [tenant, outbox] : outboxes_) {
    if (Lead(tenant, outbox)) Read(tenant, outbox, batch);
  }
  const bool idle = batch.events.empty();
  const bool published = !idle && Publish(batch);
  for (auto& [tenant, outbox] : outboxes_) Trim(tenant, outbox, idle);
  ReportLag();
  return published;
}

void Relay::UpdateTenants() {
  const std::vector<std::string> tenants = options_.tenants();
  std::erase_if(outboxes_, [&](const auto& entry) {
    return std::find(tenants.begin(), tenants.end(), entry.first) ==
           tenants.end();  // its lease ends by itself
  });
  for (const std::string& tenant : tenants) outboxes_.try_emplace(tenant);
}

bool Relay::Lead(const std::string& tenant, Outbox& outbox) {
  const absl::Time now = absl::Now();
  if (outbox.leading && outbox.lease_until - now > options_.lease * 2 / 3) return true;
  if (!outbox.leading && now < outbox.next_attempt) return false;
  auto acquired = store_->AcquireLease({tenant, options_.service}, kRelayLease, owner_,
                                       options_.lease, now + kStoreTimeout);
  if (!acquired.ok() && outbox.leading && now < outbox.lease_until)
    return true;  // renewing failed, but it is still ours
  if (!acquired.ok() || !*acquired) {
    Lose(outbox);
    if (acquired.ok()) outbox.next_attempt = now + options_.lease / 6;  // somebody else leads
    return false;
  }
  // A gap in the leadership, even one nobody filled, makes what we know of the outbox old.
  if (outbox.leading && now > outbox.lease_until) Lose(outbox);
  if (!outbox.leading) ++counters_->takeovers;
  outbox.leading = true;
  outbox.lease_until = now + options_.lease;
  return true;
}

void Relay::Lose(Outbox& outbox) { outbox = Outbox(); }

void Relay::Read(const std::string& tenant, Outbox& outbox, Batch& batch) {
  const absl::Time deadline = absl::Now() + kStoreTimeout;
  auto entries =
      store_->ReadOutbox({tenant, options_.service}, outbox.published, options_.batch, deadline);
  if (!entries.ok()) return;
  outbox.oldest = entries->empty() ? absl::InfiniteFuture() : entries->front().time;
  if (entries->empty()) return;
  batch.deadline = std::min(batch.deadline, outbox.lease_until);
  for (store::OutboxEntry& entry : *entries) {
    batch.positions.emplace_back(&outbox, entry.position);
    batch.events.push_back(ToEvent(options_.service, tenant, std::move(entry)));
  }
}

bool Relay::Publish(Batch& batch) {
  auto acknowledged = bus_->Publish(options_.service, batch.events, batch.deadline);
  const size_t count = acknowledged.ok() ? *acknowledged : 0;
  failing_ = count < batch.events.size();
  if (failing_) ++counters_->publish_failures;
  counters_->published += count;
  for (size_t i = 0; i < count; ++i) {
    batch.positions[i].first->published = std::move(batch.positions[i].second);
    batch.positions[i].first->oldest = absl::InfiniteFuture();
  }
  for (size_t i = count; i < batch.events.size(); ++i) {
    absl::Time& oldest = batch.positions[i].first->oldest;
    oldest = std::min(oldest, batch.events[i].time);
  }
  return !failing_;
}

// Removing lags a little behind publishing, so that it costs no latency; what a successor publishes
// twice meets watermarks.
void Relay::Trim(const std::string& tenant, Outbox& outbox, bool idle) {
  if (!outbox.leading || outbox.published == outbox.trimmed) return;
  const absl::Time now = absl::Now();
  if (!idle && now < outbox.next_trim) return;
  absl::Status status = store_->TrimOutbox({tenant, options_.service}, outbox.published,
                                           kRelayLease, owner_, now + kStoreTimeout);
  outbox.next_trim = now + options_.trim_interval;
  if (status.ok()) {
    outbox.trimmed = outbox.published;
  } else if (absl::IsAborted(status)) {
    Lose(outbox);
  }
}

void Relay::ReportLag() {
  int64_t leading = 0, length = 0;
  absl::Time oldest = absl::InfiniteFuture();
  for (auto& [tenant, outbox] : outboxes_) {
    if (!outbox.leading) continue;
    ++leading;
    oldest = std::min(oldest, outbox.oldest);
    const absl::Time now = absl::Now();
    if (now >= outbox.next_length) {
      auto measured = store_->OutboxLength({tenant, options_.service}, now + kStoreTimeout);
      if (measured.ok()) outbox.length = *measured;
      outbox.next_length = now + kLengthInterval;
    }
    length += outbox.length;
  }
  counters_->leading = leading;
  counters_->outbox_length = length;
  const absl::Duration age =
      oldest == absl::InfiniteFuture() ? absl::ZeroDuration() : clock_->Now() - oldest;
  counters_->oldest_age_millis = std::max<int64_t>(0, absl::ToInt64Milliseconds(age));
}

void Relay::ReleaseLeases() {
  for (auto& [tenant, outbox] : outboxes_) {
    if (!outbox.leading) continue;
    // Best effort: the lease ends by itself.
    (void)store_->ReleaseLease({tenant, options_.service}, kRelayLease, owner_,
                               absl::Now() + kStoreTimeout);
    Lose(outbox);
  }
  counters_->leading = 0;
}

}  // namespace stadtmesh::events
