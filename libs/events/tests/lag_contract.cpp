// What a group has not handled yet is a metric, on the adapters with a server.
#include <atomic>

#include "events/counters.h"
#include "events/memory_dead_letters.h"
#include "events/tests/bus_contract.h"
#include "events/tests/recorder.h"
#include "events/tests/samples.h"

namespace stadtmesh::events {

TEST_P(LagContract, IsWhatIsPublishedAndNotHandled) {
  const std::string topic = Unique("topic");
  MemoryDeadLetters dead_letters;
  ConsumerCounters counters;
  SubscribeOptions options;
  options.group = Unique("group");
  options.topics = {topic};
  options.dead_letters = &dead_letters;
  options.counters = &counters;
  std::atomic<bool> away{true};
  Recorder recorder(
      [&](const Event& event) { return away ? absl::UnavailableError("away") : absl::OkStatus(); });
  auto subscription = bus_->Subscribe(options, recorder.AsHandler());
  ASSERT_TRUE(subscription.ok());
  std::vector<Event> events;
  for (int n = 1; n <= 10; ++n) {
    for (int a = 0; a < 4; ++a) events.push_back(SampleEvent(absl::StrCat("a", a), n, topic));
  }
  ASSERT_EQ(*bus_->Publish(topic, events, absl::Now() + absl::Seconds(10)), 40u);
  EXPECT_TRUE(testing::WaitUntil([&] { return counters.lag == 40; })) << counters.lag;
  away = false;
  EXPECT_TRUE(recorder.WaitForCount(40));
  EXPECT_TRUE(testing::WaitUntil([&] { return counters.lag == 0; })) << counters.lag;
}

}  // namespace stadtmesh::events
