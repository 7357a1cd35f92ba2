#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "dispatch/improve.h"
#include "dispatch/io/instance.h"
#include "dispatch/io/json_plan.h"

namespace stadtmesh::dispatch::io {
namespace {

using ::testing::HasSubstr;

std::string ErrorOf(absl::string_view format, absl::string_view text) {
  return std::string(Read(format, text).status().message());
}

constexpr const char* kDarp =
    "1 4 480 3 30\n"
    "0 0 0 0 0 0 1440\n"
    "1 1 0 3 1 0 1440\n"
    "2 2 0 3 1 10 20\n"
    "3 3 0 3 -1 0 1440\n"
    "4 4 0 3 -1 0 1440\n";

TEST(ReadDarp, TakesEveryField) {
  const auto instance = ReadDarp(kDarp);
  ASSERT_TRUE(instance.ok()) << instance.status();
  const Problem& problem = instance->problem;
  ASSERT_EQ(problem.requests.size(), 2u);
  EXPECT_EQ(problem.requests[1].pickup->place, 2);
  EXPECT_EQ(problem.requests[1].dropoff->place, 4);
  EXPECT_EQ(problem.requests[1].pickup->window, (TimeWindow{10 * kSecond, 20 * kSecond}));
  EXPECT_EQ(problem.requests[1].max_ride, 30 * kSecond);
  EXPECT_EQ(problem.vehicles[0].max_duration, 480 * kSecond);
  EXPECT_EQ(problem.vehicles[0].configurations[0][0], 3);
  EXPECT_EQ(problem.travel->Between(0, 4, 0), 4 * kSecond);
}

TEST(ReadDarp, TakesASecondDepotLine) {
  EXPECT_TRUE(ReadDarp(std::string(kDarp) + "5 0 0 0 0 0 1440\n").ok());
}

TEST(ReadDarp, SaysWhereItIsWrong) {
  EXPECT_THAT(ErrorOf("darp", ""), HasSubstr("empty"));
  EXPECT_THAT(ErrorOf("darp", "1 4 480 3\n"), HasSubstr("line 1"));
  EXPECT_THAT(ErrorOf("darp", "1 4 480 3 30\n0 0 0 0 0 0 1440\n"), HasSubstr("announces 4 nodes"));
  EXPECT_THAT(ErrorOf("darp", "1 2 480 3 30\n0 0 0 0 0 0 9\n1 0 x 0 0 0 9\n2 0 0 0 0 0 9\n"),
              HasSubstr("line 3, number 3: 'x'"));
  EXPECT_THAT(ErrorOf("darp", "1 2 480 3 30\n0 0 0 0 0 0 9\n1 0 0 0 0 9 0\n2 0 0 0 0 0 9\n"),
              HasSubstr("line 3: the window"));
  EXPECT_THAT(ErrorOf("darp", "nan 2 480 3 30\n"), HasSubstr("line 1"));
}

TEST(ReadDarp, TakesACountOfRequests) {
  std::string text = kDarp;
  text.replace(0, 3, "1 2");
  EXPECT_TRUE(ReadDarp(text).ok());
  EXPECT_TRUE(ReadDarp(text + "5 0 0 0 0 0 1440\n").ok());
}

// The lines of kDarp with one of them replaced.
std::string DarpWith(absl::string_view line, absl::string_view by) {
  std::string text = kDarp;
  const size_t at = text.find(std::string(line) + "\n");
  EXPECT_NE(at, std::string::npos);
  return text.replace(at, line.size(), std::string(by));
}

TEST(ReadDarp, RefusesRowsThatDoNotFitTheHeaderOrEachOther) {
  EXPECT_THAT(ErrorOf("darp", DarpWith("2 2 0 3 1 10 20", "3 2 0 3 1 10 20")),
              HasSubstr("line 4: id 2 expected"));
  EXPECT_THAT(ErrorOf("darp", DarpWith("0 0 0 0 0 0 1440", "1 0 0 0 0 0 1440")),
              HasSubstr("line 2: id 0 expected"));
  EXPECT_THAT(ErrorOf("darp", DarpWith("4 4 0 3 -1 0 1440", "4 4 0 3 -2 0 1440")),
              HasSubstr("line 6: the load must be -1"));
  EXPECT_THAT(ErrorOf("darp", DarpWith("4 4 0 3 -1 0 1440", "4 4 0 3 1 0 1440")),
              HasSubstr("line 6: the load must be -1"));
  EXPECT_THAT(ErrorOf("darp", DarpWith("1 4 480 3 30", "1 6 480 3 30")),
              HasSubstr("announces 6 nodes (or requests), but 4 follow"));
  EXPECT_THAT(ErrorOf("darp", std::string(kDarp) + "5 1 0 0 0 0 1440\n"),
              HasSubstr("announces 4 nodes (or requests), but 5 follow"));
  EXPECT_THAT(ErrorOf("darp", std::string(kDarp) + "5 0 0 0 0 0 9\n6 0 0 0 0 0 9\n"),
              HasSubstr("announces 4 nodes (or requests), but 6 follow"));
}

TEST(Read, TakesWhatEditorsWrite) {
  std::string lines = kDarp;
  for (size_t at = 0; (at = lines.find('\n', at)) != std::string::npos; at += 2)
    lines.replace(at, 1, "\r\n");
  EXPECT_TRUE(Read("darp", lines).ok());
  EXPECT_TRUE(Read("darp", "\xef\xbb\xbf" + lines).ok());
  EXPECT_TRUE(Read("json", "\xef\xbb\xbf{\"travel\": {\"points\": [[0, 0]]}}").ok());
}

TEST(ReadPdptw, SaysWhereItIsWrong) {
  EXPECT_THAT(ErrorOf("pdptw", "25 200 1\n0 0 0 0 0 9 0 0 0\n1 0 0 5 0 9 0 0 7\n"),
              HasSubstr("line 3: delivery: unknown task"));
  EXPECT_THAT(
      ErrorOf("pdptw", "25 200 1\n0 0 0 0 0 9 0 0 0\n1 0 0 5 0 9 0 0 2\n2 0 0 -5 0 9 0 2 0\n"),
      HasSubstr("line 3: its delivery, task 2, names another one"));
  EXPECT_THAT(
      ErrorOf("pdptw", "25 200 1\n0 0 0 0 0 9 0 0 0\n1 0 0 5 0 9 0 0 2\n2 0 0 -4 0 9 0 1 0\n"),
      HasSubstr("line 4: the demand must be -5"));
  EXPECT_THAT(ErrorOf("pdptw", "0 200 1\n"), HasSubstr("number of vehicles"));
  EXPECT_THAT(ErrorOf("pdptw", "1.5 200 1\n"), HasSubstr("number of vehicles"));
  // A request must not get lost because only one of its two tasks knows of it.
  EXPECT_THAT(
      ErrorOf("pdptw", "25 200 1\n0 0 0 0 0 9 0 0 0\n1 0 0 5 0 9 0 0 0\n2 0 0 -5 0 9 0 1 0\n"),
      HasSubstr("line 3: a task has either"));
  EXPECT_THAT(ErrorOf("pdptw",
                      "25 200 1\n0 0 0 0 0 9 0 0 0\n1 0 0 5 0 9 0 0 2\n2 0 0 -5 0 9 0 1 0\n3 0 0 "
                      "-5 0 9 0 1 0\n"),
              HasSubstr("line 5: its pickup, task 1, names another one"));
}

constexpr const char* kJson = R"({
  "travel": {"points": [[0, 0], [1000, 0], [2000, 0]], "speed": 10},
  "weights": {"refused": 5000},
  "vehicles": [{"name": "bus \"1\"", "start": 0, "end": 0, "shift": [0, 36000], "configurations": [[8, 0], [6, 1]],
                "skills": ["ramp"], "breaks": [{"window": [0, 36000], "duration": 60}]}],
  "requests": [{"name": "a", "pickup": {"place": 1, "window": [100, 700]}, "dropoff": {"place": 2}, "load": [0, 1], "skills": ["ramp"]},
               {"name": "b", "dropoff": {"place": 1, "service": 5}, "load": [1]}]
})";

