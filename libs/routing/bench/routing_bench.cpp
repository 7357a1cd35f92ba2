// Travel time matrices on a road network of 20,000 junctions, against plain Dijkstra searches in
// the same run.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

#include "routing/dijkstra.h"
#include "routing/hierarchy.h"
#include "routing/road_graph_builder.h"
#include "routing/travel_times.h"

namespace stadtmesh::routing {
namespace {

constexpr int kSide = 144;  // 144 x 144 = 20,736 junctions
constexpr size_t kStops = 500;

double Since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// A bent grid of 150 m blocks with a third of its roads missing, faster roads every tenth line,
// some one-way streets and forbidden turns.
std::shared_ptr<const RoadGraph> MakeRoads() {
  std::mt19937 random(1);
  const auto chance = [&](int percent) { return static_cast<int>(random() % 100) < percent; };
  const auto jitter = [&] { return static_cast<double>(random() % 1000) / 1000 - 0.5; };
  RoadGraphBuilder builder;
  for (int i = 0; i < kSide * kSide; ++i) {
    builder.AddNode(
        {52 + (i / kSide + 0.5 * jitter()) * 0.00135, 7 + (i % kSide + 0.5 * jitter()) * 0.0022});
  }
  const auto add = [&](NodeIndex a, NodeIndex b, bool fast) {
    if (!fast && chance(33)) return;
    const auto time =
        static_cast<Milliseconds>((fast ? 8'000 : 18'000) * (0.8 + 0.4 * (jitter() + 0.5)));
    const uint32_t segment =
        builder.AddSegment({.first = a,
                            .last = b,
                            .forward = time,
                            .backward = !fast && chance(10) ? 0 : time,
                            .road_class = fast ? RoadClass::kSecondary : RoadClass::kResidential});
    if (segment > 0 && chance(3)) builder.Forbid({segment - 1, true}, {segment, true});
  };
  for (NodeIndex i = 0; i < kSide * kSide; ++i) {
    const int column = static_cast<int>(i) % kSide, row = static_cast<int>(i) / kSide;
    if (column + 1 < kSide) add(i, i + 1, row % 10 == 0);
    if (row + 1 < kSide) add(i, i + kSide, column % 10 == 0);
  }
  return *builder.Build();
}

SpeedProfile MakeProfile() {
  SpeedProfile profile = SpeedProfile::WorkingDay();
  for (int hour = 0; hour < kHoursPerDay; ++hour) {  // no two hours alike
    profile.percent[hour][static_cast<int>(RoadClass::kResidential)] =
        static_cast<uint8_t>(80 + hour);
  }
  return profile;
}

void Run() {
  const auto graph = MakeRoads();
  std::printf("roads: %zu junctions, %zu edges, %zu turns\n", graph->node_count(),
              graph->edge_count(), graph->data().turns.size());
  auto start = std::chrono::steady_clock::now();
  const HierarchyTopology topology(*graph);
  std::printf("topology: %.2f s, %zu arcs, %zu links\n", Since(start), topology.size(),
              topology.link_head.size());
  start = std::chrono::steady_clock::now();
  const auto flat = *TravelTimes::Create(graph);
  std::printf("ready with one hour: %.2f s\n", Since(start));
  start = std::chrono::steady_clock::now();
  const auto times = *TravelTimes::Create(graph, MakeProfile());
  std::printf("ready with 24 different hours: %.2f s\n", Since(start));

  std::mt19937 random(2);
  std::vector<Snap> stops;
  for (size_t i = 0; i < kStops; ++i) {
    stops.push_back({.edge = static_cast<EdgeIndex>(random() % graph->edge_count()),
                     .offset = static_cast<uint16_t>(random() % 65536)});
  }
  const std::vector<Milliseconds> arc_times = ArcTimes(*graph, SpeedProfile::FreeFlow().percent[0]);
  start = std::chrono::steady_clock::now();
  constexpr size_t kSample = 20;
  Matrix sample(kSample, kStops);
  for (size_t i = 0; i < kSample; ++i) {
    const ShortestPaths paths =
        FindShortestPaths(*graph, arc_times, StartSeeds(*graph, arc_times, stops[i]));
    for (size_t j = 0; j < kStops; ++j)
      sample.At(i, j) = ToSeconds(TimeAlong(*graph, arc_times, paths, stops[i], stops[j]));
  }
  const double dijkstra = Since(start) / kSample * kStops;
  start = std::chrono::steady_clock::now();
  const Matrix matrix = flat->ManyToMany(stops, stops, 0);
  const double one = Since(start);
  for (size_t i = 0; i < kSample; ++i) {
    for (size_t j = 0; j < kStops; ++j) {
      if (sample.At(i, j) != matrix.At(i, j)) std::abort();  // a fast wrong answer is no benchmark
    }
  }
  start = std::chrono::steady_clock::now();
  const std::vector<Matrix> all = times->ManyToManyByHour(stops, stops);
  const double day = Since(start);
  std::printf("500 x 500, one hour: %.3f s (bar 1 s); by Dijkstra %.2f s; ratio %.1f\n", one,
              dijkstra, dijkstra / one);
  std::printf("500 x 500, 24 hours: %.3f s (bar 5 s)\n", day);

  start = std::chrono::steady_clock::now();
  constexpr size_t kSingles = 2000;
  int64_t sum = 0;
  for (size_t i = 0; i < kSingles; ++i)
    sum += times->Seconds(stops[i % kStops], stops[(i * 7 + 1 + i / kStops) % kStops], 8);
  std::printf("single question: %.1f us", Since(start) / kSingles * 1e6);
  start = std::chrono::steady_clock::now();
  for (size_t i = 0; i < kSingles; ++i)
    sum -= times->Seconds(stops[i % kStops], stops[(i * 7 + 1 + i / kStops) % kStops], 8);
  std::printf(", from the cache %.2f us%s\n", Since(start) / kSingles * 1e6,
              sum == 0 ? "" : " (differs!)");
  start = std::chrono::steady_clock::now();
  for (size_t i = 0; i < 20; ++i) (void)times->OneToMany(stops[i], stops, 8);
  std::printf("one to 500: %.2f ms\n", Since(start) / 20 * 1e3);
}

}  // namespace
}  // namespace stadtmesh::routing

int main() { stadtmesh::routing::Run(); }
