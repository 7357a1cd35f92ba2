#include "events/attempts.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace stadtmesh::events {
namespace {

using Verdict = Attempts::Verdict;

TEST(Attempts, ThreePermanentErrorsMakeADeadLetterAndTransientOnesNeverCount) {
  ASSERT_TRUE(rc::check("verdicts follow the number of permanent errors", [] {
    const auto permanent = *rc::gen::container<std::vector<bool>>(rc::gen::arbitrary<bool>());
    Attempts attempts(RetryPolicy{});
    int count = 0;
    for (bool is_permanent : permanent) {
      const Verdict verdict = attempts.Judge(is_permanent ? absl::InvalidArgumentError("no")
                                                          : absl::UnavailableError("later"));
      count += is_permanent ? 1 : 0;
      const Verdict expected = is_permanent && count >= 3 ? Verdict::kDeadLetter : Verdict::kRetry;
      RC_ASSERT(verdict == expected);
      RC_ASSERT(attempts.dead() == (count >= 3));
    }
  }));
}

TEST(Attempts, KnowsTheTransientCodes) {
  for (int code = 1; code <= 16; ++code) {
    const absl::Status status(static_cast<absl::StatusCode>(code), "");
    const bool transient = absl::IsUnavailable(status) || absl::IsAborted(status) ||
                           absl::IsDeadlineExceeded(status) || absl::IsResourceExhausted(status) ||
                           absl::IsCancelled(status);
    EXPECT_EQ(IsTransient(status), transient) << status;
  }
}

TEST(Attempts, BackOffDoublesUpToItsBound) {
  Attempts attempts(RetryPolicy{3, absl::Milliseconds(50), absl::Milliseconds(180)});
  EXPECT_EQ(attempts.NextBackOff(), absl::Milliseconds(50));
  EXPECT_EQ(attempts.NextBackOff(), absl::Milliseconds(100));
  EXPECT_EQ(attempts.NextBackOff(), absl::Milliseconds(180));
  EXPECT_EQ(attempts.NextBackOff(), absl::Milliseconds(180));
}

TEST(Attempts, KeepsTheLastPermanentCause) {
  Attempts attempts(RetryPolicy{});
  attempts.Judge(absl::InvalidArgumentError("first"));
  attempts.Judge(absl::NotFoundError("second"));
  attempts.Judge(absl::UnavailableError("noise"));
  EXPECT_EQ(attempts.cause(), absl::NotFoundError("second"));
  EXPECT_EQ(attempts.Judge(absl::OkStatus()), Verdict::kDone);
}

}  // namespace
}  // namespace stadtmesh::events
