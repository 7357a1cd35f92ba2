#include "events/kafka_group.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "base/status.h"

namespace stadtmesh::events::kafka {
namespace {

constexpr absl::Duration kLagInterval = absl::Seconds(1);
constexpr absl::Duration kCommitTimeout = absl::Seconds(3);
constexpr int kPollMilliseconds = 100;

}  // namespace

// The partition's queue, split off from the consumer's.
class GroupMember::Source final : public PartitionSource {
 public:
  // `start`: where reading begins; RD_KAFKA_OFFSET_BEGINNING: at the oldest event, whichever that
  // is; otherwise negative: unknown.
  Source(TopicPartition place, Queue queue, EventProcessor* processor, int64_t start)
      : place_(std::move(place)),
        queue_(std::move(queue)),
        processor_(processor),
        expected_(start) {}

  std::optional<Delivery> Next(absl::Duration wait) override {
    Message message(rd_kafka_consume_queue(queue_.get(), Milliseconds(wait)));
    if (message == nullptr) return std::nullopt;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR)
      return std::nullopt;  // librdkafka goes on by itself
    // Without transactions a partition has no gaps: what is not there any more was never seen (or
    // the log is another one).
    if (expected_ != RD_KAFKA_OFFSET_BEGINNING && expected_ != message->offset) {
      processor_->ReportLost(place_.first, place_.second);
    }
    expected_ = message->offset + 1;
    auto event = ToEvent(*message);
    if (!event.ok()) {
      ++processor_->counters().undecodable;
      next_ = message->offset + 1;
      return std::nullopt;
    }
    return Delivery{*std::move(event), {place_.second, message->offset}};
  }

  void Done(const Position& position) override { next_ = position.offset + 1; }
  void Interrupt() override { rd_kafka_queue_yield(queue_.get()); }
  // The offset to go on at, or -1 when nothing was done yet. From any thread.
  int64_t next() const { return next_; }

 private:
  const TopicPartition place_;
  const Queue queue_;
  EventProcessor* const processor_;
  int64_t expected_;  // only the worker's thread
  std::atomic<int64_t> next_{-1};
};

GroupMember::GroupMember(const KafkaOptions& options, std::shared_ptr<Admin> admin,
                         const SubscribeOptions& subscribe, Handler handler, const Clock* clock)
    : options_(options),
      admin_(std::move(admin)),
      subscribe_(subscribe),
      processor_(std::make_shared<EventProcessor>(subscribe, std::move(handler), clock)) {}

absl::StatusOr<std::unique_ptr<GroupMember>> GroupMember::Join(const KafkaOptions& options,
                                                               std::shared_ptr<Admin> admin,
                                                               const SubscribeOptions& subscribe,
                                                               Handler handler,
                                                               const Clock* clock) {
  std::unique_ptr<GroupMember> member(
      new GroupMember(options, std::move(admin), subscribe, std::move(handler), clock));
  ASSIGN_OR_RETURN(member->handle_,
                   NewHandle(RD_KAFKA_CONSUMER, options, GroupSettings(subscribe.group, options),
                             {nullptr, OnRebalance, member.get()}));
  rd_kafka_poll_set_consumer(member->handle_.get());
  member->thread_ = std::thread([raw = member.get()] { raw->Run(); });
  return member;
}

GroupMember::~GroupMember() { Stop(); }

void GroupMember::Stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

absl::StatusOr<size_t> GroupMember::ReplayDeadLetters(const AggregateKey& aggregate,
                                                      absl::Time deadline) {
  return processor_->Replay(aggregate, deadline);
}

void GroupMember::Run() {
  while (!stopping_ && !SubscribeToTopics()) Sleep(absl::Milliseconds(500));
  absl::Time next_commit = absl::Now() + options_.commit_interval, next_lag = absl::Now();
  while (!stopping_) {
    // Messages come through the partitions' queues; what comes here are errors that librdkafka
    // handles itself.
    Message message(rd_kafka_consumer_poll(handle_.get(), kPollMilliseconds));
    const absl::Time now = absl::Now();
    if (now >= next_commit) {
      if (Partitions offsets = TakeUncommitted(); offsets->cnt > 0)
        rd_kafka_commit(handle_.get(), offsets.get(), 1);
      next_commit = now + options_.commit_interval;
    }
    if (now >= next_lag) {
      ReportLag();
      next_lag = now + kLagInterval;
    }
  }
  rd_kafka_consumer_close(handle_.get());  // revokes, which stops the workers and commits
  held_.clear();
  SetLag(0);
}

bool GroupMember::SubscribeToTopics() {
  Partitions list(rd_kafka_topic_partition_list_new(static_cast<int>(subscribe_.topics.size())));
  for (const std::string& topic : subscribe_.topics) {
    if (!admin_->EnsureTopic(topic, absl::Now() + absl::Seconds(2)).ok()) return false;
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
  }
  return rd_kafka_subscribe(handle_.get(), list.get()) == RD_KAFKA_RESP_ERR_NO_ERROR;
}

void GroupMember::OnRebalance(rd_kafka_t* handle, rd_kafka_resp_err_t kind,
                              rd_kafka_topic_partition_list_t* partitions, void* opaque) {
  auto* member = static_cast<GroupMember*>(opaque);
  if (kind == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    member->Gain(partitions);
  } else {
    member->Lose(partitions);
  }
}

