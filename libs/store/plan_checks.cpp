// The forms that names, times, ranges and points have in a store.
#include <cmath>

#include "absl/strings/str_cat.h"
#include "base/ids.h"
#include "store/plan.h"

namespace stadtmesh::store {
namespace {

constexpr double kMaxGeoLatitude = 85.05112878;

}  // namespace

bool IsStorableTime(absl::Time time) {
  return time >= absl::UnixEpoch() && time <= absl::FromUnixMicros(kMaxCounter);
}

absl::Status ValidateScope(const Scope& scope) {
  if (!IsId(scope.tenant) || !IsId(scope.service)) {
    return absl::InvalidArgumentError("a scope's tenant and service are ids");
  }
  return absl::OkStatus();
}

absl::Status ValidateName(absl::string_view what, absl::string_view name) {
  if (name.empty()) return absl::InvalidArgumentError(absl::StrCat("an empty ", what));
  if (name.size() > kMaxNameBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("a ", what, " of more than ", kMaxNameBytes, " bytes"));
  }
  return absl::OkStatus();
}

absl::Status ValidateRange(const Range& range) {
  if (range.limit < 1 || range.limit > kMaxRangeLimit) {
    return absl::InvalidArgumentError(absl::StrCat("a range's limit is 1..", kMaxRangeLimit));
  }
  if (std::isnan(range.min) || std::isnan(range.max) ||
      (range.after && std::isnan(range.after->score))) {
    return absl::InvalidArgumentError("a range's bound is not a number");
  }
  return absl::OkStatus();
}

absl::Status ValidateGeoPoint(LatLon point) {
  if (!IsValid(point) || std::abs(point.latitude) > kMaxGeoLatitude) {
    return absl::InvalidArgumentError(
        "a point outside the geo index (latitude up to 85.05 degrees)");
  }
  return absl::OkStatus();
}

}  // namespace stadtmesh::store
