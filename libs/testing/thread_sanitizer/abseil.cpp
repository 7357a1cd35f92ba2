// What else orders threads in Abseil: notifications, counters, the references of a status,
// call_once. See abseil_mutex.cpp.
#include <sanitizer/tsan_interface.h>

#include "absl/base/internal/spinlock_wait.h"
#include "absl/status/status.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "testing/thread_sanitizer/real_abseil.h"

namespace {

void Acquire(const void* address) { __tsan_acquire(const_cast<void*>(address)); }
void Release(const void* address) { __tsan_release(const_cast<void*>(address)); }

}  // namespace

namespace absl {
ABSL_NAMESPACE_BEGIN

// Inside, a Notification locks a mutex of its own, through the functions above; only its flag is
// also read without.
void Notification::Notify() {
  REAL("12Notification6NotifyEv", void(Notification*));
  Release(&notified_yet_);
  real(this);
}
void Notification::WaitForNotification() const {
  REAL_CONST("12Notification19WaitForNotificationEv", void(const Notification*));
  real(this);
  Acquire(&notified_yet_);
}
bool Notification::WaitForNotificationWithTimeout(Duration timeout) const {
  REAL_CONST("12Notification30WaitForNotificationWithTimeoutENS0_8DurationE",
             bool(const Notification*, Duration));
  const bool notified = real(this, timeout);
  if (notified) Acquire(&notified_yet_);
  return notified;
}
bool Notification::WaitForNotificationWithDeadline(Time deadline) const {
  REAL_CONST("12Notification31WaitForNotificationWithDeadlineENS0_4TimeE",
             bool(const Notification*, Time));
  const bool notified = real(this, deadline);
  if (notified) Acquire(&notified_yet_);
  return notified;
}

bool BlockingCounter::DecrementCount() {
  REAL("15BlockingCounter14DecrementCountEv", bool(BlockingCounter*));
  Release(&count_);
  return real(this);
}
void BlockingCounter::Wait() {
  REAL("15BlockingCounter4WaitEv", void(BlockingCounter*));
  real(this);
  Acquire(&count_);
}

// The last of a status's references deletes it.
void Status::UnrefNonInlined(uintptr_t representation) {
  REAL("6Status15UnrefNonInlinedEm", void(uintptr_t));
  Release(reinterpret_cast<const void*>(representation));
  Acquire(reinterpret_cast<const void*>(representation));
  real(representation);
}

namespace base_internal {
// Where absl::call_once waits for another thread's call; the rest of it is in headers.
uint32_t SpinLockWait(std::atomic<uint32_t>* word, int count,
                      const SpinLockWaitTransition transitions[], SchedulingMode mode) {
  REAL(
      "13base_internal12SpinLockWaitEPSt6atomicIjEiPKNS1_22SpinLockWaitTransitionENS1_"
      "14SchedulingModeE",
      uint32_t(std::atomic<uint32_t>*, int, const SpinLockWaitTransition[], SchedulingMode));
  const uint32_t before = real(word, count, transitions, mode);
  Acquire(word);
  return before;
}
}  // namespace base_internal

ABSL_NAMESPACE_END
}  // namespace absl
