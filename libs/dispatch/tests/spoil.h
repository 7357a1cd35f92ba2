// Plans that are wrong in all kinds of ways, from numbers: for the property tests and the fuzzer of
// `Check`.
#pragma once

#include <cstdint>
#include <functional>

#include "dispatch/tests/town.h"

namespace stadtmesh::dispatch {

// `next(n)`: a number from 0 to n - 1.
using Choice = std::function<uint32_t(uint32_t)>;

// A small town with everything the model knows, half of its vehicles under way, and a plan for it:
// built by insertion, then changed a few times at random, from harmless to not a plan at all.
struct Case {
  Town town;
  Plan plan;
};
Case SpoiltCase(const Choice& next);

}  // namespace stadtmesh::dispatch
