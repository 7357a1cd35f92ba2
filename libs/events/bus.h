// The event bus port. Adapters: Kafka (kafka_bus.h) for clusters, Redis Streams (redis_streams_bus.h) for one machine; both pass one
// contract suite. At least once, in order per aggregate; consumers make the effect exactly once with the watermark
// (store::OnceIdentity, or WatermarkFilter for read models).
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

// An event as it travels: CloudEvents 1.0 in binary mode (headers ce_id, ce_type, ce_source, ce_subject, ce_time, plus tenant,
// epoch, sequence, traceparent, counter_*), payload protobuf.
struct Event {
  std::string id;
  std::string type;       // e.g. "stadtmesh.buergerbus.ride.booked.v1"
  std::string service;    // who published it; also its topic
  std::string tenant;
  std::string aggregate;  // key: order holds within one aggregate
  uint64_t epoch = 0;
  uint64_t n = 0;         // gapless per (service, tenant, aggregate) within an epoch, from 1
  absl::Time time;
  std::string payload;
  std::string traceparent;
  std::map<std::string, int64_t> counters;
};

// A place in one partition of a topic. A vector of them (one per partition) is a position in the topic.
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
//   UNAVAILABLE, ABORTED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED   transient: the partition pauses with back-off, never counted
//   anything else            permanent: counted; the third time the event becomes a dead letter and the aggregate is parked
using Handler = std::function<absl::Status(const Event&)>;

class Subscription {
 public:
  virtual ~Subscription() = default;
  // Stops fetching, waits for running handlers, commits offsets, leaves the group. Idempotent.
  virtual void Stop() = 0;
};

struct SubscribeOptions {
  std::string group;                // consumer group, e.g. "chatbot"
  std::vector<std::string> topics;  // service names
};

// Where to begin a Tail.
struct TailFrom {
  enum class Kind { kNow, kBeginning, kAfter } kind = Kind::kNow;
  std::vector<Position> after;  // with kAfter: per partition the last one seen
};

// Thread-safe.
class Bus {
 public:
  virtual ~Bus() = default;

  // Publishes in order and waits until all are durable (acks=all / fsync). On error nothing is known about entries from the first
  // failed one on; the caller resumes at the oldest unacknowledged. Returns how many of the first entries are acknowledged (may be
  // fewer than given, with no entry after an unacknowledged one counted).
  virtual absl::StatusOr<size_t> Publish(absl::string_view topic, const std::vector<Event>& events, absl::Time deadline) = 0;

  // Shares the topics' partitions among the members of the group; handlers of one aggregate never run concurrently.
  virtual absl::StatusOr<std::unique_ptr<Subscription>> Subscribe(const SubscribeOptions& options, Handler handler) = 0;

  // Everybody sees everything: no group, no offsets, no dead letters. The handler must not block long.
  virtual absl::StatusOr<std::unique_ptr<Subscription>> Tail(absl::string_view topic, const TailFrom& from,
                                                             std::function<void(const Delivery&)> handler) = 0;

  // The positions after which nothing has been published yet, per partition (to record before a scan of the store).
  virtual absl::StatusOr<std::vector<Position>> End(absl::string_view topic, absl::Time deadline) = 0;
};

}  // namespace stadtmesh::events
