// Public benchmark data: published optimal routes pass the judge at their published cost, and the
// search finds such costs itself.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "dispatch/improve.h"
#include "dispatch/io/instance.h"
#include "dispatch/io/json_plan.h"

namespace stadtmesh::dispatch::io {
namespace {

std::string ReadData(const std::string& name) {
  const char* folder = std::getenv("STADTMESH_DATA");
  std::ifstream file(std::string(folder != nullptr ? folder : "../shared/data") + "/" + name);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

class PublishedRoutes : public ::testing::TestWithParam<const char*> {};

TEST_P(PublishedRoutes, PassTheJudgeAtTheirCost) {
  const std::string name = GetParam();
  const auto instance = ReadDarp(ReadData("darp/instances/" + name + ".txt"));
  ASSERT_TRUE(instance.ok()) << instance.status();
  const std::string text = ReadData("darp/optimal_routes/" + name + "_soln.json");
  const auto plan = ReadSolution(*instance, text);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_TRUE(Check(instance->problem, *plan).feasible);
  simdjson::dom::parser parser;
  const double published = parser.parse(text.data(), text.size())["obj"].get_double();
  EXPECT_NEAR(ExactLength(*instance, *plan), published, 0.005);
}

INSTANTIATE_TEST_SUITE_P(Cordeau, PublishedRoutes,
                         ::testing::Values("a2-16", "a2-20", "a2-24", "a3-24", "a3-30", "a3-36",
                                           "a4-32", "a4-40", "a4-48", "b2-16", "b2-20", "b2-24",
                                           "R1a"));

TEST(Search, FindsKnownOptima) {
  const std::pair<const char*, double> known[] = {
      {"a2-16", 294.25}, {"b2-16", 309.41}, {"R1a", 190.02}};
  for (const auto& [name, cost] : known) {
    const auto instance = ReadDarp(ReadData(std::string("darp/instances/") + name + ".txt"));
    ASSERT_TRUE(instance.ok());
    Budget budget;
    budget.iterations = 10'000;
    const SolveResult result = Solve(instance->problem, budget);
    EXPECT_TRUE(result.feasible);
    EXPECT_LE(ExactLength(*instance, result.plan), cost + 0.005) << name;
  }
}

}  // namespace
}  // namespace stadtmesh::dispatch::io
