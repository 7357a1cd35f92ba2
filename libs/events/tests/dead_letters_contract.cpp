#include "events/tests/dead_letters_contract.h"

#include <atomic>
#include <thread>

#include "absl/time/clock.h"
#include "testing/wait_until.h"

namespace stadtmesh::events {
namespace {

using testing::Soon;

}  // namespace

std::vector<uint64_t> DeadLettersContract::Numbers() {
  std::vector<uint64_t> numbers;
  const auto letters = letters_.List("group", key_, 100, Soon());
  for (const DeadLetter& letter : *letters) numbers.push_back(letter.event.n);
  return numbers;
}

TEST_P(DeadLettersContract, KeepsTheWholeEventAndItsCause) {
  Event event = SampleEvent("a", 3);
  event.traceparent = "trace";
  event.counters = {{"seats", 4}};
  event.payload = std::string("\0\xff", 2);
  const absl::Time since = absl::FromUnixMillis(1'700'000'000'123);
  ASSERT_TRUE(letters_.Bury("group", {event, "no such stop", 3, since}, Soon()).ok());
  const auto list = letters_.List("group", key_, 10, Soon());
  ASSERT_TRUE(list.ok()) << list.status();
  ASSERT_EQ(list->size(), 1u);
  const DeadLetter& letter = list->front();
  EXPECT_EQ(letter.event.id, event.id);
  EXPECT_EQ(letter.event.payload, event.payload);
  EXPECT_EQ(letter.event.counters, event.counters);
  EXPECT_EQ(letter.event.time, event.time);
  EXPECT_EQ(letter.cause, "no such stop");
  EXPECT_EQ(letter.tries, 3);
  EXPECT_EQ(letter.since, since);
}

TEST_P(DeadLettersContract, OrdersByEpochAndNumberWhateverTheOrderOfArrival) {
  ASSERT_TRUE(letters_.Bury("group", {SampleEvent("a", 9), "x", 3, absl::Now()}, Soon()).ok());
  for (uint64_t n : {100, 11, 9, 10, 11}) {
    EXPECT_TRUE(*letters_.ParkBehind("group", SampleEvent("a", n), absl::Now(), Soon()));
  }
  Event restored = SampleEvent("a", 1);
  restored.epoch = 2;
  EXPECT_TRUE(*letters_.ParkBehind("group", restored, absl::Now(), Soon()));
  EXPECT_EQ(Numbers(), (std::vector<uint64_t>{9, 10, 11, 100, 1}));
  EXPECT_EQ(letters_.List("group", key_, 2, Soon())->size(), 2u);
}

TEST_P(DeadLettersContract, ParksOnlyBehindADeadLetterAndReleasesOnlyWhatIsEmpty) {
  EXPECT_FALSE(*letters_.ParkBehind("group", SampleEvent("a", 1), absl::Now(), Soon()));
  EXPECT_TRUE(*letters_.Release("group", key_, Soon()));
  ASSERT_TRUE(letters_.Bury("group", {SampleEvent("a", 1), "x", 3, absl::Now()}, Soon()).ok());
  EXPECT_EQ(*letters_.ParkedAggregates("group", "musterstadt", Soon()),
            std::vector<AggregateKey>{key_});
  EXPECT_TRUE(letters_.ParkedAggregates("other", "musterstadt", Soon())->empty());
  EXPECT_TRUE(letters_.ParkedAggregates("group", "other", Soon())->empty());
  EXPECT_FALSE(*letters_.Release("group", key_, Soon()));
  ASSERT_TRUE(letters_.Remove("group", SampleEvent("a", 1), Soon()).ok());
  ASSERT_TRUE(letters_.Remove("group", SampleEvent("a", 1), Soon()).ok());
  EXPECT_TRUE(*letters_.Release("group", key_, Soon()));
  EXPECT_TRUE(letters_.ParkedAggregates("group", "musterstadt", Soon())->empty());
  EXPECT_FALSE(*letters_.ParkBehind("group", SampleEvent("a", 2), absl::Now(), Soon()));
}

TEST_P(DeadLettersContract, FindsManyParkedAggregates) {
  constexpr int kCount = 1100;  // more than one page of the index
  std::atomic<int> next{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = next++; i < kCount; i = next++) {
        const Event event = SampleEvent(absl::StrCat("a", i), 1);
        EXPECT_TRUE(letters_.Bury("group", {event, "x", 3, absl::Now()}, Soon()).ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(letters_.ParkedAggregates("group", "musterstadt", Soon())->size(), kCount + 0u);
}

TEST_P(DeadLettersContract, ParkingAndReleasingNeverLeaveAnEventBehind) {
  for (int round = 0; round < 100; ++round) {
    ASSERT_TRUE(letters_.Bury("group", {SampleEvent("a", 1), "x", 3, absl::Now()}, Soon()).ok());
    ASSERT_TRUE(letters_.Remove("group", SampleEvent("a", 1), Soon()).ok());
    bool parked = false, released = false;
    std::thread parking(
        [&] { parked = *letters_.ParkBehind("group", SampleEvent("a", 2), absl::Now(), Soon()); });
    released = *letters_.Release("group", key_, Soon());
    parking.join();
    EXPECT_NE(parked, released);
    EXPECT_EQ(Numbers().size(), parked ? 1u : 0u);
    ASSERT_TRUE(letters_.Remove("group", SampleEvent("a", 2), Soon()).ok());
    ASSERT_TRUE(*letters_.Release("group", key_, Soon()));
  }
}

TEST_P(DeadLettersContract, OneReplayAtATime) {
  EXPECT_TRUE(*letters_.LockReplay("group", key_, "one", absl::Minutes(1), Soon()));
  EXPECT_TRUE(*letters_.LockReplay("group", key_, "one", absl::Minutes(1), Soon()));
  EXPECT_FALSE(*letters_.LockReplay("group", key_, "two", absl::Minutes(1), Soon()));
  EXPECT_TRUE(letters_.UnlockReplay("group", key_, "one", Soon()).ok());
  EXPECT_TRUE(*letters_.LockReplay("group", key_, "two", absl::Minutes(1), Soon()));
}

}  // namespace stadtmesh::events
