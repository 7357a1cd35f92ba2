// What people travel to (stops, surgeries, shops, schools), what is signposted (turn restrictions)
// and what is on the map (places, built-up land, the boundary).
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "make-town/names.h"
#include "make-town/plan.h"

namespace stadtmesh::make_town {
namespace {

class Features {
 public:
  explicit Features(Plan& plan) : plan_(plan), document_(plan.document) {}

  void Add() {
    AddTownPlaces();
    AddVillages();
    AddBauerschaften();
    AddTownStops();
    AddCountryStops();
    AddRestrictions();
    AddBoundary();
  }

 private:
  Point At(Id node) const { return document_.node(node).at; }
  Point Near(Point at, double metres) {
    return at + Point{plan_.random.Between(-metres, metres), plan_.random.Between(-metres, metres)};
  }
  void Place(Point at, const std::string& key, const std::string& value, const std::string& name) {
    document_.AddNode(at, {{key, value}, {"name", name}});
  }
  void Stop(Point at, const std::string& name) {
    document_.AddNode(at, {{"highway", "bus_stop"},
                           {"public_transport", "platform"},
                           {"bus", "yes"},
                           {"name", name}});
  }

  // An irregular ring around a point; `rx` and `ry` in metres.
  std::vector<Id> Ring(Point centre, double rx, double ry, int corners, double bend) {
    std::vector<Id> ring;
    for (int i = 0; i < corners; ++i) {
      const Point p = Polar(plan_.random.Between(1 - bend, 1 + bend), 360.0 * i / corners);
      ring.push_back(document_.AddNode(centre + Point{rx * p.x, ry * p.y}));
    }
    ring.push_back(ring.front());
    return ring;
  }

  void AddTownPlaces() {
    Place({0, 0}, "place", "town", plan_.town);
    document_.AddWay(Ring({0, 0}, 1290, 1060, 24, 0.03), {{"landuse", "residential"}});
    Place({15, 20}, "amenity", "townhall", absl::StrCat("Rathaus ", plan_.town));
    Place({-20, -15}, "amenity", "place_of_worship", "St. Ludgerus");
    Place(At(plan_.station) + Point{0, 15}, "railway", "station",
          absl::StrCat("Bahnhof ", plan_.town));
    struct Spot {
      double metres, degrees;
      const char *key, *value, *name;
    };
    static constexpr Spot kSpots[] = {
        {95, 20, "amenity", "doctors", "Hausarztpraxis Am Markt"},
        {430, 100, "amenity", "doctors", "Gemeinschaftspraxis Nordwall"},
        {700, 200, "amenity", "doctors", "Praxis Dr. Terbrüggen"},
        {620, 310, "amenity", "doctors", "Augenarztpraxis Wiesmann"},
        {560, 60, "amenity", "dentist", "Zahnarztpraxis Dr. Hölscher"},
        {110, 200, "amenity", "pharmacy", "Markt-Apotheke"},
        {440, 280, "amenity", "pharmacy", "Löwen-Apotheke"},
        {880, 140, "amenity", "hospital", "St.-Elisabeth-Krankenhaus"},
        {760, 40, "amenity", "school", "Gesamtschule Musterland"},
        {800, 47, "amenity", "school", "Annette-Gymnasium"},
        {600, 230, "amenity", "school", "Ludgeri-Grundschule"},
        {520, 330, "amenity", "kindergarten", "Kita Sonnenblume"},
        {730, 120, "amenity", "kindergarten", "Kita Regenbogen"},
        {900, 250, "amenity", "kindergarten", "Kindergarten St. Josef"},
        {470, 10, "shop", "supermarket", "Frischemarkt Wall"},
        {930, 5, "shop", "supermarket", "Kaufpark Ost"},
        {850, 190, "shop", "supermarket", "Nahkauf Westerkamp"},
        {180, 300, "shop", "bakery", "Bäckerei Eggert"},
        {210, 75, "shop", "books", "Buchhandlung am Alten Markt"},
        {140, 140, "amenity", "library", "Stadtbücherei"},
        {230, 250, "amenity", "bank", "Sparkasse Musterland"},
        {350, 190, "amenity", "post_office", "Postfiliale Westwall"},
        {780, 290, "amenity", "social_facility", "Seniorenzentrum Marienhof"},
        {640, 160, "amenity", "social_facility", "Haus am Stadtpark"},
        {950, 70, "leisure", "sports_centre", "Sportzentrum Nord"},
        {1000, 320, "leisure", "swimming_pool", "Freibad Mühlenbach"},
        {300, 30, "amenity", "cinema", "Lichtburg"},
        {320, 350, "tourism", "museum", "Heimatmuseum"},
        {260, 120, "amenity", "community_centre", "Bürgerhaus"},
        {90, 330, "amenity", "restaurant", "Gasthaus Zur Linde"},
        {130, 270, "amenity", "cafe", "Café am Markt"},
    };
    for (const Spot& spot : kSpots)
      Place(Near(Polar(spot.metres, spot.degrees), 15), spot.key, spot.value, spot.name);
  }