void GroupMember::Gain(rd_kafka_topic_partition_list_t* partitions) {
  processor_->ForgetParked();
  StartAtCommitted(partitions);
  std::map<TopicPartition, Queue> queues;
  std::map<TopicPartition, int64_t> starts;
  for (int i = 0; i < partitions->cnt; ++i) {
    const rd_kafka_topic_partition_t& partition = partitions->elems[i];
    // Split off before the fetching starts, so that no message takes the consumer's own queue.
    Queue queue(rd_kafka_queue_get_partition(handle_.get(), partition.topic, partition.partition));
    rd_kafka_queue_forward(queue.get(), nullptr);
    queues.emplace(TopicPartition(partition.topic, partition.partition), std::move(queue));
    starts.emplace(TopicPartition(partition.topic, partition.partition), partition.offset);
  }
  Error error(rd_kafka_incremental_assign(handle_.get(), partitions));
  if (error != nullptr) return;  // lost again already; the next rebalance tells
  for (auto& [place, queue] : queues) {
    auto source =
        std::make_shared<Source>(place, std::move(queue), processor_.get(), starts[place]);
    auto worker = std::make_unique<PartitionWorker>(source, processor_);
    held_[place] = {std::move(source), std::move(worker), -1, starts[place]};
    ++processor_->counters().rebalances;
  }
}

// A group that is new to a partition begins at the oldest event; that is no loss. With no answer
// librdkafka looks it up itself, and what begins then is taken for a loss: a rebuild too many does
// no harm.
void GroupMember::StartAtCommitted(rd_kafka_topic_partition_list_t* partitions) {
  if (rd_kafka_committed(handle_.get(), partitions, Milliseconds(kCommitTimeout)) !=
      RD_KAFKA_RESP_ERR_NO_ERROR) {
    for (int i = 0; i < partitions->cnt; ++i) partitions->elems[i].offset = RD_KAFKA_OFFSET_INVALID;
    return;
  }
  for (int i = 0; i < partitions->cnt; ++i) {
    if (partitions->elems[i].offset < 0) partitions->elems[i].offset = RD_KAFKA_OFFSET_BEGINNING;
  }
}

void GroupMember::Lose(rd_kafka_topic_partition_list_t* partitions) {
  const auto find = [&](int i) {
    return held_.find({partitions->elems[i].topic, partitions->elems[i].partition});
  };
  for (int i = 0; i < partitions->cnt; ++i) {
    if (auto held = find(i); held != held_.end()) held->second.worker->RequestStop();
  }
  for (int i = 0; i < partitions->cnt; ++i) {
    if (auto held = find(i); held != held_.end()) held->second.worker->Stop();
  }
  // What was lost without notice may have a new reader, whose commits ours must not undo.
  if (!rd_kafka_assignment_lost(handle_.get())) CommitNow();
  for (int i = 0; i < partitions->cnt; ++i)
    held_.erase({partitions->elems[i].topic, partitions->elems[i].partition});
  Error error(rd_kafka_incremental_unassign(handle_.get(), partitions));
}

Partitions GroupMember::TakeUncommitted() {
  Partitions list(rd_kafka_topic_partition_list_new(static_cast<int>(held_.size())));
  for (auto& [place, held] : held_) {
    const int64_t next = held.source->next();
    if (next < 0 || next == held.committed) continue;
    held.committed = next;
    rd_kafka_topic_partition_list_add(list.get(), place.first.c_str(), place.second)->offset = next;
  }
  return list;
}

void GroupMember::CommitNow() {
  for (auto& [place, held] : held_)
    held.committed = -1;  // an earlier asynchronous commit may have failed
  Partitions offsets = TakeUncommitted();
  if (offsets->cnt == 0) return;
  Queue answers(rd_kafka_queue_new(handle_.get()));
  rd_kafka_commit_queue(handle_.get(), offsets.get(), answers.get(), nullptr, nullptr);
  // Bounded: without an answer some events come twice, and meet their watermark.
  rd_kafka_event_t* event = rd_kafka_queue_poll(answers.get(), Milliseconds(kCommitTimeout));
  if (event != nullptr) rd_kafka_event_destroy(event);
}

void GroupMember::ReportLag() {
  int64_t lag = 0;
  for (const auto& [place, held] : held_) {
    int64_t first = 0, end = 0;
    if (rd_kafka_get_watermark_offsets(handle_.get(), place.first.c_str(), place.second, &first,
                                       &end) != RD_KAFKA_RESP_ERR_NO_ERROR) {
      continue;
    }
    const int64_t next = std::max({first, held.start, held.source->next()});
    lag += std::max<int64_t>(0, end - next);
  }
  SetLag(lag);
}

void GroupMember::SetLag(int64_t lag) {
  processor_->counters().lag += lag - std::exchange(lag_, lag);
}

void GroupMember::Sleep(absl::Duration duration) {
  for (const absl::Time until = absl::Now() + duration; !stopping_ && absl::Now() < until;) {
    absl::SleepFor(absl::Milliseconds(20));
  }
}

}  // namespace stadtmesh::events::kafka
