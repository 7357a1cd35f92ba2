// A transaction, checked and brought into the form in which a store applies it. Pure; both
// implementations start here, so that they refuse the same input.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "store/store.h"
#include "store/transaction.h"

namespace stadtmesh::store {

// Counters are exact between -kMaxCounter and kMaxCounter (the integers a Lua number holds); wider
// bounds are clamped.
inline constexpr int64_t kMaxCounter = (int64_t{1} << 53) - 1;
inline constexpr size_t kMaxNameBytes = 512;
inline constexpr size_t kMaxKeysPerRead = 1000;
inline constexpr size_t kMaxRangeLimit = 1000;

// Everything a transaction does to one counter. With neither bound nor delta it is only read
// (attached to an event).
struct CounterChange {
  std::string counter;
  std::optional<BoundOp> bound;
  int64_t delta = 0;
};

struct Plan {
  std::vector<CounterChange> counters;  // in the order of their first mention
  size_t events = 0;
};

// INVALID_ARGUMENT: scope, names or numbers out of form, a key written twice, more than
// kMaxOperations or kMaxBytes.
absl::StatusOr<Plan> MakePlan(const Scope& scope, const Transaction& transaction);

// Times are whole microseconds from 1970 to 2255 (2^53 of them: what a sorted set's score holds
// exactly).
bool IsStorableTime(absl::Time time);
absl::Status ValidateScope(const Scope& scope);
absl::Status ValidateName(absl::string_view what, absl::string_view name);
absl::Status ValidateRange(const Range& range);
// Redis's geo index ends at 85.05112878 degrees of latitude (EPSG:900913).
absl::Status ValidateGeoPoint(LatLon point);

}  // namespace stadtmesh::store
