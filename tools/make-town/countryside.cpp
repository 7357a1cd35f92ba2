// Villages on the main roads, country roads between them, and Bauerschaften: lanes across the
// fields with a farm here and there.
#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "make-town/names.h"
#include "make-town/plan.h"

namespace stadtmesh::make_town {
namespace {

constexpr std::array<int, 6> kVillageMains = {0, 1, 3,
                                              4, 6, 7};  // the main roads that lead to villages

Point Left(Point a) { return {-a.y, a.x}; }
Point Unit(Point a) { return (1 / Length(a)) * a; }

class Countryside {
 public:
  explicit Countryside(Plan& plan) : plan_(plan), document_(plan.document), random_(plan.random) {}

  void Draw() {
    for (size_t i = 0; i < kVillageMains.size(); ++i) PlaceVillage(i);
    for (size_t i = 0; i < kVillageMains.size(); ++i) DrawRoadToVillage(i);
    for (Village& village : plan_.villages) DrawVillage(village);
    for (size_t i = 0; i < plan_.villages.size(); ++i) DrawRoadBetween(i);
    DrawShortcuts();
    for (size_t i = 0; i < BauerschaftNames().size(); ++i) DrawBauerschaft(i);
  }

 private:
  Point At(Id node) const { return document_.node(node).at; }

  // A winding line of new nodes between two existing ones, a point every `step` metres.
  std::vector<Id> Wind(Id from, Id to, double step, double swing) {
    const Point a = At(from), b = At(to);
    const int pieces = std::max(2, static_cast<int>(Length(b - a) / step));
    const Point side = Left(Unit(b - a));
    const double first = random_.Between(-1, 1) * swing,
                 second = random_.Between(-0.6, 0.6) * swing;
    std::vector<Id> line = {from};
    for (int i = 1; i < pieces; ++i) {
      const double share = static_cast<double>(i) / pieces;
      const double off =
          first * std::sin(3.14159265 * share) + second * std::sin(6.2831853 * share);
      line.push_back(
          document_.AddNode(Between(a, b, share) + (off + random_.Between(-12, 12)) * side));
    }
    line.push_back(to);
    return line;
  }

  void PlaceVillage(size_t i) {
    const Point gate = At(plan_.gate[kVillageMains[i]]);
    const double degrees = 45.0 * kVillageMains[i] + random_.Between(-7, 7);
    Village village{.name = VillageNames()[i].name, .church = VillageNames()[i].saint};
    village.centre = Polar(random_.Between(4200, 7400), degrees);
    village.along = Unit(village.centre - gate);
    village.across = Left(village.along);
    village.scale = random_.Between(0.8, 1.25);
    village.entry = document_.AddNode(village.centre - 300 * village.scale * village.along);
    village.exit = document_.AddNode(village.centre + 300 * village.scale * village.along);
    plan_.villages.push_back(village);
  }

  void DrawRoadToVillage(size_t i) {
    Village& village = plan_.villages[i];
    const int main = kVillageMains[i];
    const std::vector<Id> road = Wind(plan_.gate[main], village.entry, 320, 260);
    village.road = road;
    const std::string kind = main % 2 == 0 ? "secondary" : "tertiary";
    const std::string ref = absl::StrCat(main % 2 == 0 ? "L " : "K ", 551 + 7 * main);
    // Limited to 70 next to the town, then the rural limit without a sign.
    document_.AddWay({road.begin(), road.begin() + 3},
                     {{"highway", kind}, {"ref", ref}, {"maxspeed", "70"}});
    document_.AddWay({road.begin() + 2, road.end()},
                     {{"highway", kind}, {"ref", ref}, {"source:maxspeed", "DE:rural"}});
  }

  void VillageStreet(const Village& village, size_t name, std::vector<Id> nodes, Tags tags) {
    const std::string& street = VillageStreetNames()[name];
    tags.push_back({"name", street});
    plan_.frontages.push_back({street, village.name, nodes, 25, 14});
    document_.AddWay(std::move(nodes), std::move(tags));
  }

