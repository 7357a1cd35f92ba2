#include "gateway/live/positions.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/ids.h"

namespace stadtmesh::gateway {

std::string FormatPositions(const Positions& positions) {
  std::string out;
  for (const auto& [topic, partitions] : positions) {
    absl::StrAppend(&out, out.empty() ? "" : ";", topic, ":");
    const char* separator = "";
    for (const auto& [partition, offset] : partitions) {
      absl::StrAppend(&out, separator, partition, "=", offset);
      separator = ",";
    }
  }
  return out;
}

std::optional<Positions> ParsePositions(absl::string_view text) {
  if (text.size() > 4096) return std::nullopt;
  Positions positions;
  int count = 0;
  for (absl::string_view entry : absl::StrSplit(text, ';', absl::SkipEmpty())) {
    const std::pair<std::string, absl::string_view> topic =
        absl::StrSplit(entry, absl::MaxSplits(':', 1));
    if (!IsId(topic.first) || entry.size() == topic.first.size()) return std::nullopt;
    auto& partitions = positions[topic.first];
    for (absl::string_view pair : absl::StrSplit(topic.second, ',', absl::SkipEmpty())) {
      const std::pair<absl::string_view, absl::string_view> parts =
          absl::StrSplit(pair, absl::MaxSplits('=', 1));
      int32_t partition = 0;
      int64_t offset = 0;
      if (++count > 1000 || !absl::SimpleAtoi(parts.first, &partition) ||
          !absl::SimpleAtoi(parts.second, &offset))
        return std::nullopt;
      partitions[partition] = offset;
    }
  }
  return positions;
}

}  // namespace stadtmesh::gateway
