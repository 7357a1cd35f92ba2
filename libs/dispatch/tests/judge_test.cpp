// Check against the definition of feasibility, on plans that are wrong in all kinds of ways.
#include "dispatch/tests/judge.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <random>

#include "dispatch/check.h"
#include "dispatch/tests/spoil.h"

namespace stadtmesh::dispatch {
namespace {

RC_GTEST_PROP(Check, AgreesWithTheDefinition, ()) {
  std::mt19937_64 random(*rc::gen::arbitrary<uint64_t>());
  for (int k = 0; k < 20; ++k) {
    const Case made = SpoiltCase([&](uint32_t n) { return static_cast<uint32_t>(random() % n); });
    RC_ASSERT(Validate(made.town.problem).ok());
    const CheckReport report = Check(made.town.problem, made.plan);
    RC_CLASSIFY(report.feasible, "feasible");
    RC_ASSERT(report.feasible == report.violations.empty());
    RC_ASSERT(report.feasible == IsFeasible(made.town.problem, made.plan));
    RC_ASSERT(std::isfinite(report.cost.total));
    for (const Violation& violation : report.violations) RC_ASSERT(!Describe(violation).empty());
  }
}

}  // namespace
}  // namespace stadtmesh::dispatch
