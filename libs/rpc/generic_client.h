// Asynchronous calls in bytes, for the gateway: it knows methods by name and messages by descriptor
// only. Never blocks.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "rpc/channel.h"
#include "rpc/metadata.h"

namespace stadtmesh::rpc {

// A running call. Dropping the handle neither cancels nor waits. Thread-safe.
class CallHandle {
 public:
  virtual ~CallHandle() = default;
  virtual void
  Cancel() = 0;  // `done` is still called, with CANCELLED unless it was finished before
};

class StreamHandle : public CallHandle {
 public:
  // Asks for the next message. Exactly one may be outstanding: back-pressure is not asking.
  virtual void Read() = 0;
};

// Thread-safe. Callbacks run on a thread of gRPC or of the called service's pool, or, in process,
// on the calling thread before the call returns; they must not block, and may call back into the
// client. The caller holds no lock that they take.
class GenericClient {
 public:
  explicit GenericClient(Channel channel);
  ~GenericClient();

  // `method`: "/stadtmesh.buergerbus.v1.BuergerbusService/BookRide"; `request`: the serialised
  // message. `done` is called exactly once, with the serialised response or the error including
  // base::ErrorInfo.
  std::shared_ptr<CallHandle> Call(absl::string_view method, std::string request, Metadata metadata,
                                   absl::Time deadline,
                                   std::function<void(absl::StatusOr<std::string>)> done) const;

  // Server stream. `on_message` is called once per Read() that found a message; `done` exactly
  // once, after the last message. Read() is called once by this function.
  std::shared_ptr<StreamHandle> Stream(absl::string_view method, std::string request,
                                       const Metadata& metadata, absl::Time deadline,
                                       std::function<void(std::string)> on_message,
                                       std::function<void(absl::Status)> done) const;

 private:
  Channel channel_;
};

}  // namespace stadtmesh::rpc
