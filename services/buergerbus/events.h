// The domain's facts as they are published (stadtmesh/buergerbus/v1/events.proto).
#pragma once

#include <string>

#include "absl/time/time.h"
#include "buergerbus/domain/events.h"
#include "store/transaction.h"

namespace stadtmesh::buergerbus {

// The outbox entry of a fact. Ids and facts only, never personal data.
store::EmitOp ToEmit(const Event& event, std::string event_id, absl::Time time,
                     const std::string& traceparent);

}  // namespace stadtmesh::buergerbus
