#include "gateway/live/streams.h"

#include <algorithm>
#include <deque>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "base/error.h"
#include "base/status.h"
#include "events/watermark_filter.h"
#include "gateway/live/positions.h"
#include "gateway/transcode/wire.h"
#include "gateway/transcode/wire_to_json.h"

namespace stadtmesh::gateway {
namespace {

constexpr absl::Duration kTick = absl::Milliseconds(100);

// One event, printed once for all streams.
struct Item {
  const LiveEvent* event = nullptr;
  std::string tenant;
  std::vector<std::string> subjects;  // per channel: the alias in its subject field, or ""
  std::string json;
  std::string id;  // positions behind this event
  std::string topic;
  events::Position position;
};

struct Stream {
  std::shared_ptr<Exchange> exchange;
  StreamRequest request;
  std::string user;
  Positions seen;  // events at or before these were seen on an earlier connection
  absl::Time next_heartbeat;
  bool over = false;
};

// The value of a string field in serialised bytes; the last one counts.
std::string ReadString(absl::string_view wire, const FieldTable& field) {
  WireReader reader(wire);
  std::string value;
  uint64_t tag = 0, number = 0;
  absl::string_view bytes;
  while (!reader.done() && reader.Varint(tag)) {
    uint32_t half = 0;
    bool good = false;
    switch (tag & 7) {
      case kVarint:
        good = reader.Varint(number);
        break;
      case kSixtyFour:
        good = reader.Fixed(number);
        break;
      case kThirtyTwo:
        good = reader.Fixed(half);
        break;
      case kLengthDelimited:
        good = reader.Bytes(bytes);
        if (good && tag == field.tag) value = std::string(bytes);
        break;
      default:
        break;
    }
    if (!good) return "";
  }
  return value;
}

bool HasARoleOf(const LiveEvent::Channel& channel, const auth::Principal& principal) {
  return std::any_of(channel.roles.begin(), channel.roles.end(), [&](const std::string& name) {
    const std::optional<auth::Role> role = auth::ParseRole(name);
    return role && principal.Has(*role);
  });
}

bool MayHear(const auth::Principal& principal, const LiveEvent::Channel& channel,
             const std::string& subject) {
  if (channel.subject_field != nullptr && !subject.empty() && subject == principal.alias)
    return true;
  return HasARoleOf(channel, principal);
}

std::string LastPiece(absl::string_view event, absl::string_view reason) {
  return absl::StrCat("event: ", event, "\ndata: {\"reason\":\"", reason, "\"}\n\n");
}

class LiveStreams final : public Streams {
 public:
  LiveStreams(const Api& api, events::Bus* bus, const StreamsOptions& options, const Clock* clock,
              GatewayMetrics* metrics)
      : api_(api), bus_(bus), options_(options), clock_(*clock), metrics_(*metrics) {}
  ~LiveStreams() override { Stop(); }

  void Run(const std::vector<std::string>& services) {
    for (const auto& [type, event] : api_.events()) {
      if (bus_ == nullptr ||
          std::find(services.begin(), services.end(), event.service) == services.end())
        continue;
      for (const LiveEvent::Channel& channel : event.channels) channels_.insert(channel.name);
      unconnected_.insert(event.service);
    }
    Connect(absl::Now() + absl::Seconds(3));
    thread_ = std::thread([this] { Tick(); });
  }

  const std::set<std::string>& channels() const override { return channels_; }

  absl::Status Open(std::shared_ptr<Exchange> exchange, Response head,
                    StreamRequest request) override {
    auto stream = std::make_shared<Stream>();
    stream->user = request.principals.empty() ? "" : request.principals.begin()->second.subject;
    stream->next_heartbeat = clock_.Now() + options_.heartbeat;
    stream->exchange = std::move(exchange);
    stream->request = std::move(request);
    {
      absl::MutexLock lock(&mutex_);
      if (stopped_ || streams_.size() >= options_.streams) {
        return CommonError(absl::StatusCode::kResourceExhausted, "OVERLOADED", "too many streams");
      }
      size_t& own = per_user_[stream->user];
      if (own >= options_.streams_per_user) {
        return CommonError(absl::StatusCode::kResourceExhausted, "RATE_LIMITED",
                           "too many streams of one person");
      }
      ++own;
      stream->exchange->Start(std::move(head), Exchange::Extent::kEndless);
      streams_.insert(stream);
      metrics_.streams.Set(static_cast<double>(streams_.size()));
      Begin(*stream);
    }
    // Outside of the lock: the callback may run at once.
    stream->exchange->WhenGone([this, weak = std::weak_ptr<Stream>(stream)] {
      if (const auto gone = weak.lock()) Remove(gone);
    });
    return absl::OkStatus();
  }

