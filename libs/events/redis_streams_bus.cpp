#include "events/redis_streams_bus.h"

#include "absl/time/clock.h"
#include "base/status.h"
#include "events/stream_group.h"
#include "events/stream_log.h"
#include "events/stream_tail.h"

namespace stadtmesh::events {
namespace {

constexpr absl::Duration kTailTimeout = absl::Seconds(5);
constexpr absl::Duration kTrimTimeout = absl::Seconds(1);

// A group's subscription: a member per topic.
class GroupSubscription final : public Subscription {
 public:
  GroupSubscription(const RedisStreamsOptions& options, std::shared_ptr<redis::Client> client,
                    const SubscribeOptions& subscribe, Handler handler, const Clock* clock)
      : processor_(std::make_shared<EventProcessor>(subscribe, std::move(handler), clock)) {
    for (const std::string& topic : subscribe.topics) {
      members_.push_back(
          std::make_unique<StreamGroupMember>(options, client, topic, subscribe.group, processor_));
    }
  }
  ~GroupSubscription() override { Stop(); }
  void Stop() override {
    for (auto& member : members_) member->RequestStop();
    for (auto& member : members_) member->Stop();
  }
  absl::StatusOr<size_t> ReplayDeadLetters(const AggregateKey& aggregate,
                                           absl::Time deadline) override {
    return processor_->Replay(aggregate, deadline);
  }

 private:
  const std::shared_ptr<EventProcessor> processor_;
  std::vector<std::unique_ptr<StreamGroupMember>> members_;
};

}  // namespace

RedisStreamsBus::RedisStreamsBus(RedisStreamsOptions options, const Clock* clock)
    : options_(std::move(options)), clock_(clock) {
  redis::ClientOptions client;
  client.connection = options_.connection;
  client.connections = 2;
  client_ = std::make_shared<redis::Client>(client);
}

RedisStreamsBus::~RedisStreamsBus() = default;

absl::StatusOr<std::shared_ptr<StreamLog>> RedisStreamsBus::LogOf(const std::string& topic,
                                                                  absl::Time deadline) {
  {
    std::lock_guard lock(mutex_);
    if (auto found = logs_.find(topic); found != logs_.end()) return found->second;
  }
  ASSIGN_OR_RETURN(std::shared_ptr<StreamLog> log,
                   StreamLog::Open(client_, topic, options_.partitions, deadline));
  std::lock_guard lock(mutex_);
  return logs_.emplace(topic, std::move(log)).first->second;
}

absl::StatusOr<size_t> RedisStreamsBus::Publish(absl::string_view topic,
                                                const std::vector<Event>& events,
                                                absl::Time deadline) {
  if (events.empty()) return 0;
  ASSIGN_OR_RETURN(std::shared_ptr<StreamLog> log, LogOf(std::string(topic), deadline));
  TrimWhenDue(*log);
  return log->Append(events, deadline);
}

void RedisStreamsBus::TrimWhenDue(StreamLog& log) {
  {
    std::lock_guard lock(mutex_);
    absl::Time& next = next_trim_.try_emplace(log.topic(), absl::InfinitePast()).first->second;
    if (absl::Now() < next) return;
    next = absl::Now() + options_.trim_interval;
  }
  // A failure costs memory until the next time, and that is bounded by the server's own limit.
  (void)log.Trim(options_.keep, options_.max_bytes, absl::Now() + kTrimTimeout);
}

absl::Status RedisStreamsBus::Trim(absl::string_view topic, absl::Time deadline) {
  ASSIGN_OR_RETURN(std::shared_ptr<StreamLog> log, LogOf(std::string(topic), deadline));
  return log->Trim(options_.keep, options_.max_bytes, deadline);
}

absl::StatusOr<std::unique_ptr<Subscription>> RedisStreamsBus::Subscribe(
    const SubscribeOptions& options, Handler handler) {
  if (options.group.empty() || options.topics.empty())
    return absl::InvalidArgumentError("group and topics are required");
  if (options.dead_letters == nullptr)
    return absl::InvalidArgumentError("dead_letters is required");
  return std::make_unique<GroupSubscription>(options_, client_, options, std::move(handler),
                                             clock_);
}

absl::StatusOr<std::unique_ptr<Subscription>> RedisStreamsBus::Tail(
    absl::string_view topic, const TailFrom& from, std::function<void(const Delivery&)> handler) {
  const absl::Time deadline = absl::Now() + kTailTimeout;
  ASSIGN_OR_RETURN(std::shared_ptr<StreamLog> log, LogOf(std::string(topic), deadline));
  ASSIGN_OR_RETURN(std::vector<HeldOffsets> held, log->Held(deadline));
  ASSIGN_OR_RETURN(std::vector<int64_t> next, TailStart(from, held));
  return std::make_unique<StreamTail>(options_, std::move(log), next, from, std::move(handler));
}

absl::StatusOr<std::vector<Position>> RedisStreamsBus::End(absl::string_view topic,
                                                           absl::Time deadline) {
  ASSIGN_OR_RETURN(std::shared_ptr<StreamLog> log, LogOf(std::string(topic), deadline));
  ASSIGN_OR_RETURN(std::vector<HeldOffsets> held, log->Held(deadline));
  std::vector<Position> result;
  for (const HeldOffsets& partition : held)
    result.push_back({static_cast<int32_t>(result.size()), partition.end - 1});
  return result;
}

}  // namespace stadtmesh::events
