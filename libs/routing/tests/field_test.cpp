// Real extracts of OpenStreetMap and the Munich road graph, kept outside the repository (see the
// README).
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "routing/dijkstra.h"
#include "routing/osm_import.h"
#include "routing/travel_times.h"

namespace stadtmesh::routing {
namespace {

using Clock = std::chrono::steady_clock;

std::string Data(const std::string& file) {
  const char* folder = std::getenv("STADTMESH_DATA");
  return std::string(folder == nullptr ? "../shared/data" : folder) + "/" + file;
}

double MillisecondsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

TownMap Import(const std::string& file) {
  const auto start = Clock::now();
  auto map = ImportOsm(Data(file));
  if (!map.ok()) {
    ADD_FAILURE() << map.status();
    std::abort();
  }
  std::printf(
      "%s: imported in %.0f ms; %zu nodes, %zu edges (%lld cut off), %zu addresses, %zu streets, "
      "%zu places, %zu stops, "
      "%lld restrictions\n",
      file.c_str(), MillisecondsSince(start), map->roads->node_count(), map->roads->edge_count(),
      static_cast<long long>(map->report.segments_disconnected), map->addresses.size(),
      map->streets.size(), map->places.size(), map->stops.size(),
      static_cast<long long>(map->report.restrictions_used));
  return *std::move(map);
}

// The fast answers are those of plain searches.
void ExpectExact(const std::shared_ptr<const RoadGraph>& graph, int questions) {
  const auto start = Clock::now();
  const auto times = *TravelTimes::Create(graph, SpeedProfile::WorkingDay());
  std::printf("  travel times ready in %.0f ms\n", MillisecondsSince(start));
  std::mt19937 random(5);
  const std::vector<Milliseconds> arc_times =
      ArcTimes(*graph, SpeedProfile::WorkingDay().percent[8]);
  std::vector<Snap> points;
  for (int i = 0; i < 60; ++i) {
    points.push_back({.edge = static_cast<EdgeIndex>(random() % graph->edge_count()),
                      .offset = static_cast<uint16_t>(random())});
  }
  for (int i = 0; i < questions; ++i) {
    const Snap& from = points[random() % points.size()];
    const ShortestPaths paths =
        FindShortestPaths(*graph, arc_times, StartSeeds(*graph, arc_times, from));
    const std::vector<int32_t> row = times->OneToMany(from, points, 8);
    for (size_t j = 0; j < points.size(); ++j) {
      ASSERT_EQ(row[j], ToSeconds(TimeAlong(*graph, arc_times, paths, from, points[j])));
      ASSERT_EQ(row[j], times->Seconds(from, points[j], 8));
    }
  }
}

TEST(Field, Lauf) {
  const TownMap map = Import("osm/lauf.osm.pbf");
  EXPECT_GE(map.addresses.size(), 5425u);
  EXPECT_GT(map.roads->edge_count(), 2000u);
  EXPECT_LT(map.report.segments_disconnected, map.report.road_segments / 20);
  EXPECT_GT(map.report.restrictions_used, 40);
  ExpectExact(map.roads, 20);
  int far = 0;
  for (const Address& address : map.addresses)
    far += !map.roads->SnapTo(address.location, 200).ok();
  EXPECT_LT(far, static_cast<int>(map.addresses.size()) / 100);
}

TEST(Field, NorthBayreuth) {
  const TownMap map = Import("osm/north-bayreuth.osm.gz");
  EXPECT_EQ(map.addresses.size(), 800u);
  EXPECT_GT(map.places.size(), 70u);
  ExpectExact(map.roads, 20);
}

TEST(Field, Krautsand) {
  const TownMap map = Import("osm/krautsand.osm.gz");
  EXPECT_GE(map.roads->edge_count(), 3u);
  ExpectExact(map.roads, 5);
}

// What is read for a bus holds at least what is read for a car, and hardly any restriction is left
// out.
TEST(Field, ABusDrivesWhereCarsMayAndMore) {
  for (const char* file : {"osm/lauf.osm.pbf", "osm/north-bayreuth.osm.gz"}) {
    const auto car = ImportOsm(Data(file));
    const auto bus = ImportOsm(Data(file), {.public_service_vehicle = true});
    ASSERT_TRUE(car.ok() && bus.ok());
    double lengths[2] = {0, 0};
    for (const auto* map : {&*car, &*bus}) {
      for (EdgeIndex edge = 0; edge < map->roads->edge_count(); ++edge) {
        const Edge& road = map->roads->edge(edge);
        const int directions = (road.forward > 0) + (road.backward > 0);
        if (!road.doubled) lengths[map == &*bus] += directions * road.decimetres / 10'000.0;
      }
      std::printf("%s: %lld restrictions used, %lld ignored, %lld cut off\n", file,
                  static_cast<long long>(map->report.restrictions_used),
                  static_cast<long long>(map->report.restrictions_ignored),
                  static_cast<long long>(map->report.segments_disconnected));
    }
    std::printf("%s: %.1f km for a car, %.1f km for a bus\n", file, lengths[0], lengths[1]);
    EXPECT_GE(lengths[1], lengths[0]);
    EXPECT_LE(bus->report.restrictions_ignored * 5, bus->report.restrictions_used + 10);
  }
}

TEST(Field, TruncatedFilesAreErrors) {
  std::ifstream in(Data("osm/lauf.osm.pbf"), std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  ASSERT_GT(whole.size(), 900'000u);
  std::mt19937 random(9);
  const std::string path = testing::TempDir() + "/truncated.osm.pbf";
  for (int i = 0; i < 40; ++i) {
    std::string bad = whole.substr(0, i % 2 == 0 ? random() % whole.size() : whole.size());
    for (int flips = i % 4; flips > 0 && !bad.empty(); --flips)
      bad[random() % bad.size()] ^= static_cast<char>(1 + random() % 255);
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bad;
    const auto map = ImportOsm(path);
    if (!map.ok()) {
      EXPECT_EQ(map.status().code(), absl::StatusCode::kInvalidArgument) << map.status();
    }
  }
  std::ofstream(path, std::ios::binary | std::ios::trunc) << whole.substr(0, whole.size() / 2);
  EXPECT_EQ(ImportOsm(path).status().code(), absl::StatusCode::kInvalidArgument);
  std::remove(path.c_str());
}

std::vector<std::vector<std::string>> ReadCsv(const std::string& file) {
  std::vector<std::vector<std::string>> rows;
  std::ifstream in(Data(file));
  std::string line;
  std::getline(in, line);  // the heading
  while (std::getline(in, line)) rows.push_back(absl::StrSplit(line, ','));
  return rows;
}

TEST(Field, MunichMatrixIsFast) {
  RoadGraphBuilder builder({.dead_end = 0, .turn_round = 0});
  for (const auto& row : ReadCsv("munich_requests/nodes.csv")) {
    double x = 0, y = 0;  // metres, UTM zone 32; a plain scale serves to order the nodes
    ASSERT_TRUE(absl::SimpleAtod(row[2], &x) && absl::SimpleAtod(row[3], &y));
    builder.AddNode({48 + (y - 5'316'000) / 111'195, 11 + (x - 649'000) / 74'400});
  }
  for (const auto& row : ReadCsv("munich_requests/edges.csv")) {
    uint32_t from = 0, to = 0;
    double seconds = 0;
    ASSERT_TRUE(absl::SimpleAtoi(row[0], &from) && absl::SimpleAtoi(row[1], &to) &&
                absl::SimpleAtod(row[3], &seconds));
    builder.AddSegment({.first = from,
                        .last = to,
                        .forward = std::max(1, static_cast<Milliseconds>(seconds * 1000))});
  }
  const auto graph = *builder.Build();
  ExpectExact(graph, 20);
  const auto times = *TravelTimes::Create(graph, SpeedProfile::WorkingDay());
  std::mt19937 random(1);
  std::vector<Snap> stops;
  for (int i = 0; i < 500; ++i)
    stops.push_back({.edge = static_cast<EdgeIndex>(random() % graph->edge_count())});
  const auto start = Clock::now();
  const Matrix matrix = times->ManyToMany(stops, stops, 8);
  std::printf("Munich: %zu nodes, %zu edges; 500 x 500 in %.0f ms\n", graph->node_count(),
              graph->edge_count(), MillisecondsSince(start));
  EXPECT_EQ(matrix.rows(), 500u);
}

}  // namespace
}  // namespace stadtmesh::routing
