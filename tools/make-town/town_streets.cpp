// The town is a medieval one: a market, lanes around it, a ring road where the walls stood, main
// roads through the old gates, and newer quarters between them. Streets follow rings and spokes,
// bent and thinned out by chance.
#include <algorithm>
#include <numeric>
#include <utility>

#include "make-town/names.h"
#include "make-town/plan.h"

namespace stadtmesh::make_town {
namespace {

constexpr int kSpokes = 24;
constexpr int kRings = 8;
constexpr std::array<double, kRings> kRadius = {60, 160, 270, 400, 540, 690, 840, 980};
constexpr int kWall = 3;  // the ring road
constexpr int kPerMain = kSpokes / kMains;

bool IsMain(int spoke) { return spoke % kPerMain == 0; }

struct Piece {  // of a street, between two crossings
  int from_ring, from_spoke, to_ring, to_spoke;
  bool removable;
  bool removed = false;
};

class Streets {
 public:
  explicit Streets(Plan& plan) : plan_(plan) {}

  void Draw() {
    PlaceCrossings();
    PlanPieces();
    ThinOut();
    DrawRings();
    DrawSpokes();
    DrawDeadEnds();
    DrawRoundabout();
    DrawStationSquare();
  }

 private:
  Id& Crossing(int ring, int spoke) {
    return crossing_[ring * kSpokes + (spoke + kSpokes) % kSpokes];
  }
  Point At(int ring, int spoke) { return plan_.document.node(Crossing(ring, spoke)).at; }
  std::string NextName() { return ResidentialNames()[next_name_++ % ResidentialNames().size()]; }

  // Longer from west to east than from north to south.
  static Point Warp(Point p) { return {1.12 * p.x + 0.06 * p.y, 0.9 * p.y}; }

  void PlaceCrossings() {
    Random& random = plan_.random;
    next_name_ = static_cast<size_t>(random.Below(40));
    for (int ring = 0; ring < kRings; ++ring) {
      for (int spoke = 0; spoke < kSpokes; ++spoke) {
        if (ring < kWall && !IsMain(spoke)) continue;
        const double bend = ring <= kWall ? 0.04 : 0.055;
        const double radius = kRadius[ring] * random.Between(1 - bend, 1 + bend);
        const double degrees = 360.0 / kSpokes * spoke + random.Between(-2.5, 2.5) +
                               (ring > kWall ? 4.0 * (ring - kWall) / 4 : 0);
        const Point at = Warp(Polar(radius, degrees));
        Crossing(ring, spoke) = plan_.document.AddNode(at);
        plan_.junctions.push_back(at);
      }
    }
    for (int main = 0; main < kMains; ++main) {
      plan_.wall[main] = Crossing(kWall, main * kPerMain);
      plan_.suburb[main] = Crossing(5, main * kPerMain);
      plan_.gate[main] = Crossing(kRings - 1, main * kPerMain);
    }
  }

  void PlanPieces() {
    for (int ring = 0; ring < kRings; ++ring) {
      const int step = ring < kWall ? kPerMain : 1;
      for (int spoke = 0; spoke < kSpokes; spoke += step) {
        pieces_.push_back({ring, spoke, ring, (spoke + step) % kSpokes, ring > kWall});
      }
    }
    for (int spoke = 0; spoke < kSpokes; ++spoke) {
      for (int ring = IsMain(spoke) ? 0 : kWall; ring + 1 < kRings; ++ring) {
        pieces_.push_back({ring, spoke, ring + 1, spoke, !IsMain(spoke)});
      }
    }
  }

  bool Connected() {
    std::vector<int> parent(kRings * kSpokes);
    std::iota(parent.begin(), parent.end(), 0);
    const auto root = [&](int i) {
      while (parent[i] != i) i = parent[i] = parent[parent[i]];
      return i;
    };
    for (const Piece& piece : pieces_) {
      if (piece.removed) continue;
      parent[root(piece.from_ring * kSpokes + piece.from_spoke)] =
          root(piece.to_ring * kSpokes + piece.to_spoke);
    }
    const int first = root(kWall * kSpokes);
    for (int i = 0; i < kRings * kSpokes; ++i) {
      if (crossing_[i] != 0 && root(i) != first) return false;
    }
    return true;
  }

  // No town is a spider's web: a quarter of the newer streets is left out where everything stays
  // connected.
  void ThinOut() {
    for (Piece& piece : pieces_) {
      if (!piece.removable || !plan_.random.Chance(0.27)) continue;
      piece.removed = true;
      if (!Connected()) piece.removed = false;
    }
  }