TEST(ReadJson, SolvesAndReadsItsOwnAnswer) {
  const auto instance = ReadJson(kJson);
  ASSERT_TRUE(instance.ok()) << instance.status();
  Budget budget;
  budget.iterations = 200;
  const SolveResult result = Solve(instance->problem, budget);
  EXPECT_TRUE(result.feasible);
  EXPECT_EQ(result.cost.refused, 0);
  const CheckReport report = Check(instance->problem, result.plan);
  const std::string answer = "{\"routes\": " + WritePlan(*instance, result.plan, report) + "}";
  const auto again = ReadSolution(*instance, answer);
  ASSERT_TRUE(again.ok()) << again.status() << answer;
  EXPECT_EQ(*again, result.plan);
}

TEST(ReadJson, SaysWhereItIsWrong) {
  EXPECT_THAT(ErrorOf("json", "{"), HasSubstr("not JSON"));
  EXPECT_THAT(ErrorOf("json", "[]"), HasSubstr("the file: expected an object"));
  EXPECT_THAT(ErrorOf("json", "{}"), HasSubstr("travel: missing"));
  EXPECT_THAT(ErrorOf("json", R"({"travel": {"points": [[0, 0]]}, "vehicles": [{"wheels": 4}]})"),
              HasSubstr("vehicles[0].wheels: unknown field"));
  EXPECT_THAT(ErrorOf("json", R"({"travel": {"seconds": [[0, 1], [1]]}})"), HasSubstr("square"));
  EXPECT_THAT(
      ErrorOf("json",
              R"({"travel": {"points": [[0, 0]]}, "requests": [{"pickup": {"place": 4}}]})"),
      HasSubstr("request 0: pickup: unknown place"));
  EXPECT_THAT(ErrorOf("json", R"({"travel": {"points": [[0, 0]]}, "requests": [{"load": [1.5]}]})"),
              HasSubstr("requests[0].load"));
  EXPECT_THAT(
      ErrorOf(
          "json",
          R"({"travel": {"points": [[0, 0]]}, "requests": [{"name": "a", "pickup": {"place": 0}}, {"name": "a", "pickup": {"place": 0}}]})"),
      HasSubstr("requests[1]: the name 'a' is taken"));
  EXPECT_THAT(
      ErrorOf(
          "json",
          R"({"travel": {"points": [[0, 0]]}, "vehicles": [{"name": "1", "start": 0, "configurations": [[1]]}, {"start": 0, "configurations": [[1]]}]})"),
      HasSubstr("vehicles[1]: the name '1' is taken"));
  EXPECT_THAT(ErrorOf("xml", ""), HasSubstr("unknown format"));
}

