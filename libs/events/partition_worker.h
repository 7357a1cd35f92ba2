// A thread that applies the events of one partition in order. Adapters give it a source; it owns
// nothing of the log.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "absl/time/time.h"
#include "events/bus.h"
#include "events/event_processor.h"

namespace stadtmesh::events {

// One partition of a log as its one reader sees it. Next and Done are called from the worker's
// thread only.
class PartitionSource {
 public:
  virtual ~PartitionSource() = default;
  // The next event; nothing when none came within `wait` or Interrupt was called.
  virtual std::optional<Delivery> Next(absl::Duration wait) = 0;
  // The event's effect is durable: the cursor may be committed past it.
  virtual void Done(const Position& position) = 0;
  // Ends a running Next early. Thread-safe.
  virtual void Interrupt() = 0;
};

class PartitionWorker {
 public:
  PartitionWorker(std::shared_ptr<PartitionSource> source,
                  std::shared_ptr<EventProcessor> processor);
  // As Stop.
  ~PartitionWorker();
  // Tells the worker to stop, without waiting.
  void RequestStop();
  // Waits for a running handler; nothing is handled afterwards. Idempotent. Not from a handler.
  void Stop();

 private:
  void Run();
  bool Wait(absl::Duration duration);  // false when stopping

  const std::shared_ptr<PartitionSource> source_;
  const std::shared_ptr<EventProcessor> processor_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace stadtmesh::events
