// The same demands on both places for dead letters.
#include <gtest/gtest.h>

#include <thread>

#include "events/memory_dead_letters.h"
#include "events/store_dead_letters.h"
#include "events/tests/samples.h"
#include "testing/fake_store.h"

namespace stadtmesh::events {
namespace {

absl::Time Soon() { return absl::Now() + absl::Seconds(10); }

template <typename Place>
struct Fixture;
template <>
struct Fixture<MemoryDeadLetters> {
  MemoryDeadLetters letters;
};
template <>
struct Fixture<StoreDeadLetters> {
  SystemClock clock;
  testing::FakeStore store{clock};
  StoreDeadLetters letters{&store, "chatbot"};
};

template <typename Place>
class DeadLettersTest : public ::testing::Test {
 protected:
  Fixture<Place> fixture_;
  DeadLetters& letters_ = fixture_.letters;
  const AggregateKey key_ = KeyOf(SampleEvent("a", 1));

  std::vector<uint64_t> Numbers() {
    std::vector<uint64_t> numbers;
    const auto letters = letters_.List("group", key_, 100, Soon());
    for (const DeadLetter& letter : *letters) numbers.push_back(letter.event.n);
    return numbers;
  }
};

using Places = ::testing::Types<MemoryDeadLetters, StoreDeadLetters>;
TYPED_TEST_SUITE(DeadLettersTest, Places);

TYPED_TEST(DeadLettersTest, KeepsTheWholeEventAndItsCause) {
  Event event = SampleEvent("a", 3);
  event.traceparent = "trace";
  event.counters = {{"seats", 4}};
  event.payload = std::string("\0\xff", 2);
  const absl::Time since = absl::FromUnixMillis(1'700'000'000'123);
  ASSERT_TRUE(this->letters_.Bury("group", {event, "no such stop", 3, since}, Soon()).ok());
  const auto list = this->letters_.List("group", this->key_, 10, Soon());
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

TYPED_TEST(DeadLettersTest, OrdersByEpochAndNumberWhateverTheOrderOfArrival) {
  ASSERT_TRUE(this->letters_.Bury("group", {SampleEvent("a", 9), "x", 3, absl::Now()}, Soon()).ok());
  for (uint64_t n : {100, 11, 9, 10, 11}) {
    EXPECT_TRUE(*this->letters_.ParkBehind("group", SampleEvent("a", n), absl::Now(), Soon()));
  }
  Event restored = SampleEvent("a", 1);
  restored.epoch = 2;
  EXPECT_TRUE(*this->letters_.ParkBehind("group", restored, absl::Now(), Soon()));
  EXPECT_EQ(this->Numbers(), (std::vector<uint64_t>{9, 10, 11, 100, 1}));
  EXPECT_EQ(this->letters_.List("group", this->key_, 2, Soon())->size(), 2u);
}

TYPED_TEST(DeadLettersTest, ParksOnlyBehindADeadLetterAndReleasesOnlyWhatIsEmpty) {
  EXPECT_FALSE(*this->letters_.ParkBehind("group", SampleEvent("a", 1), absl::Now(), Soon()));
  EXPECT_TRUE(*this->letters_.Release("group", this->key_, Soon()));
  ASSERT_TRUE(this->letters_.Bury("group", {SampleEvent("a", 1), "x", 3, absl::Now()}, Soon()).ok());
  EXPECT_EQ(*this->letters_.ParkedAggregates("group", "musterstadt", Soon()), std::vector<AggregateKey>{this->key_});
  EXPECT_TRUE(this->letters_.ParkedAggregates("other", "musterstadt", Soon())->empty());
  EXPECT_TRUE(this->letters_.ParkedAggregates("group", "other", Soon())->empty());
  EXPECT_FALSE(*this->letters_.Release("group", this->key_, Soon()));
  ASSERT_TRUE(this->letters_.Remove("group", SampleEvent("a", 1), Soon()).ok());
  ASSERT_TRUE(this->letters_.Remove("group", SampleEvent("a", 1), Soon()).ok());
  EXPECT_TRUE(*this->letters_.Release("group", this->key_, Soon()));
  EXPECT_TRUE(this->letters_.ParkedAggregates("group", "musterstadt", Soon())->empty());
  EXPECT_FALSE(*this->letters_.ParkBehind("group", SampleEvent("a", 2), absl::Now(), Soon()));
}

TYPED_TEST(DeadLettersTest, FindsManyParkedAggregates) {
  for (int i = 0; i < 1500; ++i) {
    ASSERT_TRUE(this->letters_.Bury("group", {SampleEvent(absl::StrCat("a", i), 1), "x", 3, absl::Now()}, Soon()).ok());
  }
  EXPECT_EQ(this->letters_.ParkedAggregates("group", "musterstadt", Soon())->size(), 1500u);
}

TYPED_TEST(DeadLettersTest, ParkingAndReleasingNeverLeaveAnEventBehind) {
  for (int round = 0; round < 200; ++round) {
    ASSERT_TRUE(this->letters_.Bury("group", {SampleEvent("a", 1), "x", 3, absl::Now()}, Soon()).ok());
    ASSERT_TRUE(this->letters_.Remove("group", SampleEvent("a", 1), Soon()).ok());
    bool parked = false, released = false;
    std::thread parking([&] { parked = *this->letters_.ParkBehind("group", SampleEvent("a", 2), absl::Now(), Soon()); });
    released = *this->letters_.Release("group", this->key_, Soon());
    parking.join();
    EXPECT_NE(parked, released);
    EXPECT_EQ(this->Numbers().size(), parked ? 1u : 0u);
    ASSERT_TRUE(this->letters_.Remove("group", SampleEvent("a", 2), Soon()).ok());
    ASSERT_TRUE(*this->letters_.Release("group", this->key_, Soon()));
  }
}

TYPED_TEST(DeadLettersTest, OneReplayAtATime) {
  EXPECT_TRUE(*this->letters_.LockReplay("group", this->key_, "one", absl::Minutes(1), Soon()));
  EXPECT_TRUE(*this->letters_.LockReplay("group", this->key_, "one", absl::Minutes(1), Soon()));
  EXPECT_FALSE(*this->letters_.LockReplay("group", this->key_, "two", absl::Minutes(1), Soon()));
  EXPECT_TRUE(this->letters_.UnlockReplay("group", this->key_, "one", Soon()).ok());
  EXPECT_TRUE(*this->letters_.LockReplay("group", this->key_, "two", absl::Minutes(1), Soon()));
}

}  // namespace
}  // namespace stadtmesh::events
