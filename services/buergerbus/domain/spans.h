// Spans of time in which a vehicle is out of service, or a stop closed: sorted and disjoint.
#pragma once

#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "buergerbus/domain/service_hours.h"

namespace stadtmesh::buergerbus {

// Overlapping and touching spans become one.
std::vector<TimeWindow> Joined(std::vector<TimeWindow> spans);

// What is left when the span that holds `from` ends there. Where none does, it is the next one that
// does not begin at all; those behind it stay.
std::vector<TimeWindow> EndedAt(std::vector<TimeWindow> spans, absl::Time from);

// The span that holds `time`, else the next one; nothing when all are over.
std::optional<TimeWindow> RunningOrNext(const std::vector<TimeWindow>& spans, absl::Time time);

}  // namespace stadtmesh::buergerbus
