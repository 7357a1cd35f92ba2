// From an event to the identity of the transaction that holds its effect.
#pragma once

#include <string>

#include "absl/strings/str_cat.h"
#include "events/bus.h"
#include "store/transaction.h"

namespace stadtmesh::events {

// Commit the effect with this: an event that comes again changes nothing. Every event of the
// aggregate must be committed, also those that change nothing (EventRouter does that for types it
// does not know), because the watermark moves one by one.
inline store::OnceIdentity OnceOf(absl::string_view consumer, const Event& event) {
  return {std::string(consumer), absl::StrCat(event.service, "/", event.aggregate), event.epoch,
          event.n};
}

}  // namespace stadtmesh::events
