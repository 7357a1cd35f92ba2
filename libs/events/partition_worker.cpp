#include "events/partition_worker.h"

namespace stadtmesh::events {

PartitionWorker::PartitionWorker(std::shared_ptr<PartitionSource> source,
                                 std::shared_ptr<EventProcessor> processor)
    : source_(std::move(source)), processor_(std::move(processor)), thread_([this] { Run(); }) {}

PartitionWorker::~PartitionWorker() { Stop(); }

void PartitionWorker::RequestStop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  source_->Interrupt();
}

void PartitionWorker::Stop() {
  RequestStop();
  if (thread_.joinable()) thread_.join();
}

void PartitionWorker::Run() {
  while (Wait(absl::ZeroDuration())) {
    std::optional<Delivery> delivery = source_->Next(absl::Milliseconds(500));
    if (!delivery.has_value()) continue;
    const bool done = processor_->Process(
        delivery->event, [this](absl::Duration duration) { return Wait(duration); });
    if (!done) return;
    source_->Done(delivery->position);
  }
}

bool PartitionWorker::Wait(absl::Duration duration) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, absl::ToChronoNanoseconds(duration),
                            [this] { return stopping_; });
}

}  // namespace stadtmesh::events
