// Debian builds Abseil without ThreadSanitizer, which therefore takes everything that an
// absl::Mutex guards for a race. In builds with that sanitizer these functions stand before the
// library's: each passes the call on and says what it acquires and releases, in the words that
// Abseil itself uses when it is built with the sanitizer
// (absl/base/internal/tsan_mutex_interface.h). Locks that gRPC takes pass here too. What Abseil
// does between two marks is ignored, so are most calls of a Condition's function.
#include <sanitizer/tsan_interface.h>

#include <type_traits>

#include "absl/synchronization/internal/kernel_timeout.h"
#include "absl/synchronization/mutex.h"
#include "testing/thread_sanitizer/real_abseil.h"

extern "C" {
void AnnotateIgnoreWritesBegin(const char* file, int line);
void AnnotateIgnoreWritesEnd(const char* file, int line);
extern const char __executable_start, etext;  // the linker's
}

namespace {

constexpr unsigned kExclusive = 0;
constexpr unsigned kShared = __tsan_mutex_read_lock;

// A call that returns with the mutex held.
template <typename Call>
auto Locking(void* mutex, unsigned flags, Call call) {
  __tsan_mutex_pre_lock(mutex, flags);
  if constexpr (std::is_void_v<std::invoke_result_t<Call>>) {
    call();
    __tsan_mutex_post_lock(mutex, flags, 0);
  } else {
    const auto result = call();
    __tsan_mutex_post_lock(mutex, flags, 0);
    return result;
  }
}

// A call that returns with the mutex held only if it returns true.
template <typename Call>
bool TryLocking(void* mutex, unsigned flags, Call call) {
  flags |= __tsan_mutex_try_lock;
  __tsan_mutex_pre_lock(mutex, flags);
  const bool locked = call();
  __tsan_mutex_post_lock(mutex, locked ? flags : flags | __tsan_mutex_try_lock_failed, 0);
  return locked;
}

template <typename Call>
void Unlocking(void* mutex, unsigned flags, Call call) {
  __tsan_mutex_pre_unlock(mutex, flags);
  call();
  __tsan_mutex_post_unlock(mutex, flags);
}

// A call that gives the mutex up for a while.
template <typename Call>
auto Waiting(void* mutex, unsigned flags, Call call) {
  Unlocking(mutex, flags, [] {});
  return Locking(mutex, flags, call);
}

// Whether code lies in the executable, not in a library.
bool IsOurs(const void* code) { return code >= &__executable_start && code < &etext; }

// Whether a mutex that this thread holds is held by it alone: kMuWriter of
// absl/synchronization/mutex.cc.
unsigned Held(const std::atomic<intptr_t>& state) {
  constexpr intptr_t kWriter = 8;
  return (state.load(std::memory_order_relaxed) & kWriter) != 0 ? kExclusive : kShared;
}

}  // namespace

namespace absl {
ABSL_NAMESPACE_BEGIN

// A library that counts references unseen may destroy what another thread has just unlocked; of our
// own mutexes that is looked at.
Mutex::~Mutex() {
  REAL("5MutexD1Ev", void(Mutex*));
  const bool ours = IsOurs(__builtin_return_address(0));
  if (!ours) AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
  __tsan_mutex_destroy(this, 0);
  if (!ours) AnnotateIgnoreWritesEnd(__FILE__, __LINE__);
  real(this);
}

void Mutex::Lock() {
  REAL("5Mutex4LockEv", void(Mutex*));
  Locking(this, kExclusive, [&] { real(this); });
}
void Mutex::Unlock() {
  REAL("5Mutex6UnlockEv", void(Mutex*));
  Unlocking(this, kExclusive, [&] { real(this); });
}
bool Mutex::TryLock() {
  REAL("5Mutex7TryLockEv", bool(Mutex*));
  return TryLocking(this, kExclusive, [&] { return real(this); });
}
void Mutex::ReaderLock() {
  REAL("5Mutex10ReaderLockEv", void(Mutex*));
  Locking(this, kShared, [&] { real(this); });
}
void Mutex::ReaderUnlock() {
  REAL("5Mutex12ReaderUnlockEv", void(Mutex*));
  Unlocking(this, kShared, [&] { real(this); });
}
bool Mutex::ReaderTryLock() {
  REAL("5Mutex13ReaderTryLockEv", bool(Mutex*));
  return TryLocking(this, kShared, [&] { return real(this); });
}

// The library's own calls go through these names too: LockWhenWithTimeout comes to
// LockWhenWithDeadline.
void Mutex::LockWhen(const Condition& condition) {
  REAL("5Mutex8LockWhenERKNS0_9ConditionE", void(Mutex*, const Condition&));
  Locking(this, kExclusive, [&] { real(this, condition); });
}
bool Mutex::LockWhenWithDeadline(const Condition& condition, Time deadline) {
  REAL("5Mutex20LockWhenWithDeadlineERKNS0_9ConditionENS0_4TimeE",
       bool(Mutex*, const Condition&, Time));
  return Locking(this, kExclusive, [&] { return real(this, condition, deadline); });
}
void Mutex::ReaderLockWhen(const Condition& condition) {
  REAL("5Mutex14ReaderLockWhenERKNS0_9ConditionE", void(Mutex*, const Condition&));
  Locking(this, kShared, [&] { real(this, condition); });
}
bool Mutex::ReaderLockWhenWithDeadline(const Condition& condition, Time deadline) {
  REAL("5Mutex26ReaderLockWhenWithDeadlineERKNS0_9ConditionENS0_4TimeE",
       bool(Mutex*, const Condition&, Time));
  return Locking(this, kShared, [&] { return real(this, condition, deadline); });
}

// Every kind of Await comes here unless its condition holds at once, every kind of CondVar's wait
// always.
bool Mutex::AwaitCommon(const Condition& condition,
                        synchronization_internal::KernelTimeout timeout) {
  using synchronization_internal::KernelTimeout;
  REAL("5Mutex11AwaitCommonERKNS0_9ConditionENS0_24synchronization_internal13KernelTimeoutE",
       bool(Mutex*, const Condition&, KernelTimeout));
  return Waiting(this, Held(mu_), [&] { return real(this, condition, timeout); });
}
bool CondVar::WaitCommon(Mutex* mutex, synchronization_internal::KernelTimeout timeout) {
  using synchronization_internal::KernelTimeout;
  REAL("7CondVar10WaitCommonEPNS0_5MutexENS0_24synchronization_internal13KernelTimeoutE",
       bool(CondVar*, Mutex*, KernelTimeout));
  return Waiting(mutex, kExclusive, [&] { return real(this, mutex, timeout); });
}

ABSL_NAMESPACE_END
}  // namespace absl