  void Stop() override {
    std::vector<std::unique_ptr<events::Subscription>> tails;
    {
      absl::MutexLock lock(&mutex_);
      if (!std::exchange(stopped_, true)) {
        for (const auto& stream : streams_) End(*stream, LastPiece("end", "the gateway restarts"));
      }
      tails.swap(tails_);
    }
    for (const auto& tail : tails) tail->Stop();  // waits for handlers, which take the lock
    if (thread_.joinable()) thread_.join();
  }

 private:
  // Follows the topics that are not followed yet, from the place they have now.
  void Connect(absl::Time deadline) {
    const std::set<std::string> topics = unconnected_;
    for (const std::string& topic : topics) {
      absl::StatusOr<std::vector<events::Position>> end = bus_->End(topic, deadline);
      if (!end.ok()) continue;  // tried again with the next tick
      {
        absl::MutexLock lock(&mutex_);
        auto& partitions = current_[topic];
        for (const events::Position& position : *end)
          partitions[position.partition] = position.offset;
        floor_[topic] = partitions;
        // Whoever was here before may have missed something of this topic.
        for (const auto& stream : streams_) Reset(*stream, "a service came back");
      }
      auto tail = bus_->Tail(
          topic, {events::TailFrom::Kind::kAfter, *end},
          [this, topic](const events::Delivery& delivery) { OnDelivery(topic, delivery); });
      if (!tail.ok()) continue;
      unconnected_.erase(topic);
      absl::MutexLock lock(&mutex_);
      tails_.push_back(*std::move(tail));
    }
  }

  void OnDelivery(const std::string& topic, const events::Delivery& delivery) {
    const LiveEvent* event = api_.FindEvent(delivery.event.type);
    Item item{event, delivery.event.tenant, {}, "", "", topic, delivery.position};
    if (event != nullptr) {
      std::string payload;
      if (!WireToJson(*event->message, delivery.event.payload, payload).ok()) event = nullptr;
      for (const LiveEvent::Channel& channel : item.event->channels) {
        item.subjects.push_back(channel.subject_field == nullptr
                                    ? ""
                                    : ReadString(delivery.event.payload, *channel.subject_field));
      }
      absl::StrAppend(&item.json, "{\"type\":\"", delivery.event.type, "\",\"time\":\"",
                      FormatRfc3339(delivery.event.time), "\",\"subject\":");
      AppendJsonString(delivery.event.aggregate, item.json);
      absl::StrAppend(&item.json, ",\"data\":", payload, "}");
    }
    absl::MutexLock lock(&mutex_);
    current_[topic][delivery.position.partition] = delivery.position.offset;
    if (!filter_.Pass(delivery.event) || event == nullptr || stopped_) return;
    item.id = FormatPositions(current_);
    for (const auto& stream : streams_) Send(*stream, item);
    ring_.push_back(std::move(item));
    while (ring_.size() > options_.ring) {
      floor_[ring_.front().topic][ring_.front().position.partition] = ring_.front().position.offset;
      ring_.pop_front();
    }
  }

  // What a new stream gets first: its place, or what it missed, or a reset.
  void Begin(Stream& stream) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const std::string& last = stream.request.last_event_id;
    std::optional<Positions> after = last.empty() ? current_ : ParsePositions(last);
    if (!after || !Covers(*after)) return Reset(stream, "too far back");
    // The place before what follows: who is cut off right here comes back with it, and misses
    // nothing.
    Piece(stream, absl::StrCat("retry: 3000\nevent: open\nid: ", FormatPositions(*after),
                               "\ndata: {}\n\n"));
    if (last.empty()) return;
    stream.seen = *std::move(after);
    for (const Item& item : ring_) Send(stream, item);
  }

  // True when the ring (or nothing at all) lies behind these positions in every partition.
  bool Covers(const Positions& after) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    for (const auto& [topic, partitions] : floor_) {
      const auto found = after.find(topic);
      if (found == after.end()) return false;
      for (const auto& [partition, offset] : partitions) {
        const auto seen = found->second.find(partition);
        if (seen == found->second.end() || seen->second < offset) return false;
      }
    }
    return true;
  }

