// The errors of a store: one function per reason, so that both implementations say exactly the
// same.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace stadtmesh::store {

inline constexpr absl::string_view kVersionConflict = "VERSION_CONFLICT";
inline constexpr absl::string_view kCounterBound = "COUNTER_BOUND";
inline constexpr absl::string_view kCounterUnknown = "COUNTER_UNKNOWN";
inline constexpr absl::string_view kIdempotencyKeyReused = "IDEMPOTENCY_KEY_REUSED";
inline constexpr absl::string_view kEventGap = "EVENT_GAP";
inline constexpr absl::string_view kTaskLost = "TASK_LOST";
inline constexpr absl::string_view kOutboxFull = "OUTBOX_FULL";
inline constexpr absl::string_view kLeaseLost = "LEASE_LOST";
inline constexpr absl::string_view kStoreUnavailable = "STORE_UNAVAILABLE";
inline constexpr absl::string_view kStoreMisconfigured = "STORE_MISCONFIGURED";

absl::Status VersionConflict(absl::string_view key);
absl::Status CounterBound(absl::string_view counter, int64_t value, int64_t min, int64_t max);
absl::Status CounterUnknown(absl::string_view counter);
absl::Status IdempotencyKeyReused();
// `last` is the watermark's n in the event's epoch (0: none).
absl::Status EventGap(absl::string_view aggregate, uint64_t last);
absl::Status TaskLost(absl::string_view task_id);
absl::Status OutboxFull();
absl::Status LeaseLost(absl::string_view name);
// UNAVAILABLE; with `outcome_unknown` the transaction may have been applied (metadata
// outcome=unknown).
absl::Status StoreUnavailable(absl::string_view message, bool outcome_unknown);

// True when `status` carries this reason (of any domain).
bool HasReason(const absl::Status& status, absl::string_view reason);
// True when a transaction may or may not have been applied: send it again with the same identity.
bool IsOutcomeUnknown(const absl::Status& status);

}  // namespace stadtmesh::store
