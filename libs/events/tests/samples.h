// Events for tests.
#pragma once

#include <string>

#include "absl/strings/str_cat.h"
#include "events/bus.h"

namespace stadtmesh::events {

inline Event SampleEvent(const std::string& aggregate, uint64_t n,
                         const std::string& topic = "sample") {
  Event event;
  event.id = absl::StrCat(aggregate, "-", n);
  event.type = "stadtmesh.sample.thing.happened.v1";
  event.service = topic;
  event.tenant = "musterstadt";
  event.aggregate = aggregate;
  event.epoch = 1;
  event.n = n;
  event.time = absl::FromUnixMillis(1'700'000'000'000 + static_cast<int64_t>(n));
  event.payload = absl::StrCat("payload ", n);
  return event;
}

}  // namespace stadtmesh::events
