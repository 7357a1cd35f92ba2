// Inside libs/rpc only: the threads of one service, which receive its calls from gRPC themselves.
#pragma once

#include <grpcpp/completion_queue.h>

#include <cstddef>
#include <deque>
#include <memory>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/synchronization/mutex.h"
#include "rpc/pool.h"

namespace stadtmesh::rpc {

// Thread-safe.
//
// A call that one of gRPC's threads hands to a pool pays for the hand-over twice: for waking the
// pool's thread, and for an answer that comes from a foreign thread. Here the thread that gRPC
// gives the call to also runs it. So that there is always one left to receive (and to say that the
// queue is full), there is one thread more than tasks may run at once.
class Receiver {
 public:
  // What gRPC hands back when something it was asked for has happened (its `tag`).
  class Step {
   public:
    virtual ~Step() = default;
    virtual void Happened(bool ok) = 0;
  };

  // `queue` belongs to a server that has started.
  Receiver(int threads, int waiting, std::unique_ptr<grpc::ServerCompletionQueue> queue);
  ~Receiver() { Stop(); }
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  // Called by a step: runs `task` on this thread, and then what waits; or lets it wait when
  // `threads` tasks run. False when too many wait (the task is untouched). The task must live until
  // its Run has returned.
  bool Run(WorkerPool::Task* task);

  // After the server's shutdown: returns when every call that was begun has ended.
  void Stop();

  // Calls `ask`, which begins a call: it asks gRPC for the next one on the queue. Not once the
  // receiver stops. Ended() when the call is over and asks the queue for nothing any more.
  void Begin(absl::FunctionRef<void(grpc::ServerCompletionQueue*)> ask);
  void Ended();

 private:
  void Loop();
  WorkerPool::Task* NextOrRest();

  const int most_;
  const size_t most_waiting_;
  const std::unique_ptr<grpc::ServerCompletionQueue> queue_;
  absl::Mutex mutex_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  int begun_ ABSL_GUARDED_BY(mutex_) = 0;    // and not ended
  int running_ ABSL_GUARDED_BY(mutex_) = 0;  // tasks
  std::deque<WorkerPool::Task*> waiting_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_;
};

}  // namespace stadtmesh::rpc
