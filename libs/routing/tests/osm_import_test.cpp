#include "routing/osm_import.h"

#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <cstdio>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "routing/travel_times.h"

namespace stadtmesh::routing {
namespace {

// A file that is gone after the test.
class File {
 public:
  File(const std::string& suffix, const std::string& bytes)
      : path_(absl::StrCat(testing::TempDir(), "/osm-", getpid(), "-", count_++, suffix)) {
    std::ofstream(path_, std::ios::binary) << bytes;
  }
  ~File() { std::remove(path_.c_str()); }
  const std::string& path() const { return path_; }

 private:
  static inline int count_ = 0;
  std::string path_;
};

std::string Tag(const std::string& key, const std::string& value) {
  return "<tag k=\"" + key + "\" v=\"" + value + "\"/>";
}
std::string Node(int id, double latitude, double longitude, const std::string& tags = "") {
  return absl::StrCat("<node id=\"", id, "\" lat=\"", latitude, "\" lon=\"", longitude, "\">", tags,
                      "</node>\n");
}
std::string Way(int id, const std::vector<int>& nodes, const std::string& tags) {
  std::string xml = absl::StrCat("<way id=\"", id, "\">");
  for (const int node : nodes) absl::StrAppend(&xml, "<nd ref=\"", node, "\"/>");
  return xml + tags + "</way>\n";
}
std::string Road(int id, const std::vector<int>& nodes, const std::string& tags = "") {
  return Way(id, nodes,
             Tag("highway", "residential") + Tag("name", absl::StrCat("Weg ", id)) + tags);
}
std::string Restriction(int id, int from, int via, int to, const std::string& kind,
                        const std::string& more = "") {
  return absl::StrCat("<relation id=\"", id, "\"><member type=\"way\" ref=\"", from,
                      "\" role=\"from\"/><member type=\"node\" ref=\"", via,
                      "\" role=\"via\"/><member type=\"way\" ref=\"", to, "\" role=\"to\"/>",
                      Tag("type", "restriction"), Tag("restriction", kind), more, "</relation>\n");
}
std::string Osm(const std::string& body) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<osm version=\"0.6\">\n" + body + "</osm>\n";
}

// A cross: 1 west, 2 north, 3 east, 4 south of 5, and a ring road around it.
const std::string kCross = Node(1, 52.000, 6.990) + Node(2, 52.006, 7.000) +
                           Node(3, 52.000, 7.010) + Node(4, 51.994, 7.000) + Node(5, 52.000, 7.000);
const std::string kCrossRoads = Road(1, {1, 5}) + Road(2, {5, 2}) + Road(3, {5, 3}) +
                                Road(4, {4, 5}) + Road(10, {1, 2, 3, 4, 1});

TownMap Import(const std::string& xml, const ImportOptions& options = {}) {
  const File file(".osm", xml);
  auto map = ImportOsm(file.path(), options);
  if (!map.ok()) {
    ADD_FAILURE() << map.status();
    std::abort();
  }
  return *std::move(map);
}

int Seconds(const TownMap& map, const LatLon& from, const LatLon& to) {
  const auto times = *TravelTimes::Create(map.roads);
  return times->Seconds(*map.roads->SnapTo(from), *map.roads->SnapTo(to), 12);
}

constexpr LatLon kWest{52.000, 6.995}, kNorth{52.003, 7.000}, kEast{52.000, 7.005};

TEST(Import, TurnRestrictionsForceDetours) {
  const int free = Seconds(Import(Osm(kCross + kCrossRoads)), kWest, kNorth);
  const TownMap no_left =
      Import(Osm(kCross + kCrossRoads + Restriction(1, 1, 5, 2, "no_left_turn")));
  EXPECT_EQ(no_left.report.restrictions_used, 1);
  EXPECT_GT(Seconds(no_left, kWest, kNorth), free + 20);
  const TownMap only =
      Import(Osm(kCross + kCrossRoads + Restriction(1, 1, 5, 3, "only_straight_on")));
  EXPECT_EQ(Seconds(only, kWest, kNorth), Seconds(no_left, kWest, kNorth));
  EXPECT_EQ(Seconds(only, kWest, kEast), Seconds(no_left, kWest, kEast));
}

// A dual carriageway: 1 -> 2 -> 3 east, 4 -> 5 -> 6 west, crossed by the short way 2 - 5 in the
// middle; both ends turn far away.
const std::string kDual = Node(1, 52.0000, 7.000) + Node(2, 52.0000, 7.010) +
                          Node(3, 52.0000, 7.030) + Node(4, 52.0002, 7.030) +
                          Node(5, 52.0002, 7.010) + Node(6, 52.0002, 7.000) +
                          Node(7, 52.0100, 7.010);
const std::string kDualRoads =
    Road(1, {1, 2}, Tag("oneway", "yes")) + Road(2, {2, 3}, Tag("oneway", "yes")) +
    Road(3, {3, 4}) + Road(4, {4, 5}, Tag("oneway", "yes")) +
    Road(5, {5, 6}, Tag("oneway", "yes")) + Road(6, {6, 1}) + Road(7, {2, 5}) + Road(8, {5, 7});

std::string ViaWay(int from, const std::vector<int>& via, int to, const std::string& kind) {
  std::string xml =
      absl::StrCat("<relation id=\"1\"><member type=\"way\" ref=\"", from, "\" role=\"from\"/>");
  for (const int way : via) {
    absl::StrAppend(&xml, "<member type=\"way\" ref=\"", way, "\" role=\"via\"/>");
  }
  return absl::StrCat(xml, "<member type=\"way\" ref=\"", to, "\" role=\"to\"/>",
                      Tag("type", "restriction"), Tag("restriction", kind), "</relation>\n");
}

TEST(Import, RestrictionsOverWaysBindWhoCameFromThere) {
  const LatLon start{52.0000, 7.005}, back{52.0002, 7.005}, up{52.005, 7.010};
  const TownMap free = Import(Osm(kDual + kDualRoads));
  const TownMap no = Import(Osm(kDual + kDualRoads + ViaWay(1, {7}, 5, "no_u_turn")));
  EXPECT_EQ(no.report.restrictions_used, 1);
  EXPECT_EQ(no.report.restrictions_ignored, 0);
  EXPECT_GT(Seconds(no, start, back), Seconds(free, start, back) + 60);
  // Nobody else is bound: straight on over the short way, from it, and to it.
  EXPECT_EQ(Seconds(no, start, up), Seconds(free, start, up));
  const LatLon middle{52.0001, 7.010};
  EXPECT_EQ(Seconds(no, start, middle), Seconds(free, start, middle));
  EXPECT_EQ(Seconds(no, middle, back), Seconds(free, middle, back));
  // The other way round: only along there.
  const TownMap only = Import(Osm(kDual + kDualRoads + ViaWay(1, {7}, 5, "only_u_turn")));
  EXPECT_EQ(Seconds(only, start, back), Seconds(free, start, back));
  EXPECT_GT(Seconds(only, start, up), Seconds(free, start, up));
}

TEST(Import, RestrictionsOverSeveralWaysAndTheirReverse) {
  const std::string halves = Node(8, 52.0001, 7.010);
  const std::string roads =
      absl::StrReplaceAll(kDualRoads, {{Road(7, {2, 5}), Road(7, {2, 8}) + Road(9, {5, 8})}});
  const LatLon start{52.0000, 7.005}, back{52.0002, 7.005};
  const int free = Seconds(Import(Osm(kDual + halves + roads)), start, back);
  for (const std::vector<int>& via : {std::vector<int>{7, 9}, std::vector<int>{9, 7}}) {
    const TownMap no = Import(Osm(kDual + halves + roads + ViaWay(1, via, 5, "no_u_turn")));
    EXPECT_EQ(no.report.restrictions_used, 1);
    EXPECT_GT(Seconds(no, start, back), free + 60);
  }
  for (const std::vector<int>& broken : {std::vector<int>{7, 4}, std::vector<int>{77}}) {
    const TownMap map = Import(Osm(kDual + halves + roads + ViaWay(1, broken, 5, "no_u_turn")));
    EXPECT_EQ(map.report.restrictions_ignored, 1);
    EXPECT_EQ(Seconds(map, start, back), free);
  }
}

TEST(Import, ExceptionsAndBrokenRestrictionsDoNotBind) {
  const int free = Seconds(Import(Osm(kCross + kCrossRoads)), kWest, kNorth);
  const std::string psv =
      Osm(kCross + kCrossRoads + Restriction(1, 1, 5, 2, "no_left_turn", Tag("except", "psv")));
  EXPECT_GT(Seconds(Import(psv), kWest, kNorth), free);
  EXPECT_EQ(Seconds(Import(psv, {.public_service_vehicle = true}), kWest, kNorth), free);
  for (const std::string& broken :
       {Restriction(1, 77, 5, 2, "no_left_turn"), Restriction(1, 1, 77, 2, "no_left_turn"),
        Restriction(1, 1, 5, 10, "no_left_turn"), Restriction(1, 1, 5, 2, "gibberish"),
        std::string("<relation id=\"9\"><tag k=\"type\" v=\"restriction\"/></relation>")}) {
    const TownMap map = Import(Osm(kCross + kCrossRoads + broken));
    EXPECT_EQ(map.report.restrictions_ignored, 1) << broken;
    EXPECT_EQ(Seconds(map, kWest, kNorth), free);
  }
}

TEST(Import, OnewaysCountInTheirDirection) {
  const std::string ring = Road(10, {1, 2, 3, 4, 1});
  const std::string others = Road(2, {5, 2}) + Road(3, {5, 3}) + Road(4, {4, 5}) + ring;
  const int free = Seconds(Import(Osm(kCross + Road(1, {1, 5}) + others)), kWest, kEast);
  EXPECT_EQ(
      Seconds(Import(Osm(kCross + Road(1, {1, 5}, Tag("oneway", "yes")) + others)), kWest, kEast),
      free);
  EXPECT_GT(
      Seconds(Import(Osm(kCross + Road(1, {1, 5}, Tag("oneway", "-1")) + others)), kWest, kEast),
      free + 60);
  EXPECT_EQ(
      Seconds(Import(Osm(kCross + Road(1, {5, 1}, Tag("oneway", "-1")) + others)), kWest, kEast),
      free);
}

TEST(Import, RoundaboutsGoOneWay) {
  const std::string circle =
      Road(10, {1, 4, 3, 2, 1}, Tag("junction", "roundabout"));  // west, south, east, north
  const TownMap map = Import(Osm(kCross + circle + Road(1, {1, 5})));
  const auto times = *TravelTimes::Create(map.roads);
  const Snap west = *map.roads->SnapTo({52, 6.99}),
             south_west = *map.roads->SnapTo({51.997, 6.995});
  EXPECT_LT(times->Seconds(west, south_west, 0) * 2, times->Seconds(south_west, west, 0));
}

TEST(Import, BollardsBlock) {
  const std::string nodes =
      absl::StrReplaceAll(kCross, {{Node(5, 52, 7), Node(5, 52, 7, Tag("barrier", "bollard"))}});
  const int free = Seconds(Import(Osm(kCross + kCrossRoads)), kWest, kEast);
  EXPECT_GT(Seconds(Import(Osm(nodes + kCrossRoads)), kWest, kEast), free + 60);
}

TEST(Import, TownSpeedWhereHousesStand) {
  std::string houses;
  const int open =
      Seconds(Import(Osm(kCross + absl::StrReplaceAll(kCrossRoads, {{"residential", "tertiary"}}))),
              kWest, kEast);
  for (int i = 0; i < 60; ++i) {
    houses += Node(100 + i, 52.0003, 6.994 + i * 0.0002,
                   Tag("addr:street", "Weg 1") + Tag("addr:housenumber", absl::StrCat(i + 1)));
  }
  const TownMap town = Import(
      Osm(kCross + houses + absl::StrReplaceAll(kCrossRoads, {{"residential", "tertiary"}})));
  EXPECT_GT(Seconds(town, kWest, kEast), open * 5 / 4);
}

TEST(Import, CollectsWhatHasANameOrANumber) {
  const std::string tags =
      Tag("addr:street", "Weg 1") + Tag("addr:postcode", "48999") + Tag("addr:city", "Musterstadt");
  const TownMap map = Import(Osm(
      kCross + Node(20, 52.0005, 6.995, tags + Tag("addr:housenumber", "2")) +
      Node(21, 52.0005, 6.998, tags + Tag("addr:housenumber", "8")) + Node(22, 52.001, 7.001) +
      Node(23, 52.001, 7.002) + Node(24, 52.002, 7.002) +
      Node(25, 52.001, 6.999, Tag("highway", "bus_stop") + Tag("name", "Markt")) +
      Node(26, 52.002, 6.999, Tag("amenity", "doctors") + Tag("name", "Praxis")) +
      Node(27, 52.002, 6.998, Tag("amenity", "bench")) + kCrossRoads +
      Way(50, {20, 21}, Tag("addr:interpolation", "even")) +
      Way(51, {22, 23, 24, 22}, Tag("building", "yes") + tags + Tag("addr:housenumber", "11;13"))));
  std::vector<std::string> numbers;
  for (const Address& address : map.addresses) numbers.push_back(address.house_number);
  std::sort(numbers.begin(), numbers.end());
  EXPECT_EQ(numbers, (std::vector<std::string>{"11", "13", "2", "4", "6", "8"}));
  ASSERT_EQ(map.stops.size(), 1u);
  EXPECT_EQ(map.stops[0].name, "Markt");
  ASSERT_EQ(map.places.size(), 1u);
  EXPECT_EQ(map.places[0].category, "amenity=doctors");
  EXPECT_EQ(map.streets.size(), 5u);
  EXPECT_EQ(map.streets[0].city, "Musterstadt");
}

TEST(Import, ReadsWaysBeforeNodes) { Import(Osm(kCrossRoads + kCross)); }

TEST(Import, ReadsGzip) {
  const File file(".osm.gz", "");
  const std::string xml = Osm(kCross + kCrossRoads);
  gzFile out = gzopen(file.path().c_str(), "wb");
  gzwrite(out, xml.data(), static_cast<unsigned>(xml.size()));
  gzclose(out);
  const auto map = ImportOsm(file.path());
  ASSERT_TRUE(map.ok()) << map.status();
  EXPECT_EQ(map->roads->edge_count(), 8u);
}

TEST(Import, RoadsCutByTheExtractStillServe) {
  const TownMap map = Import(Osm(kCross + kCrossRoads + Road(60, {5, 1, 999, 998})));
  EXPECT_EQ(map.report.missing_nodes, 2);
}

absl::StatusCode CodeFor(const std::string& suffix, const std::string& bytes) {
  const File file(suffix, bytes);
  return ImportOsm(file.path()).status().code();
}

TEST(HostileFile, IsAnErrorNeverACrash) {
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  EXPECT_EQ(ImportOsm("/nonexistent/town.osm").status().code(), absl::StatusCode::kNotFound);
  for (const char* suffix : {".osm", ".osm.gz", ".osm.bz2", ".osm.pbf", ".xyz", ""}) {
    EXPECT_EQ(CodeFor(suffix, ""), kInvalid) << suffix;
    EXPECT_EQ(CodeFor(suffix, "garbage \x01\x02\xFF"), kInvalid) << suffix;
    EXPECT_EQ(CodeFor(suffix, std::string(5000, '\0')), kInvalid) << suffix;
  }
  EXPECT_EQ(CodeFor(".osm", Osm("")), kInvalid);
  EXPECT_EQ(CodeFor(".osm", Osm(kCross)), kInvalid) << "no roads";
  EXPECT_EQ(CodeFor(".osm", Osm(kCross + Road(1, {1, 5}, Tag("oneway", "yes")))), kInvalid)
      << "no way back";
  EXPECT_EQ(CodeFor(".osm", Osm(kCrossRoads)), kInvalid) << "no nodes";
  EXPECT_EQ(CodeFor(".osm", Osm(kCross + kCrossRoads).substr(0, 600)), kInvalid) << "truncated";
  for (const char* latitude : {"NaN", "inf", "91", "-91", "1e9", "", "fifty"}) {
    const std::string node = absl::StrCat("<node id=\"1\" lat=\"", latitude, "\" lon=\"7\"/>");
    EXPECT_EQ(CodeFor(".osm", Osm(node + kCross + kCrossRoads)), kInvalid) << latitude;
  }
  EXPECT_EQ(CodeFor(".osm", Osm("<node id=\"1\"/>" + kCrossRoads)), kInvalid);
  EXPECT_EQ(CodeFor(".osm", "<?xml version=\"1.0\"?><html><body/></html>"), kInvalid);
  // An entity bomb is refused by the parser or harmless; it must not expand.
  EXPECT_EQ(CodeFor(".osm",
                    "<?xml version=\"1.0\"?><!DOCTYPE osm [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b "
                    "\"&a;&a;&a;&a;\">]><osm version=\"0.6\">&b;</osm>"),
            kInvalid);
}

TEST(HostileFile, SpoiledBytesNeverCrash) {
  std::mt19937 random(3);
  const std::string good = Osm(kCross + kCrossRoads + Restriction(1, 1, 5, 2, "no_left_turn"));
  for (int i = 0; i < 300; ++i) {
    std::string bad = good;
    for (size_t n = 1 + random() % 4; n > 0; --n)
      bad[random() % bad.size()] = static_cast<char>(random() % 256);
    if (random() % 3 == 0) bad.resize(random() % bad.size());
    const File file(".osm", bad);
    (void)ImportOsm(file.path()).status();  // any status will do; what counts is that it comes back
  }
}

}  // namespace
}  // namespace stadtmesh::routing
