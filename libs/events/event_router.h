// Gives each event to the function for its type. Configure first, then hand AsHandler() to
// Bus::Subscribe; const afterwards.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "events/bus.h"
#include "events/counters.h"
#include "events/event_types.h"
#include "store/store.h"

namespace stadtmesh::events {

class EventRouter {
 public:
  // `skip` sees the events of unknown types, so that a watermark can move over them (SkipOnce);
  // null does nothing with them. `counters` may be null.
  explicit EventRouter(Handler skip = nullptr, ConsumerCounters* counters = nullptr)
      : skip_(std::move(skip)), counters_(counters) {}

  // Calls handle(const Event&, const Message&) -> absl::Status for Message's type. A payload that
  // is no Message is INVALID_ARGUMENT, which is permanent.
  template <typename Message, typename Handle>
  EventRouter& On(Handle handle) {
    routes_[EventType(*Message::descriptor())] = [handle](const Event& event) -> absl::Status {
      Message message;
      if (!message.ParseFromString(event.payload)) {
        return absl::InvalidArgumentError(
            absl::StrCat("the payload is no ", Message::descriptor()->full_name()));
      }
      return handle(event, message);
    };
    return *this;
  }

  absl::Status Handle(const Event& event) const;
  Handler AsHandler() const {
    return [router = *this](const Event& event) { return router.Handle(event); };
  }

 private:
  Handler skip_;
  ConsumerCounters* counters_;
  std::map<std::string, Handler> routes_;
};

// Moves the consumer's watermark over an event that it ignores. `store` is the consumer's,
// `service` its own name.
Handler SkipOnce(store::Store* store, std::string service, std::string consumer,
                 absl::Duration timeout = absl::Seconds(1));

}  // namespace stadtmesh::events
