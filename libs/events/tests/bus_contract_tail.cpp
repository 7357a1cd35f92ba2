// Reading without a group, and positions.
#include "events/tests/bus_contract_helpers.h"

namespace stadtmesh::events {

TEST_P(BusContract, ATailSeesEverythingWithoutAGroupAndResumes) {
  const std::string topic = Unique("topic");
  std::mutex mutex;
  std::vector<Delivery> one, two, resumed;
  const auto into = [&](std::vector<Delivery>& list) {
    return [&mutex, &list](const Delivery& delivery) {
      std::lock_guard lock(mutex);
      list.push_back(delivery);
    };
  };
  const auto size = [&](std::vector<Delivery>& list) {
    std::lock_guard lock(mutex);
    return list.size();
  };
  PublishAll(*bus_, topic, Interleaved(topic, 10, 2));
  const auto end = bus_->End(topic, Soon());
  ASSERT_TRUE(end.ok()) << end.status();
  auto now = bus_->Tail(topic, {}, into(one));
  auto beginning =
      world_->Connect()->Tail(topic, {TailFrom::Kind::kBeginning, {}, nullptr}, into(two));
  ASSERT_TRUE(now.ok() && beginning.ok());
  PublishAll(*bus_, topic, Interleaved(topic, 10, 3, 3));
  ASSERT_TRUE(WaitUntil([&] { return size(one) >= 30 && size(two) >= 50; }));
  (*now)->Stop();

  // From the recorded end: exactly what came afterwards.
  auto after = bus_->Tail(topic, {TailFrom::Kind::kAfter, *end, nullptr}, into(resumed));
  ASSERT_TRUE(after.ok()) << after.status();
  ASSERT_TRUE(WaitUntil([&] { return size(resumed) >= 30; }));
  std::lock_guard lock(mutex);
  EXPECT_EQ(one.size(), 30u);
  EXPECT_EQ(two.size(), 50u);
  EXPECT_EQ(resumed.size(), 30u);
  for (const Delivery& delivery : resumed) EXPECT_GT(delivery.event.n, 2u);
  std::map<int32_t, int64_t> last;
  for (const Delivery& delivery : two) {
    auto [found, added] = last.try_emplace(delivery.position.partition, delivery.position.offset);
    EXPECT_TRUE(added || delivery.position.offset > found->second);
    found->second = delivery.position.offset;
  }
}

TEST_P(BusContract, ATailFromAnotherLogIsRefused) {
  const std::string topic = Unique("topic");
  PublishAll(*bus_, topic, Interleaved(topic, 4, 2));
  const auto ignore = [](const Delivery&) {};
  EXPECT_TRUE(absl::IsOutOfRange(
      bus_->Tail(topic, {TailFrom::Kind::kAfter, {{0, 1000}}, nullptr}, ignore).status()));
  EXPECT_TRUE(absl::IsOutOfRange(
      bus_->Tail(topic, {TailFrom::Kind::kAfter, {{1000, 0}}, nullptr}, ignore).status()));
}

TEST_P(BusContract, EndIsTheLastPositionOfEveryPartition) {
  const std::string topic = Unique("topic");
  const auto empty = bus_->End(topic, Soon());
  ASSERT_TRUE(empty.ok()) << empty.status();
  for (size_t p = 0; p < empty->size(); ++p)
    EXPECT_EQ((*empty)[p], (Position{static_cast<int32_t>(p), -1}));
  PublishAll(*bus_, topic, Interleaved(topic, 1, 3));
  const auto end = bus_->End(topic, Soon());
  ASSERT_TRUE(end.ok());
  int64_t total = 0;
  for (const Position& position : *end) total += position.offset + 1;
  EXPECT_EQ(total, 3);
}

}  // namespace stadtmesh::events
