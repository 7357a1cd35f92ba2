// What the contract's tests share.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "events/counters.h"
#include "events/dead_letters.h"
#include "events/tests/bus_contract.h"
#include "events/tests/recorder.h"
#include "events/tests/samples.h"
#include "testing/wait_until.h"

namespace stadtmesh::events {

using testing::WaitUntil;
using Numbers = std::vector<uint64_t>;

using testing::Soon;

inline Numbers UpTo(uint64_t last) {
  Numbers numbers;
  for (uint64_t n = 1; n <= last; ++n) numbers.push_back(n);
  return numbers;
}

// Events 1..per_aggregate of each aggregate, interleaved.
inline std::vector<Event> Interleaved(const std::string& topic, int aggregates, int per_aggregate,
                                      int first = 1) {
  std::vector<Event> events;
  for (int n = first; n < first + per_aggregate; ++n) {
    for (int a = 0; a < aggregates; ++a)
      events.push_back(SampleEvent(absl::StrCat("a", a), n, topic));
  }
  return events;
}

// Publishes all, retrying as the relay does.
inline void PublishAll(Bus& bus, const std::string& topic, std::vector<Event> events) {
  const absl::Time deadline = absl::Now() + absl::Seconds(60);
  while (!events.empty()) {
    auto count = bus.Publish(topic, events, Soon());
    if (count.ok()) events.erase(events.begin(), events.begin() + static_cast<int64_t>(*count));
    ASSERT_LT(absl::Now(), deadline) << count.status();
  }
}

// True when dropping what is at or below the highest number so far leaves 1..last: a consumer with
// a watermark is served.
inline bool InOrderBehindWatermark(const Numbers& numbers, uint64_t last) {
  uint64_t mark = 0;
  for (uint64_t n : numbers) {
    if (n > mark + 1) return false;
    mark = std::max(mark, n);
  }
  return mark == last;
}

// A consumer group with its dead letters.
struct Group {
  SubscribeOptions options;
  const std::shared_ptr<DeadLetters> dead_letters;
  ConsumerCounters counters;
  Group(World& world, std::string name, std::string topic) : dead_letters(world.MakeDeadLetters()) {
    options.group = std::move(name);
    options.topics = {std::move(topic)};
    options.dead_letters = dead_letters.get();
    options.counters = &counters;
    options.retry.first_back_off = absl::Milliseconds(10);
    options.retry.longest_back_off = absl::Milliseconds(200);
  }
};

}  // namespace stadtmesh::events