  void DrawVillage(Village& village) {
    const auto node = [&](double along, double across) {
      const Point at =
          village.centre + village.scale * (along * village.along + across * village.across);
      plan_.junctions.push_back(at);
      return document_.AddNode(at + Point{random_.Between(-12, 12), random_.Between(-12, 12)});
    };
    const Id west = node(-150, 0), centre = node(0, 0), east = node(150, 0);
    const Id north = node(5, 200), south = node(-10, -180), north_west = node(-150, 175),
             south_east = node(155, -160);
    const Tags residential = {
        {"highway", "residential"}, {"maxspeed", "30"}, {"source:maxspeed", "DE:zone:30"}};
    VillageStreet(village, 0, {village.entry, west, centre, east, village.exit},
                  {{"highway", "tertiary"}, {"maxspeed", "50"}, {"source:maxspeed", "DE:urban"}});
    VillageStreet(village, 4, {centre, north}, residential);
    VillageStreet(village, 2, {centre, south}, residential);
    VillageStreet(village, 5, {west, north_west, north}, residential);
    VillageStreet(village, 6, {east, south_east, south}, residential);
    VillageStreet(village, 3, {east, node(150, 130)}, {{"highway", "residential"}});
    VillageStreet(village, 7, {south, node(-20, -330)}, {{"highway", "residential"}});
    VillageStreet(village, 1, {north, node(120, 240), node(150, 210)},
                  {{"highway", "living_street"}});
  }

  // From the far end of one village to the next one's.
  void DrawRoadBetween(size_t i) {
    const size_t next = (i + 1) % plan_.villages.size();
    const std::vector<Id> road = Wind(plan_.villages[i].exit, plan_.villages[next].exit, 330, 420);
    document_.AddWay(road, {{"highway", "tertiary"},
                            {"ref", absl::StrCat("K ", 11 + i)},
                            {"source:maxspeed", "DE:rural"}});
    ring_.push_back(road);
  }

  // The two main roads without a village meet the country roads.
  void DrawShortcuts() {
    const std::vector<Id> north = Wind(plan_.gate[2], ring_[1][ring_[1].size() / 2], 300, 180);
    document_.AddWay(north,
                     {{"highway", "secondary"}, {"ref", "L 565"}, {"source:maxspeed", "DE:rural"}});
    const std::vector<Id> south = Wind(plan_.gate[5], ring_[3][ring_[3].size() / 2], 300, 180);
    document_.AddWay(south,
                     {{"highway", "tertiary"}, {"ref", "K 27"}, {"source:maxspeed", "DE:rural"}});
  }

  // A lane from one radial road to the next, or from a radial road to the ring of country roads.
  void DrawBauerschaft(size_t i) {
    const Village& here = plan_.villages[i % plan_.villages.size()];
    const Village& next = plan_.villages[(i + 1) % plan_.villages.size()];
    const bool inner = i < plan_.villages.size();
    const std::vector<Id>& ring = ring_[i % ring_.size()];
    const Id from = here.road[here.road.size() * (inner ? 45 : 75) / 100];
    const Id to = inner ? next.road[next.road.size() * 55 / 100] : ring[ring.size() / 3];
    Bauerschaft bauerschaft{.name = BauerschaftNames()[i], .lane = Wind(from, to, 210, 300)};
    document_.AddWay(bauerschaft.lane, {{"highway", "unclassified"}, {"name", bauerschaft.name}});
    plan_.frontages.push_back({bauerschaft.name, bauerschaft.name, bauerschaft.lane, 290, 75});
    DrawStub(bauerschaft, 3);
    DrawStub(bauerschaft, bauerschaft.lane.size() - 4);
    plan_.bauerschaften.push_back(std::move(bauerschaft));
  }

  // A paved farm track off the lane.
  void DrawStub(const Bauerschaft& bauerschaft, size_t at) {
    if (at + 1 >= bauerschaft.lane.size()) return;
    const Point start = At(bauerschaft.lane[at]);
    const Point side =
        (random_.Chance(0.5) ? 1.0 : -1.0) * Left(Unit(At(bauerschaft.lane[at + 1]) - start));
    const double length = random_.Between(250, 520);
    const Id middle = document_.AddNode(start + 0.5 * length * side +
                                        Point{random_.Between(-20, 20), random_.Between(-20, 20)});
    const Id end = document_.AddNode(start + length * side);
    document_.AddWay({bauerschaft.lane[at], middle, end},
                     {{"highway", "track"}, {"tracktype", "grade1"}, {"name", bauerschaft.name}});
    plan_.frontages.push_back({bauerschaft.name, bauerschaft.name, {middle, end}, 160, 45});
  }

  Plan& plan_;
  OsmDocument& document_;
  Random& random_;
  std::vector<std::vector<Id>> ring_;
};

}  // namespace

void DrawCountryside(Plan& plan) { Countryside(plan).Draw(); }

}  // namespace stadtmesh::make_town
