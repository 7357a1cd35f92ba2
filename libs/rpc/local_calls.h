// Inside libs/rpc only: unary calls between services of one process, past gRPC but through the same
// chassis.
//
// A call through gRPC's in-process channel crosses four threads and costs several times the
// chassis' own work; here the caller's thread puts it into the service's pool, whose thread calls
// back.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "rpc/generic_client.h"
#include "rpc/incoming.h"
#include "rpc/metadata.h"

namespace stadtmesh::rpc {

// The unary methods of one server. Thread-safe; may outlive the server, and then refuses every
// call.
class LocalCalls : public std::enable_shared_from_this<LocalCalls> {
 public:
  using Done = std::function<void(absl::StatusOr<std::string>)>;

  // Before the first call. `method` lives until Stop has returned.
  void Add(MethodState* method);

  // Whether there is such a unary method here (health, for one, is answered by gRPC's server).
  bool Has(absl::string_view path) const { return methods_.contains(path); }

  // `done` is called exactly once, with what a call
  // through gRPC would have given: the same errors, stripped of what is inside. The answer comes
  // when the handler returns; it ends at its deadline by the chassis' contract.
  std::shared_ptr<CallHandle> Call(absl::string_view path, std::string request, Metadata metadata,
                                   absl::Time deadline, Done done);

  // Refuses new calls. Those that still wait at `deadline` are cancelled. Returns when none runs.
  void Stop(absl::Time deadline);

 private:
  friend class LocalCall;
  bool Enter();
  void Leave();

  absl::flat_hash_map<std::string, MethodState*> methods_;
  std::atomic<bool> cancelled_{false};
  absl::Mutex mutex_;
  int running_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace stadtmesh::rpc
