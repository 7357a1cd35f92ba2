// Who follows the bus's events and cannot digest one: it waits in the store, with all that follows
// of the same ride, until it is replayed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>

#include "buergerbus/tests/component/real_town.h"
#include "buergerbus/tests/component/steps.h"
#include "events/store_dead_letters.h"
#include "testing/wait_until.h"

namespace stadtmesh::buergerbus {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::SizeIs;

constexpr char kGroup[] = "statistics";

// A consumer that fails on one ride while it is ill.
class Consumer {
 public:
  absl::Status Handle(const events::Event& event) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (ill && event.aggregate == poison) return absl::InternalError("cannot digest it");
    seen_[event.aggregate].push_back(event.type);
    return absl::OkStatus();
  }
  std::vector<std::string> Seen(const std::string& aggregate) {
    const std::lock_guard<std::mutex> lock(mutex_);
    return seen_[aggregate];
  }
  std::string poison;  // set before anything is published about it
  std::atomic<bool> ill{true};

 private:
  std::mutex mutex_;
  std::map<std::string, std::vector<std::string>> seen_;
};

TEST(DeadLetters, OfARideWaitInTheStoreAndComeBackInOrder) {
  RealTown real;
  Town& town = real.town;
  const auto poisoned = town.Book(Citizen("p"), town.Wish());
  const auto other = town.Book(Citizen("o"), town.Wish());
  ASSERT_TRUE(poisoned.ok() && other.ok()) << poisoned.status() << other.status();
  events::StoreDeadLetters letters(real.store.get(), std::string(kServiceName));
  Consumer consumer;
  consumer.poison = poisoned->ride_id();
  events::SubscribeOptions options{
      .group = kGroup, .topics = {std::string(kServiceName)}, .dead_letters = &letters};
  options.retry.first_back_off = absl::Milliseconds(1);
  auto subscription = town.bus().Subscribe(
      options, [&](const events::Event& event) { return consumer.Handle(event); });
  ASSERT_TRUE(subscription.ok()) << subscription.status();
  ASSERT_TRUE(town.service().Start().ok());
  ASSERT_TRUE(Cancel(town, Citizen("p"), poisoned->ride_id()).ok());
  ASSERT_TRUE(Cancel(town, Citizen("o"), other->ride_id()).ok());
  EXPECT_TRUE(testing::WaitUntil([&] { return consumer.Seen(other->ride_id()).size() == 3; }))
      << "others pass";
  const events::AggregateKey key{std::string(kServiceName), kTenant, poisoned->ride_id()};
  const auto waiting = [&] { return letters.List(kGroup, key, 10, Town::Soon())->size(); };
  ASSERT_TRUE(testing::WaitUntil([&] { return waiting() == 3; }));
  EXPECT_THAT(*letters.ParkedAggregates(kGroup, kTenant, Town::Soon()), ElementsAre(key));
  EXPECT_EQ(letters.List(kGroup, key, 10, Town::Soon())->front().tries, 3);

  // Another process finds them: they are in the store, not in somebody's memory.
  const std::unique_ptr<store::RedisStore> elsewhere = Connect(real.redis);
  events::StoreDeadLetters same(elsewhere.get(), std::string(kServiceName));
  EXPECT_THAT(*same.List(kGroup, key, 10, Town::Soon()), SizeIs(3));

  consumer.ill = false;
  const auto replayed = (*subscription)->ReplayDeadLetters(key, Town::Soon());
  ASSERT_TRUE(replayed.ok()) << replayed.status();
  EXPECT_EQ(*replayed, 3u);
  EXPECT_THAT(consumer.Seen(poisoned->ride_id()),
              ElementsAre(EndsWith("ride.held.v1"), EndsWith("ride.booked.v1"),
                          EndsWith("ride.cancelled.v1")));
  EXPECT_THAT(*letters.ParkedAggregates(kGroup, kTenant, Town::Soon()), SizeIs(0));
  (*subscription)->Stop();
}

}  // namespace
}  // namespace stadtmesh::buergerbus