  void AddVillages() {
    for (size_t i = 0; i < plan_.villages.size(); ++i) {
      const Village& village = plan_.villages[i];
      const Point c = village.centre;
      const auto local = [&](double along, double across) {
        return c + village.scale * (along * village.along + across * village.across);
      };
      Place(c, "place", "village", village.name);
      document_.AddWay(Ring(c, 370 * village.scale, 370 * village.scale, 14, 0.06),
                       {{"landuse", "residential"}});
      Place(local(30, 60), "amenity", "place_of_worship", village.church);
      if (i % 2 == 0)
        Place(local(-40, -70), "amenity", "school", absl::StrCat("Grundschule ", village.name));
      if (i % 3 == 0)
        Place(local(60, -40), "amenity", "doctors", absl::StrCat("Landarztpraxis ", village.name));
      if (i % 3 == 1)
        Place(local(60, -40), "shop", "supermarket", absl::StrCat("Dorfladen ", village.name));
      if (i % 3 == 2)
        Place(local(60, -40), "amenity", "restaurant", absl::StrCat("Dorfkrug ", village.name));
      Stop(local(8, 10), absl::StrCat(village.name, " Kirche"));
      Stop(local(-150, 9), absl::StrCat(village.name, " Dorfstraße"));
      Stop(local(-12, -186), absl::StrCat(village.name, " Schulweg"));
      Stop(local(0, 208), absl::StrCat(village.name, " Neuer Kamp"));
    }
  }

  void AddBauerschaften() {
    for (const Bauerschaft& bauerschaft : plan_.bauerschaften) {
      const std::vector<Id>& lane = bauerschaft.lane;
      Place(Near(At(lane[lane.size() / 2]), 60), "place", "hamlet", bauerschaft.name);
      Stop(At(lane[lane.size() / 2]) + Point{5, 5}, absl::StrCat(bauerschaft.name, " Mitte"));
      Stop(At(lane.front()) + Point{6, 4}, absl::StrCat(bauerschaft.name, " Abzweig"));
    }
  }

  void AddTownStops() {
    static constexpr const char* kGates[kMains] = {"Münstertor", "Osttor",      "Bahnhofstor",
                                                   "Steintor",   "Ahauser Tor", "Mühlentor",
                                                   "Südtor",     "Burgtor"};
    static constexpr const char* kQuarters[kMains] = {"Kreuzkamp", "Schulzentrum", "Stadtpark",
                                                      "Nordkamp",  "Krankenhaus",  "Westerkamp",
                                                      "Freibad",   "Marienhof"};
    for (int main = 0; main < kMains; ++main) {
      Stop(At(plan_.wall[main]) + Point{12, 9}, kGates[main]);
      Stop(At(plan_.suburb[main]) + Point{11, 8}, kQuarters[main]);
    }
    Stop({38, 30}, "Markt");
    Stop({-44, -28}, "Rathaus");
    Stop(At(plan_.station) + Point{6, 4}, "Bahnhof");
    Stop(At(plan_.industry) + Point{6, 5}, "Gewerbepark Ost");
  }

  void AddCountryStops() {
    for (const Village& village : plan_.villages) {
      const size_t step = 5;
      int number = 0;
      for (size_t i = step; i + step < village.road.size(); i += step) {
        Stop(At(village.road[i]) + Point{7, 5},
             absl::StrCat(village.name, number++ == 0 ? " Wegkreuz" : " Landstraße"));
      }
    }
  }

  void Restrict(Id from, Id via, Id to, const std::string& kind, const std::string& except = "") {
    Tags tags = {{"type", "restriction"}, {"restriction", kind}};
    if (!except.empty()) tags.push_back({"except", except});
    document_.AddRelation({{"way", from, "from"}, {"node", via, "via"}, {"way", to, "to"}},
                          std::move(tags));
  }

  void AddRestrictions() {
    const auto before = [](int main) { return (main + kMains - 1) % kMains; };
    // Into town, left onto the ring road is forbidden at the busy gates.
    for (const int main : {0, 3, 6}) {
      Restrict(plan_.outer_way[main], plan_.wall[main], plan_.wall_way[before(main)],
               "no_left_turn");
    }
    Restrict(plan_.inner_way[4], plan_.wall[4], plan_.wall_way[4], "no_right_turn", "psv");
    Restrict(plan_.inner_way[7], plan_.wall[7], plan_.outer_way[7], "only_straight_on");
    Restrict(plan_.wall_way[1], plan_.wall[1], plan_.wall_way[1], "no_u_turn");
  }

  void AddBoundary() {
    const std::vector<Id> ring = Ring({0, 0}, 9800, 9500, 36, 0.04);
    const auto half = ring.begin() + 18;
    const Tags tags = {{"boundary", "administrative"}, {"admin_level", "8"}};
    const Id north = document_.AddWay({ring.begin(), half + 1}, tags);
    const Id south = document_.AddWay({half, ring.end()}, tags);
    document_.AddRelation({{"way", north, "outer"}, {"way", south, "outer"}},
                          {{"type", "boundary"},
                           {"boundary", "administrative"},
                           {"admin_level", "8"},
                           {"name", plan_.town}});
  }

  Plan& plan_;
  OsmDocument& document_;
};

}  // namespace

void AddFeatures(Plan& plan) { Features(plan).Add(); }

}  // namespace stadtmesh::make_town
