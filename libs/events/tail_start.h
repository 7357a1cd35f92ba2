// Where a tail begins, given what the log holds. Pure; shared by the adapters.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "events/bus.h"

namespace stadtmesh::events {

// The offsets [first, end) that a partition holds.
struct HeldOffsets {
  int64_t first = 0;
  int64_t end = 0;
};

// The next offset to read of each partition. OUT_OF_RANGE when a position of `from.after` is
// trimmed or beyond the end.
absl::StatusOr<std::vector<int64_t>> TailStart(const TailFrom& from,
                                               const std::vector<HeldOffsets>& held);

}  // namespace stadtmesh::events