TEST(ReadJson, RefusesTravelTimesBeyondEveryClock) {
  const auto error = [](absl::string_view travel) {
    return ErrorOf("json", absl::StrCat("{\"travel\": ", travel, "}"));
  };
  EXPECT_THAT(error(R"({"points": [[0, 0], [1e308, 0]]})"), HasSubstr("travel.points[1]: at this"));
  EXPECT_THAT(error(R"({"points": [[0, 0], [0, -1e12]]})"), HasSubstr("travel.points[1]: at this"));
  EXPECT_THAT(error(R"({"points": [[0, 0], [1, 1]], "speed": 1e-300})"),
              HasSubstr("travel.points[1]: at this"));
  EXPECT_THAT(error(R"({"points": [[1e308, 0]], "speed": 1e-300})"),
              HasSubstr("travel.points[0]: at this"));
  EXPECT_THAT(error(R"({"points": [[0, 0]], "speed": 0})"), HasSubstr("travel.speed: must be"));
  EXPECT_EQ(error(R"({"points": [[-2e8, -2e8], [2e8, 2e8]]})"), "");
}

TEST(ReadJson, RefusesMatricesWithRowsOfDifferentLengths) {
  EXPECT_THAT(ErrorOf("json", R"({"travel": {"seconds": [[0, 1, 2], [1]]}})"),
              HasSubstr("travel.seconds[0]: expected a square matrix, but this row has 3 entries"));
  EXPECT_THAT(ErrorOf("json", R"({"travel": {"seconds": []}})"), HasSubstr("square"));
}

TEST(ReadJson, RefusesWhatIsMissingOrThereTwice) {
  const auto error = [](absl::string_view rest) {
    return ErrorOf("json", absl::StrCat("{\"travel\": {\"points\": [[0, 0]]}, ", rest, "}"));
  };
  EXPECT_THAT(error(R"("vehicles": [{"configurations": [[1]]}])"),
              HasSubstr("vehicles[0]: has no start"));
  EXPECT_THAT(error(R"("vehicles": [{"start": 0, "configurations": [[1]], "progress": {}}])"),
              HasSubstr("vehicles[0].progress: has no place"));
  EXPECT_THAT(error(R"("requests": [{"pickup": {}}])"),
              HasSubstr("requests[0].pickup: has no place"));
  EXPECT_THAT(error(R"("requests": [{"pickup": {"place": 0, "place": 0}}])"),
              HasSubstr("requests[0].pickup.place: given twice"));
  EXPECT_THAT(error(R"("requests": [], "requests": [])"), HasSubstr("requests: given twice"));
}

TEST(ReadSolution, RefusesWhatIsThereTwice) {
  const auto instance = ReadJson(kJson);
  ASSERT_TRUE(instance.ok()) << instance.status();
  const auto error = [&](absl::string_view routes) {
    return std::string(
        ReadSolution(*instance, absl::StrCat("{\"routes\": ", routes, "}")).status().message());
  };
  EXPECT_THAT(
      error(R"([{"vehicle": "bus \"1\"", "stops": []}, {"vehicle": "bus \"1\"", "stops": []}])"),
      HasSubstr("routes[1]: a second route of vehicle 'bus \"1\"'"));
  EXPECT_THAT(error(R"([{"vehicle": "bus \"1\"", "stops": [{"pickup": "a", "break": 0}]}])"),
              HasSubstr("routes[0].stops[0]: expected one of"));
  EXPECT_THAT(error(R"([{"vehicle": "bus \"1\"", "stops": [{"pickup": "a", "pickup": "a"}]}])"),
              HasSubstr("routes[0].stops[0].pickup: given twice"));
  EXPECT_FALSE(ReadSolution(*instance, R"({"routes": [], "routes": []})").ok());
}

TEST(ReadSolution, RefusesUnknownNodes) {
  const auto instance = ReadDarp(kDarp);
  ASSERT_TRUE(instance.ok());
  EXPECT_FALSE(ReadSolution(*instance, R"({"routes": [[1, 9]]})").ok());
  EXPECT_FALSE(ReadSolution(*instance, R"({"routes": [[1], [2]]})").ok());
  EXPECT_FALSE(ReadSolution(*instance, R"({})").ok());
  EXPECT_TRUE(ReadSolution(*instance, R"({"routes": [[1, 3]]})").ok());
}

}  // namespace
}  // namespace stadtmesh::dispatch::io
