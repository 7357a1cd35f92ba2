// A raw answer in pieces: a server stream of RawResponse, copied to the client at the client's own
// pace.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "gateway/api/api.h"
#include "gateway/http/server.h"
#include "rpc/generic_client.h"

namespace stadtmesh::gateway {

inline constexpr absl::Duration kLongestRawStream = absl::Minutes(10);

// The first message carries status and headers; each may carry a piece of the body, of at most 64
// KiB. The next message is asked for when the one before has gone to the client's socket, so a slow
// client slows the service and nothing piles up here. A client that leaves cancels the call; a call
// that fails midway breaks the connection off, so that nobody takes half an answer for a whole one.
class RawStream : public std::enable_shared_from_this<RawStream> {
 public:
  // `finish` makes the head, or the problem of a call that failed before it, into what is sent.
  // `ended` runs once, last of all.
  RawStream(const Route& route, std::shared_ptr<Exchange> exchange,
            std::function<Response(absl::StatusOr<Response>)> finish, std::function<void()> ended);

  void Start(const rpc::GenericClient& client, std::string request, const rpc::Metadata& metadata);

 private:
  void OnMessage(absl::string_view wire);
  void OnDone(const absl::Status& status);
  void AskForNext();
  void Cancel();

  const Route& route_;
  const std::shared_ptr<Exchange> exchange_;
  const std::function<Response(absl::StatusOr<Response>)> finish_;
  const std::function<void()> ended_;
  bool started_ = false;  // of gRPC's callbacks, which come one after the other
  bool broken_ = false;   // likewise
  absl::Mutex mutex_;
  std::shared_ptr<rpc::StreamHandle> handle_ ABSL_GUARDED_BY(mutex_);
  bool done_ ABSL_GUARDED_BY(mutex_) = false;
  // What was wanted before the handle was there.
  bool wants_next_ ABSL_GUARDED_BY(mutex_) = false;
  bool wants_cancel_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace stadtmesh::gateway
