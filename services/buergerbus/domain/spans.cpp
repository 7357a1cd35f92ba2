#include "buergerbus/domain/spans.h"

#include <algorithm>

namespace stadtmesh::buergerbus {

std::vector<TimeWindow> Joined(std::vector<TimeWindow> spans) {
  std::sort(spans.begin(), spans.end(),
            [](const TimeWindow& a, const TimeWindow& b) { return a.begin < b.begin; });
  std::vector<TimeWindow> joined;
  for (const TimeWindow& span : spans) {
    if (!joined.empty() && span.begin <= joined.back().end) {
      joined.back().end = std::max(joined.back().end, span.end);
    } else {
      joined.push_back(span);
    }
  }
  return joined;
}

std::vector<TimeWindow> EndedAt(std::vector<TimeWindow> spans, absl::Time from) {
  const auto first = std::find_if(spans.begin(), spans.end(),
                                  [&](const TimeWindow& span) { return from < span.end; });
  if (first == spans.end()) return spans;
  if (first->begin < from) {
    first->end = from;
  } else {
    spans.erase(first);
  }
  return spans;
}

std::optional<TimeWindow> RunningOrNext(const std::vector<TimeWindow>& spans, absl::Time time) {
  const auto first = std::find_if(spans.begin(), spans.end(),
                                  [&](const TimeWindow& span) { return time < span.end; });
  if (first == spans.end()) return std::nullopt;
  return *first;
}

}  // namespace stadtmesh::buergerbus
