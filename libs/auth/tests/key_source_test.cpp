#include "auth/key_source.h"

#include <gtest/gtest.h>

#include <atomic>

#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "auth/token_mint.h"

namespace stadtmesh::auth {
namespace {

// An issuer's endpoint, and the time, both moved by the test from outside the fetching thread.
class Endpoint {
 public:
  absl::StatusOr<std::string> Fetch() {
    ++fetches;
    absl::MutexLock lock(&mutex_);
    return answer_;
  }
  void Set(absl::StatusOr<std::string> answer) {
    absl::MutexLock lock(&mutex_);
    answer_ = std::move(answer);
  }
  std::atomic<int> fetches{0};

 private:
  absl::Mutex mutex_;
  absl::StatusOr<std::string> answer_ = std::string("{\"keys\":[]}");
};

class AtomicClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::FromUnixSeconds(seconds); }
  std::atomic<int64_t> seconds{1'800'000'000};
};

template <typename Condition>
bool Eventually(Condition condition) {
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  while (!condition()) {
    if (absl::Now() > deadline) return false;
    absl::SleepFor(absl::Milliseconds(2));
  }
  return true;
}

class FetchedKeysTest : public ::testing::Test {
 protected:
  std::shared_ptr<KeySource> Make() {
    return FetchedKeys({.fetch = [this] { return endpoint_.Fetch(); }, .clock = &clock_});
  }
  Endpoint endpoint_;
  AtomicClock clock_;
  const TokenMint old_ = TokenMint::Generate();
  const TokenMint new_ = TokenMint::Generate();
};

TEST_F(FetchedKeysTest, RotationIsSeenThroughAnUnknownKidWithOneFetch) {
  endpoint_.Set(old_.Jwks());
  const auto keys = Make();
  EXPECT_TRUE(keys->Find(old_.key_id()).ok());
  EXPECT_EQ(endpoint_.fetches, 1);
  endpoint_.Set(new_.Jwks());
  EXPECT_TRUE(absl::IsNotFound(keys->Find(new_.key_id()).status())) << "too early to fetch again";
  EXPECT_EQ(endpoint_.fetches, 1);
  const uint64_t before = keys->generation();
  clock_.seconds += 31;
  EXPECT_TRUE(absl::IsUnavailable(keys->Find(new_.key_id()).status()))
      << "never blocks: the fetch runs elsewhere";
  EXPECT_TRUE(Eventually([&] { return keys->Find(new_.key_id()).ok(); }));
  EXPECT_EQ(endpoint_.fetches, 2);
  EXPECT_GT(keys->generation(), before);
  EXPECT_FALSE(keys->Find(old_.key_id()).ok());
}

TEST_F(FetchedKeysTest, AFloodOfUnknownKidsFetchesOncePerInterval) {
  endpoint_.Set(old_.Jwks());
  const auto keys = Make();
  clock_.seconds += 31;
  for (int i = 0; i < 1000; ++i) (void)keys->Find("made-up-" + std::to_string(i));
  EXPECT_TRUE(Eventually([&] { return absl::IsNotFound(keys->Find("x").status()); }));
  for (int i = 0; i < 1000; ++i)
    EXPECT_TRUE(absl::IsNotFound(keys->Find("made-up-" + std::to_string(i)).status()));
  EXPECT_EQ(endpoint_.fetches, 2);
}

TEST_F(FetchedKeysTest, WithdrawnKeysGoWithTheRegularRefresh) {
  endpoint_.Set(old_.Jwks());
  const auto keys = Make();
  endpoint_.Set(new_.Jwks());
  clock_.seconds += 601;
  EXPECT_TRUE(Eventually([&] { return !keys->Find(old_.key_id()).ok(); }));
}

TEST_F(FetchedKeysTest, AnIssuerThatIsAwayKeepsItsKeysAndIsUnavailableWithoutAny) {
  endpoint_.Set(absl::UnavailableError("away"));
  const auto keys = Make();
  EXPECT_TRUE(absl::IsUnavailable(keys->Find(old_.key_id()).status()));
  endpoint_.Set(old_.Jwks());
  clock_.seconds += 31;
  EXPECT_TRUE(Eventually([&] { return keys->Find(old_.key_id()).ok(); }));
  const int fetches = endpoint_.fetches;
  for (const absl::StatusOr<std::string>& bad :
       {absl::StatusOr<std::string>(absl::UnavailableError("away")),
        absl::StatusOr<std::string>("<html>")}) {
    endpoint_.Set(bad);
    clock_.seconds += 601;
    (void)keys->Find("unknown");
    EXPECT_TRUE(Eventually([&] {
      return endpoint_.fetches > fetches && !absl::IsUnavailable(keys->Find("unknown").status());
    }));
    EXPECT_TRUE(keys->Find(old_.key_id()).ok());
  }
}

}  // namespace
}  // namespace stadtmesh::auth
