// Where a stream is in all topics at once, and its text as Last-Event-ID. Values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace stadtmesh::gateway {

// topic -> partition -> offset of the last event seen there.
using Positions = std::map<std::string, std::map<int32_t, int64_t>>;

// "buergerbus:0=12,1=7;volunteer:0=-1"
std::string FormatPositions(const Positions& positions);

// Nothing for anything else; at most 4 KiB and 1,000 partitions.
std::optional<Positions> ParsePositions(absl::string_view text);

}  // namespace stadtmesh::gateway
