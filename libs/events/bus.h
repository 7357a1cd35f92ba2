// The event bus port. Adapters: Kafka (kafka_bus.h) for clusters, Redis Streams
// (redis_streams_bus.h) for one machine; both pass one contract suite. At least once, in order per
// aggregate; consumers make the effect exactly once with the watermark (store::OnceIdentity, or
// WatermarkFilter for read models).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace stadtmesh::events {

// An event as it travels: CloudEvents 1.0 in binary mode (headers ce_id, ce_type, ce_source,
// ce_subject, ce_time, plus tenant, epoch, sequence, traceparent, counter_*), payload protobuf.
struct Event {
  std::string id;
  std::string type;     // e.g. "stadtmesh.buergerbus.ride.booked.v1"
  std::string service;  // who published it; also its topic
  std::string tenant;
  std::string aggregate;  // key: order holds within one aggregate
  uint64_t epoch = 0;
  uint64_t n = 0;  // gapless per (service, tenant, aggregate) within an epoch, from 1
  absl::Time time;
  std::string payload;
  std::string traceparent;
  std::map<std::string, int64_t> counters;
};

// Within one of these, order holds.
struct AggregateKey {
  std::string service, tenant, aggregate;
  auto operator<=>(const AggregateKey&) const = default;
};
inline AggregateKey KeyOf(const Event& event) {
  return {event.service, event.tenant, event.aggregate};
}

// A place in one partition of a topic. A vector of them (one per partition) is a position in the
// topic.
struct Position {
  int32_t partition = 0;
  int64_t offset = 0;  // of the event itself; resume after it
  bool operator==(const Position&) const = default;
};

struct Delivery {
  Event event;
  Position position;
};

// What a handler says about one event.
//   OK                       done; the offset may be committed
//   UNAVAILABLE, ABORTED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED   transient: the partition pauses
//   with back-off, never counted anything else            permanent: counted; the third time the
//   event becomes a dead letter and the aggregate is parked
using Handler = std::function<absl::Status(const Event&)>;

class DeadLetters;        // dead_letters.h
struct ConsumerCounters;  // counters.h

// How an event is tried again.
struct RetryPolicy {
  int permanent_tries = 3;  // so many permanent errors make a dead letter
  absl::Duration first_back_off = absl::Milliseconds(50);  // doubles with every error of the event
  absl::Duration longest_back_off = absl::Seconds(5);
};

class Subscription {
 public:
  virtual ~Subscription() = default;
  // Stops fetching, waits for running handlers, commits offsets, leaves the group. Idempotent.
  virtual void Stop() = 0;
  // Hands the parked events of one aggregate to the handler again, in order, and lets newer ones
  // pass. Stops at the first that fails again (its error; it stays parked). Returns how many were
  // handled. Any replica may do it; ABORTED when another one is at it. UNIMPLEMENTED for a Tail.
  virtual absl::StatusOr<size_t> ReplayDeadLetters(const AggregateKey& aggregate,
                                                   absl::Time deadline) {
    return absl::UnimplementedError("not a group's subscription");
  }
};

struct SubscribeOptions {
  std::string group;                // consumer group, e.g. "chatbot"
  std::vector<std::string> topics;  // service names
  // Where this group's dead letters and the events parked behind them wait; must outlive the
  // subscription. Required (the memory bus makes its own when it is null). In production
  // StoreDeadLetters over the subscriber's own store.
  DeadLetters* dead_letters = nullptr;
  // The log no longer holds what this group has not read yet (trimmed, lost, restored): rebuild
  // from the owner's state. Called before anything newer of that partition is handled, from the
  // partition's thread; may block.
  std::function<void(absl::string_view topic, int32_t partition)> on_lost;
  ConsumerCounters* counters = nullptr;  // must outlive the subscription; may be null
  RetryPolicy retry;
  // How long a replica that dies in the middle of a replay keeps others from going on with it; a
  // handler must be faster.
  absl::Duration replay_lease = absl::Seconds(30);
};

// Where to begin a Tail.
struct TailFrom {
  enum class Kind { kNow, kBeginning, kAfter } kind = Kind::kNow;
  std::vector<Position> after;  // with kAfter: per partition the last one seen; partitions not
                                // named begin at the oldest
  // The reader fell so far behind that events were trimmed before it saw them: the view must be
  // read anew. Called from the tail's thread, which goes on with the oldest event there is.
  std::function<void(int32_t partition)> on_lost;
};

// Thread-safe.
class Bus {
 public:
  virtual ~Bus() = default;

  // Publishes in order and waits until all are durable (acks=all / fsync). On error nothing is
  // known about entries from the first failed one on; the caller resumes at the oldest
  // unacknowledged. Returns how many of the first entries are acknowledged (may be fewer than
  // given, with no entry after an unacknowledged one counted).
  virtual absl::StatusOr<size_t> Publish(absl::string_view topic, const std::vector<Event>& events,
                                         absl::Time deadline) = 0;

  // Shares the topics' partitions among the members of the group; handlers of one aggregate never
  // run concurrently.
  virtual absl::StatusOr<std::unique_ptr<Subscription>> Subscribe(const SubscribeOptions& options,
                                                                  Handler handler) = 0;

  // Everybody sees everything: no group, no offsets, no dead letters. The handler must not block
  // long; it is never called concurrently. OUT_OF_RANGE when a position of `from.after` is trimmed
  // or lies beyond the end (another log): read anew.
  virtual absl::StatusOr<std::unique_ptr<Subscription>> Tail(
      absl::string_view topic, const TailFrom& from,
      std::function<void(const Delivery&)> handler) = 0;

  // The positions after which nothing has been published yet, per partition (to record before a
  // scan of the store).
  virtual absl::StatusOr<std::vector<Position>> End(absl::string_view topic,
                                                    absl::Time deadline) = 0;
};

}  // namespace stadtmesh::events