  bool Exists(int from_ring, int from_spoke, int to_ring, int to_spoke) const {
    return std::any_of(pieces_.begin(), pieces_.end(), [&](const Piece& p) {
      return p.from_ring == from_ring && p.from_spoke == from_spoke && p.to_ring == to_ring &&
             p.to_spoke == to_spoke && !p.removed;
    });
  }

  // A way along crossings; arcs get a point between, so that they curve. Returns the way's id, 0
  // for fewer than two nodes.
  Id DrawRun(const std::vector<std::pair<int, int>>& run, const std::string& name, Tags tags,
             double spacing) {
    if (run.size() < 2) return 0;
    std::vector<Id> nodes = {Crossing(run[0].first, run[0].second)};
    for (size_t i = 1; i < run.size(); ++i) {
      const Point a = At(run[i - 1].first, run[i - 1].second), b = At(run[i].first, run[i].second);
      const Point middle = Between(a, b, 0.5);
      const bool arc = run[i - 1].first == run[i].first;
      const double bulge = arc ? (Length(a) + Length(b)) / 2 / std::max(1.0, Length(middle)) : 1;
      if (Length(b - a) > 50)
        nodes.push_back(plan_.document.AddNode(arc ? bulge * middle : middle + Shift(a, b)));
      nodes.push_back(Crossing(run[i].first, run[i].second));
    }
    tags.push_back({"name", name});
    if (spacing > 0)
      plan_.frontages.push_back({name, "", nodes, spacing, spacing < 20 ? 7.0 : 12.0});
    return plan_.document.AddWay(std::move(nodes), std::move(tags));
  }

  // A few metres to one side of the line.
  Point Shift(Point a, Point b) {
    const Point d = b - a;
    return (plan_.random.Between(-7, 7) / Length(d)) * Point{d.y, -d.x};
  }

  Tags Residential() {
    Tags tags = {{"highway", "residential"}};
    if (plan_.random.Chance(0.7)) {
      tags.push_back({"maxspeed", "30"});
      tags.push_back({"source:maxspeed", "DE:zone:30"});
    }
    return tags;
  }

  Tags RingTags(int ring, int main) {
    if (ring == 0) return {{"highway", "living_street"}};
    if (ring == kWall) return {{"highway", "secondary"}, {"maxspeed", "50"}, {"ref", "L 580"}};
    if (ring > kWall) return Residential();
    Tags tags = {{"highway", "residential"}, {"maxspeed", "30"}, {"source:maxspeed", "DE:zone:30"}};
    if (ring == 1) tags.push_back({"oneway", "yes"});
    if (ring == 2 && main % 2 == 1) tags.push_back({"oneway", "-1"});
    return tags;
  }

  void DrawRings() {
    for (int ring = 0; ring < kRings; ++ring) {
      for (int main = 0; main < kMains; ++main) {
        const std::string name = ring == 0       ? "Markt"
                                 : ring < kWall  ? OldTownNames()[(ring - 1) * kMains + main]
                                 : ring == kWall ? WallNames()[main]
                                                 : NextName();
        const Tags tags = RingTags(ring, main);
        const double spacing = ring == 0 ? 12 : ring < kWall ? 14 : ring == kWall ? 32 : 27;
        const int step = ring < kWall ? kPerMain : 1;
        std::vector<std::pair<int, int>> run;
        for (int spoke = main * kPerMain; spoke < (main + 1) * kPerMain; spoke += step) {
          const int next = (spoke + step) % kSpokes;
          if (!Exists(ring, spoke, ring, next)) {
            DrawRun(run, name, tags, spacing);
            run.clear();
            continue;
          }
          if (run.empty()) run.push_back({ring, spoke});
          run.push_back({ring, next});
        }
        const Id way = DrawRun(run, name, tags, spacing);
        if (ring == kWall) plan_.wall_way[main] = way;
      }
    }
  }

  void DrawSpokes() {
    for (int spoke = 0; spoke < kSpokes; ++spoke) {
      if (IsMain(spoke)) {
        DrawMain(spoke / kPerMain);
        continue;
      }
      const std::string name = NextName();
      const Tags tags = Residential();
      std::vector<std::pair<int, int>> run;
      for (int ring = kWall; ring + 1 < kRings; ++ring) {
        if (!Exists(ring, spoke, ring + 1, spoke)) {
          DrawRun(run, name, tags, 27);
          run.clear();
          continue;
        }
        if (run.empty()) run.push_back({ring, spoke});
        run.push_back({ring + 1, spoke});
      }
      DrawRun(run, name, tags, 27);
    }
  }

