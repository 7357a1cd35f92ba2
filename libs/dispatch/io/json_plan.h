// Plans in and out: routes of node numbers for the benchmark formats, of named stops for the own
// one.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "dispatch/check.h"
#include "dispatch/io/instance.h"
#include "dispatch/io/json_value.h"

namespace stadtmesh::dispatch::io {

// Own format: [{"vehicle": name, "stops": [{"pickup": name}, {"dropoff": name}, {"break": 0}, ..]},
// ..]; other fields of a stop are ignored. Benchmark formats: [[node, ..], ..], without depot, at
// most one route per vehicle.
absl::StatusOr<Plan> ReadPlan(const Instance& instance, Json routes, absl::string_view path);

// Reads the "routes" of what `stadtmesh-dispatch solve` printed (or any object with such a field).
absl::StatusOr<Plan> ReadSolution(const Instance& instance, absl::string_view text);

// `text` as a JSON string.
std::string Quote(absl::string_view text);

// The value of "routes" for a plan: used vehicles only.
std::string WritePlan(const Instance& instance, const Plan& plan, const CheckReport& report);

}  // namespace stadtmesh::dispatch::io
