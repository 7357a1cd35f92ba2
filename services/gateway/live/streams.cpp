#include "gateway/live/streams.h"

#include <algorithm>
#include <optional>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "base/error.h"
#include "base/status.h"
#include "events/watermark_filter.h"
#include "gateway/live/event_ring.h"
#include "gateway/live/positions.h"
#include "gateway/transcode/wire.h"
#include "gateway/transcode/wire_to_json.h"

namespace stadtmesh::gateway {
namespace {

constexpr absl::Duration kTick = absl::Milliseconds(100);
// Bytes of missed events that wait in a connection at once.
constexpr size_t kReplayPiece = 16 * 1024;

struct Stream {
  std::shared_ptr<Exchange> exchange;
  StreamRequest request;
  std::string user;
  Positions seen;  // events at or before these were seen on an earlier connection
  // While what was missed is sent: the number of the ring's next item. Newer ones wait there too.
  std::optional<uint64_t> replay;
  bool ahead = false;  // `seen` lies beyond what was heard here; whether it is of this log is open
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
      : api_(api),
        bus_(bus),
        options_(options),
        clock_(*clock),
        metrics_(*metrics),
        ring_(options.ring) {}
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
      Begin(stream);
    }
    // Outside of the lock: the callback may run at once.
    stream->exchange->WhenGone([this, weak = std::weak_ptr<Stream>(stream)] {
      const std::shared_ptr<Stream> gone = weak.lock();
      if (gone == nullptr) return;
      absl::MutexLock lock(&mutex_);
      Release(gone);
    });
    return absl::OkStatus();
  }

