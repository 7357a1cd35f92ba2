#include "rpc/receiver.h"

namespace stadtmesh::rpc {

Receiver::Receiver(int threads, int waiting, std::unique_ptr<grpc::ServerCompletionQueue> queue)
    : most_(threads), most_waiting_(static_cast<size_t>(waiting)), queue_(std::move(queue)) {
  for (int i = 0; i <= threads; ++i) threads_.emplace_back([this] { Loop(); });
}

void Receiver::Stop() {
  {
    // gRPC's shutdown does not wait for calls that it has cancelled; the queue must.
    const absl::MutexLock lock(&mutex_);
    if (stopped_) return;
    stopped_ = true;
    const auto quiet = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return begun_ == 0; };
    mutex_.Await(absl::Condition(&quiet));
  }
  queue_->Shutdown();
  for (std::thread& thread : threads_) thread.join();
}

void Receiver::Loop() {
  void* step = nullptr;
  bool ok = false;
  while (queue_->Next(&step, &ok)) static_cast<Step*>(step)->Happened(ok);
}

bool Receiver::Run(WorkerPool::Task* task) {
  {
    const absl::MutexLock lock(&mutex_);
    if (running_ == most_) {
      if (waiting_.size() >= most_waiting_) return false;
      waiting_.push_back(task);
      return true;
    }
    ++running_;
  }
  for (; task != nullptr; task = NextOrRest()) task->Run();
  return true;
}

WorkerPool::Task* Receiver::NextOrRest() {
  const absl::MutexLock lock(&mutex_);
  if (waiting_.empty()) {
    --running_;
    return nullptr;
  }
  WorkerPool::Task* task = waiting_.front();
  waiting_.pop_front();
  return task;
}

void Receiver::Begin(absl::FunctionRef<void(grpc::ServerCompletionQueue*)> ask) {
  {
    const absl::MutexLock lock(&mutex_);
    if (stopped_) return;
    ++begun_;
  }
  ask(queue_.get());
}

void Receiver::Ended() {
  const absl::MutexLock lock(&mutex_);
  --begun_;
}

}  // namespace stadtmesh::rpc
