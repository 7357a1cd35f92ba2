#include "events/memory_bus.h"

#include "events/tests/bus_contract.h"
#include "events/tests/recorder.h"
#include "events/tests/samples.h"

namespace stadtmesh::events {
namespace {

class MemoryWorld final : public World {
 public:
  std::shared_ptr<Bus> Connect() override { return bus_; }
  void Away() override { bus_->SetAway(true); }
  void Back() override { bus_->SetAway(false); }
  void Forget(const std::string& topic, int64_t keep) override {
    bus_->Trim(topic, static_cast<size_t>(keep));
  }
  std::shared_ptr<DeadLetters> MakeDeadLetters() override {
    return std::make_shared<MemoryDeadLetters>();
  }

 private:
  std::shared_ptr<MemoryBus> bus_ = std::make_shared<MemoryBus>();
};

INSTANTIATE_TEST_SUITE_P(Memory, BusContract,
                         ::testing::Values(WorldParameter{
                             "Memory", [] { return std::make_shared<MemoryWorld>(); }}),
                         [](const auto& info) { return info.param.name; });
INSTANTIATE_TEST_SUITE_P(Memory, LossContract,
                         ::testing::Values(WorldParameter{
                             "Memory", [] { return std::make_shared<MemoryWorld>(); }}),
                         [](const auto& info) { return info.param.name; });
INSTANTIATE_TEST_SUITE_P(Memory, RelayContract,
                         ::testing::Values(WorldParameter{
                             "Memory", [] { return std::make_shared<MemoryWorld>(); }}),
                         [](const auto& info) { return info.param.name; });

TEST(MemoryBus, DrainWaitsForEveryGroup) {
  MemoryBus bus;
  Recorder recorder;
  auto subscription = bus.Subscribe({"group", {"sample"}}, recorder.AsHandler());
  ASSERT_TRUE(
      bus.Publish("sample", {SampleEvent("a", 1), SampleEvent("b", 1)}, absl::InfiniteFuture())
          .ok());
  EXPECT_TRUE(bus.Drain(absl::Now() + absl::Seconds(5)));
  EXPECT_EQ(recorder.count(), 2u);
}

TEST(MemoryBus, TellsAGroupThatItLostEvents) {
  MemoryBus bus(1);
  Recorder recorder;
  std::atomic<int> lost{0};
  SubscribeOptions options{"group", {"sample"}};
  options.on_lost = [&](absl::string_view, int32_t) { ++lost; };
  ASSERT_TRUE(bus.Subscribe(options, recorder.AsHandler()).ok());  // the group exists, and stops
  for (int n = 1; n <= 10; ++n)
    ASSERT_TRUE(bus.Publish("sample", {SampleEvent("a", n)}, absl::InfiniteFuture()).ok());
  bus.Trim("sample", 3);
  auto subscription = bus.Subscribe(options, recorder.AsHandler());
  ASSERT_TRUE(recorder.WaitForCount(3));
  EXPECT_EQ(lost, 1);
  EXPECT_EQ(recorder.seen()["a"], (std::vector<uint64_t>{8, 9, 10}));
}

}  // namespace
}  // namespace stadtmesh::events