  void Stop() override {
    std::vector<std::unique_ptr<events::Subscription>> tails;
    {
      absl::MutexLock lock(&mutex_);
      if (!std::exchange(stopped_, true)) {
        ForEach([this](const auto& stream) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
          End(stream, LastPiece("end", "the gateway restarts"));
        });
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
        ring_.Connect(topic, *end);
        // Whoever was here before may have missed something of this topic.
        ResetAll("a service came back");
      }
      auto tail = bus_->Tail(
          topic,
          {events::TailFrom::Kind::kAfter, *end,
           [this, topic](int32_t partition) { OnLost(topic, partition); }},
          [this, topic](const events::Delivery& delivery) { OnDelivery(topic, delivery); });
      if (!tail.ok()) continue;
      unconnected_.erase(topic);
      absl::MutexLock lock(&mutex_);
      tails_.push_back(*std::move(tail));
    }
  }

  // The log is another one, or events of it were never heard here: nobody's place holds any more.
  void OnLost(const std::string& topic, int32_t partition) {
    absl::MutexLock lock(&mutex_);
    ring_.Lose(topic, partition);
    ResetAll("events were lost");
  }

  void OnDelivery(const std::string& topic, const events::Delivery& delivery) {
    const LiveEvent* event = api_.FindEvent(delivery.event.type);
    LiveItem item{event, delivery.event.tenant, {}, "", "", topic, delivery.position};
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
    ring_.Reach(topic, delivery.position);
    if (!filter_.Pass(delivery.event) || event == nullptr || stopped_) return;
    const LiveItem& pushed = ring_.Push(std::move(item));
    ForEach([this, &pushed](const auto& stream) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      if (stream->replay) return;
      std::string text = TextFor(*stream, pushed);
      if (!text.empty()) metrics_.stream_events.Add();
      Piece(stream, std::move(text));
    });
  }

  // What a new stream gets first: its place, or what it missed, or a reset.
  void Begin(const std::shared_ptr<Stream>& stream) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const std::string& last = stream->request.last_event_id;
    std::optional<Positions> after = last.empty() ? ring_.current() : ParsePositions(last);
    if (!after || !ring_.Covers(*after)) return Reset(stream, "too far back");
    // The place before what follows: who is cut off right here comes back with it, and misses
    // nothing.
    Piece(stream, absl::StrCat("retry: 3000\nevent: open\nid: ", FormatPositions(*after),
                               "\ndata: {}\n\n"));
    if (last.empty()) return;
    stream->ahead = ring_.IsAhead(*after);
    stream->seen = *std::move(after);
    stream->replay = ring_.first();
    ContinueLater(stream);
  }

  // Sends what was missed at the client's own pace: what waits in its connection is bounded, what
  // the ring holds may be more.
  void Continue(const std::shared_ptr<Stream>& stream) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (stream->over || !stream->replay) return;
    uint64_t& next = *stream->replay;
    if (next < ring_.first()) return Reset(stream, "too slow");
    std::string piece;
    for (; next < ring_.end(); ++next) {
      const std::string text = TextFor(*stream, ring_.at(next));
      if (!piece.empty() && piece.size() + text.size() > kReplayPiece) break;
      if (!text.empty()) metrics_.stream_events.Add();
      piece += text;
    }
    if (next == ring_.end()) stream->replay.reset();
    Piece(stream, std::move(piece));
    if (stream->replay) ContinueLater(stream);
  }

  void ContinueLater(const std::shared_ptr<Stream>& stream) {
    stream->exchange->WhenWritten([this, weak = std::weak_ptr<Stream>(stream)] {
      const std::shared_ptr<Stream> written = weak.lock();
      if (written == nullptr) return;
      absl::MutexLock lock(&mutex_);
      Continue(written);
    });
  }

  // Another replica may have been ahead of this one. But who has seen more than there is has seen
  // another log, and would wait for this one to grow as long.
  void CheckAhead(absl::Time deadline) {
    Positions ends;
    {
      absl::MutexLock lock(&mutex_);
      const bool any = std::any_of(streams_.begin(), streams_.end(),
                                   [](const auto& stream) { return stream->ahead; });
      if (!any) return;
      ends = ring_.current();
    }
    for (auto& [topic, partitions] : ends) {
      const absl::StatusOr<std::vector<events::Position>> end = bus_->End(topic, deadline);
      if (!end.ok()) return;  // tried again with the next tick
      for (const events::Position& position : *end)
        partitions[position.partition] = position.offset;
    }
    absl::MutexLock lock(&mutex_);
    ForEach([this, &ends](const auto& stream) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      if (!std::exchange(stream->ahead, false)) return;
      if (LiesBeyond(stream->seen, ends)) Reset(stream, "events were lost");
    });
  }

  bool HasSeen(const Stream& stream, const LiveItem& item) const {
    const auto topic = stream.seen.find(item.topic);
    if (topic == stream.seen.end()) return false;
    const auto seen = topic->second.find(item.position.partition);
    return seen != topic->second.end() && item.position.offset <= seen->second;
  }

  // The item on every channel on which the stream hears it; empty: on none.
  std::string TextFor(const Stream& stream, const LiveItem& item) const {
    if (HasSeen(stream, item)) return "";
    const auto principal = stream.request.principals.find(item.event->service);
    if (principal == stream.request.principals.end() || principal->second.tenant != item.tenant)
      return "";
    std::string text;
    for (size_t i = 0; i < item.event->channels.size(); ++i) {
      const LiveEvent::Channel& channel = item.event->channels[i];
      if (stream.request.channels.count(channel.name) == 0 ||
          !MayHear(principal->second, channel, item.subjects[i]))
        continue;
      absl::StrAppend(&text, "event: ", channel.name, "\nid: ", item.id, "\ndata: ", item.json,
                      "\n\n");
    }
    return text;
  }

  void Piece(const std::shared_ptr<Stream>& stream, std::string piece)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (stream->over || piece.empty()) return;
    stream->next_heartbeat = clock_.Now() + options_.heartbeat;
    if (!stream->exchange->Write(std::move(piece))) Reset(stream, "too slow");
  }

  // The app reads the state again and opens a new stream without Last-Event-ID.
  void Reset(const std::shared_ptr<Stream>& stream, absl::string_view reason)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (stream->over) return;
    metrics_.stream_resets.Add();
    End(stream, LastPiece("reset", reason));
  }

  void ResetAll(absl::string_view reason) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    ForEach([this, reason](const auto& stream)
                ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { Reset(stream, reason); });
  }

  void End(const std::shared_ptr<Stream>& stream, std::string last)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (stream->over) return;
    stream->exchange->Finish(std::move(last));
    Release(stream);
  }

  // Its place is free at once: an app opens the next stream before this one's end has reached it.
  void Release(const std::shared_ptr<Stream>& stream) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (std::exchange(stream->over, true)) return;
    streams_.erase(stream);
    metrics_.streams.Set(static_cast<double>(streams_.size()));
    const auto own = per_user_.find(stream->user);
    if (--own->second == 0) per_user_.erase(own);
  }

  // `visit` may end the stream it is given.
  template <typename Visit>
  void ForEach(const Visit& visit) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    for (auto it = streams_.begin(); it != streams_.end();) {
      const std::shared_ptr<Stream> stream = *it++;
      visit(stream);
    }
  }

  void Tick() {
    absl::Time next_connect = absl::Now() + absl::Seconds(1);
    while (true) {
      if (!unconnected_.empty() && absl::Now() >= next_connect) {
        Connect(absl::Now() + absl::Seconds(1));
        next_connect = absl::Now() + absl::Seconds(1);
      }
      if (bus_ != nullptr) CheckAhead(absl::Now() + absl::Seconds(1));
      absl::MutexLock lock(&mutex_);
      if (mutex_.AwaitWithTimeout(absl::Condition(&stopped_), kTick)) return;
      const absl::Time now = clock_.Now();
      ForEach([this, now](const auto& stream) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
        if (now >= stream->request.ends)
          End(stream, LastPiece("end", "the token has expired"));
        else if (now >= stream->next_heartbeat)
          Piece(stream, ":\n\n");
      });
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
  EventRing ring_ ABSL_GUARDED_BY(mutex_);
  std::set<std::shared_ptr<Stream>> streams_ ABSL_GUARDED_BY(mutex_);  // those that are not over
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
