#include "events/tail_start.h"

#include "absl/strings/str_cat.h"

namespace stadtmesh::events {

absl::StatusOr<std::vector<int64_t>> TailStart(const TailFrom& from,
                                               const std::vector<HeldOffsets>& held) {
  std::vector<int64_t> next;
  for (const HeldOffsets& partition : held) {
    next.push_back(from.kind == TailFrom::Kind::kNow ? partition.end : partition.first);
  }
  if (from.kind != TailFrom::Kind::kAfter) return next;
  for (const Position& position : from.after) {
    if (position.partition < 0 || position.partition >= static_cast<int32_t>(held.size())) {
      return absl::OutOfRangeError(absl::StrCat("there is no partition ", position.partition));
    }
    const HeldOffsets& partition = held[position.partition];
    if (position.offset < partition.first - 1 || position.offset >= partition.end) {
      return absl::OutOfRangeError(absl::StrCat("position ", position.partition, ":",
                                                position.offset, " is not held any more"));
    }
    next[position.partition] = position.offset + 1;
  }
  return next;
}

}  // namespace stadtmesh::events
