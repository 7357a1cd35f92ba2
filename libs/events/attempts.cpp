#include "events/attempts.h"

#include <algorithm>

namespace stadtmesh::events {

bool IsTransient(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kCancelled:
      return true;
    default:
      return false;
  }
}

Attempts::Verdict Attempts::Judge(const absl::Status& status) {
  if (status.ok()) return Verdict::kDone;
  if (IsTransient(status)) return Verdict::kRetry;
  cause_ = status;
  ++permanent_;
  return dead() ? Verdict::kDeadLetter : Verdict::kRetry;
}

absl::Duration Attempts::NextBackOff() {
  back_off_ = back_off_ == absl::ZeroDuration() ? policy_.first_back_off
                                                : std::min(back_off_ * 2, policy_.longest_back_off);
  return back_off_;
}

}  // namespace stadtmesh::events