  void DrawMain(int main) {
    const int spoke = main * kPerMain;
    std::vector<std::pair<int, int>> inner, outer;
    for (int ring = 0; ring <= kWall; ++ring) inner.push_back({ring, spoke});
    for (int ring = kWall; ring < kRings; ++ring) outer.push_back({ring, spoke});
    plan_.inner_way[main] = DrawRun(inner, OldTownNames()[2 * kMains + main],
                                    {{"highway", "tertiary"}, {"maxspeed", "30"}}, 14);
    plan_.outer_way[main] =
        DrawRun(outer, MainRoadNames()[main],
                {{"highway", main % 2 == 0 ? "secondary" : "tertiary"}, {"maxspeed", "50"}}, 24);
  }

  // Cul-de-sacs into the fields.
  void DrawDeadEnds() {
    for (int spoke = 0; spoke < kSpokes; ++spoke) {
      if (IsMain(spoke) || !plan_.random.Chance(0.7)) continue;
      const Point start = At(kRings - 1, spoke);
      const Point out = (1 / Length(start)) * start;
      const double length = plan_.random.Between(110, 230);
      const Id bend = plan_.document.AddNode(start + 0.55 * length * out +
                                             plan_.random.Between(-12, 12) * Point{-out.y, out.x});
      const Id end = plan_.document.AddNode(
          start + length * out + plan_.random.Between(-45, 45) * Point{-out.y, out.x},
          {{"highway", "turning_circle"}});
      const std::string name = NextName();
      Tags tags = Residential();
      tags.push_back({"name", name});
      const std::vector<Id> nodes = {Crossing(kRings - 1, spoke), bend, end};
      plan_.frontages.push_back({name, "", nodes, 20, 12});
      plan_.document.AddWay(nodes, std::move(tags));
    }
  }

  // On the eastern main road, with the industrial estate beside it.
  void DrawRoundabout() {
    OsmDocument& document = plan_.document;
    const Point gate = document.node(plan_.gate[0]).at;
    const Point out = (1 / Length(gate)) * gate;
    const Point centre = gate + 130 * out;
    std::vector<Id> circle;
    for (int i = 0; i < 8; ++i) {  // the first is the outermost
      const Point turned = Polar(17, 45.0 * i);
      circle.push_back(document.AddNode(centre + turned.x * out + turned.y * Point{-out.y, out.x}));
    }
    plan_.junctions.push_back(centre);
    std::vector<Id> closed = circle;
    closed.push_back(circle[0]);
    document.AddWay(closed,
                    {{"highway", "secondary"}, {"junction", "roundabout"}, {"maxspeed", "50"}});
    document.AddWay({plan_.gate[0], circle[4]},
                    {{"highway", "secondary"}, {"name", MainRoadNames()[0]}, {"maxspeed", "50"}});
    plan_.gate[0] = circle[0];

    const Point side{-out.y, out.x};
    const Id first = document.AddNode(centre + 150 * side);
    const Id corner = document.AddNode(centre + 320 * side - 90 * out);
    const Id far = document.AddNode(centre + 330 * side + 160 * out);
    const Tags tags = {
        {"highway", "unclassified"}, {"maxspeed", "50"}, {"name", "Gewerbepark Ost"}};
    document.AddWay({circle[2], first, corner, far, first}, tags);
    plan_.frontages.push_back({"Gewerbepark Ost", "", {first, corner, far}, 55, 25});
    plan_.industry = corner;
  }

  void DrawStationSquare() {
    OsmDocument& document = plan_.document;
    const Point gate = document.node(plan_.gate[2]).at;
    const Point out = (1 / Length(gate)) * gate;
    const Id left = document.AddNode(gate + 60 * out + -45 * Point{-out.y, out.x});
    const Id right = document.AddNode(gate + 60 * out + 45 * Point{-out.y, out.x});
    plan_.station = document.AddNode(gate + 75 * out);
    document.AddWay({plan_.gate[2], left, plan_.station, right, plan_.gate[2]},
                    {{"highway", "residential"},
                     {"name", "Bahnhofsvorplatz"},
                     {"oneway", "yes"},
                     {"maxspeed", "30"}});
  }

  Plan& plan_;
  std::array<Id, kRings * kSpokes> crossing_{};
  std::vector<Piece> pieces_;
  size_t next_name_ = 0;
};

}  // namespace

void DrawTownStreets(Plan& plan) { Streets(plan).Draw(); }

}  // namespace stadtmesh::make_town