  void Send(Stream& stream, const Item& item) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (stream.over) return;
    const auto topic = stream.seen.find(item.topic);
    if (topic != stream.seen.end()) {
      const auto seen = topic->second.find(item.position.partition);
      if (seen != topic->second.end() && item.position.offset <= seen->second) return;
    }
    const auto principal = stream.request.principals.find(item.event->service);
    if (principal == stream.request.principals.end() || principal->second.tenant != item.tenant)
      return;
    for (size_t i = 0; i < item.event->channels.size(); ++i) {
      const LiveEvent::Channel& channel = item.event->channels[i];
      if (stream.request.channels.count(channel.name) == 0 ||
          !MayHear(principal->second, channel, item.subjects[i]))
        continue;
      metrics_.stream_events.Add();
      Piece(stream, absl::StrCat("event: ", channel.name, "\nid: ", item.id, "\ndata: ", item.json,
                                 "\n\n"));
    }
  }

  void Piece(Stream& stream, std::string piece) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (stream.over) return;
    stream.next_heartbeat = clock_.Now() + options_.heartbeat;
    if (!stream.exchange->Write(std::move(piece))) Reset(stream, "too slow");
  }

  // The app reads the state again and opens a new stream without Last-Event-ID.
  void Reset(Stream& stream, absl::string_view reason) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (stream.over) return;
    metrics_.stream_resets.Add();
    End(stream, LastPiece("reset", reason));
  }

  void End(Stream& stream, std::string last) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (!std::exchange(stream.over, true)) stream.exchange->Finish(std::move(last));
  }

  void Remove(const std::shared_ptr<Stream>& stream) {
    absl::MutexLock lock(&mutex_);
    stream->over = true;
    if (streams_.erase(stream) == 0) return;
    metrics_.streams.Set(static_cast<double>(streams_.size()));
    const auto own = per_user_.find(stream->user);
    if (--own->second == 0) per_user_.erase(own);
  }

  void Tick() {
    absl::Time next_connect = absl::Now() + absl::Seconds(1);
    while (true) {
      if (!unconnected_.empty() && absl::Now() >= next_connect) {
        Connect(absl::Now() + absl::Seconds(1));
        next_connect = absl::Now() + absl::Seconds(1);
      }
      absl::MutexLock lock(&mutex_);
      if (mutex_.AwaitWithTimeout(absl::Condition(&stopped_), kTick)) return;
      const absl::Time now = clock_.Now();
      for (const auto& stream : streams_) {
        if (now >= stream->request.ends)
          End(*stream, LastPiece("end", "the token has expired"));
        else if (now >= stream->next_heartbeat)
          Piece(*stream, ":\n\n");
      }
    }
  }

  const Api& api_;
  events::Bus* const bus_;
  const StreamsOptions options_;
  const Clock& clock_;
  GatewayMetrics& metrics_;
  std::set<std::string> channels_;     // constant once running
  std::set<std::string> unconnected_;  // of the ticking thread, once running
  std::thread thread_;

  absl::Mutex mutex_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::unique_ptr<events::Subscription>> tails_ ABSL_GUARDED_BY(mutex_);
  events::WatermarkFilter filter_ ABSL_GUARDED_BY(mutex_);
  std::deque<Item> ring_ ABSL_GUARDED_BY(mutex_);
  Positions current_ ABSL_GUARDED_BY(mutex_);  // the last event of every partition
  Positions floor_
      ABSL_GUARDED_BY(mutex_);  // the last event that the ring no longer (or never) held
  std::set<std::shared_ptr<Stream>> streams_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, size_t> per_user_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

bool MayHear(const Api& api, const std::string& channel,
             const std::map<std::string, auth::Principal>& principals) {
  for (const auto& [type, event] : api.events()) {
    const auto principal = principals.find(event.service);
    if (principal == principals.end()) continue;
    for (const LiveEvent::Channel& each : event.channels) {
      if (each.name != channel) continue;
      if (each.subject_field != nullptr && !principal->second.alias.empty()) return true;
      if (HasARoleOf(each, principal->second)) return true;
    }
  }
  return false;
}

absl::StatusOr<std::unique_ptr<Streams>> Streams::Start(
    const Api& api, const std::vector<std::string>& services, events::Bus* bus,
    const StreamsOptions& options, const Clock* clock, GatewayMetrics* metrics) {
  auto streams = std::make_unique<LiveStreams>(api, bus, options, clock, metrics);
  streams->Run(services);
  return std::unique_ptr<Streams>(std::move(streams));
}

}  // namespace stadtmesh::gateway
