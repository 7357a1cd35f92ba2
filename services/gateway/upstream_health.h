// Which services answer: asks the gRPC health service of every upstream again and again.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "rpc/channel.h"
#include "rpc/generic_client.h"

namespace stadtmesh::gateway {

// Thread-safe. One call in flight per upstream, whatever becomes of it.
class UpstreamHealth {
 public:
  // `channels`: by package. Asks every `interval` and gives an answer as long;
  // has asked everybody once when it returns.
  UpstreamHealth(const std::map<std::string, rpc::Channel>& channels, absl::Duration interval);
  ~UpstreamHealth() { Stop(); }
  // Asks no more and waits for calls in flight: afterwards the channels may end. Idempotent, one
  // thread at a time.
  void Stop();

  // By package: whether the service said SERVING when it was last asked. A service says so as long
  // as it reaches what it needs (Redis, the bus) and does not drain.
  std::map<std::string, bool> Serving() const;

 private:
  struct Upstream {
    std::unique_ptr<rpc::GenericClient> client;  // set once
    bool serving = false;
    bool asked = false;  // a call is in flight
  };
  void Run();
  void AskAll();
  bool NobodyAsked() const ABSL_SHARED_LOCKS_REQUIRED(mutex_);

  const absl::Duration interval_;
  mutable absl::Mutex mutex_;
  std::map<std::string, Upstream> upstreams_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace stadtmesh::gateway
