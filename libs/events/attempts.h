// How often one event was tried, and what follows from a handler's answer. Pure; not thread-safe.
#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "events/bus.h"

namespace stadtmesh::events {

// UNAVAILABLE, ABORTED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED (and CANCELLED, a shutdown): the
// event is not at fault, so it is tried until it succeeds and never counted.
bool IsTransient(const absl::Status& status);

class Attempts {
 public:
  enum class Verdict { kDone, kRetry, kDeadLetter };

  explicit Attempts(const RetryPolicy& policy) : policy_(policy) {}

  Verdict Judge(const absl::Status& status);
  // Once a dead letter, it stays one, also when burying it has to be tried again.
  bool dead() const { return permanent_ >= policy_.permanent_tries; }
  int permanent() const { return permanent_; }
  const absl::Status& cause() const { return cause_; }  // the last permanent error
  // How long to wait before the next try; doubles with every call.
  absl::Duration NextBackOff();

 private:
  RetryPolicy policy_;
  int permanent_ = 0;
  absl::Status cause_;
  absl::Duration back_off_ = absl::ZeroDuration();
};

}  // namespace stadtmesh::events
