// Where the breaks of a route go. A break has no place of its own: it is taken where the vehicle
// stands, so moving it changes times, and what is driven stays. Routes are therefore kept without
// their free breaks, which is a relaxation, and every candidate that survives is proved by finding
// an arrangement.
#pragma once

#include <vector>

#include "absl/types/span.h"
#include "dispatch/internal/compiled.h"
#include "dispatch/internal/label.h"

namespace stadtmesh::dispatch::internal {

class RouteClock;

// Breaks of `v` that are neither driven nor among its first `locked` stops.
bool HasFreeBreaks(const Compiled& problem, int v);

struct Arrangement {
  bool found = false;
  double cost = 0;             // schedule price, where the price needs the clock
  std::vector<int32_t> after;  // by free break: the position in the sequence that it follows
  int first = 0;               // index of the first free break
};

// Arranges the free breaks in `sequence` (start node, stops without them, end node): the cheapest
// arrangement where `clock` is given (the price needs it), else the first feasible one.
Arrangement Arrange(const Compiled& problem, int v, absl::Span<const Node* const> sequence,
                    RouteClock* clock);

}  // namespace stadtmesh::dispatch::internal
