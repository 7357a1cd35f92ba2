#include "buergerbus/demo.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/status.h"
#include "base/text.h"

namespace stadtmesh::buergerbus {
namespace {

constexpr double kSameStopMetres = 250;
constexpr double kAreaMarginDegrees = 0.02;  // about 2 km north and south
constexpr size_t kMostStops = 300;

const std::set<DayKind> kTermTimeOrHolidays = {DayKind::kSchoolDay, DayKind::kSchoolHoliday};
const std::set<DayKind> kAnyKind = {DayKind::kSchoolDay, DayKind::kSchoolHoliday,
                                    DayKind::kPublicHoliday};
const std::set<absl::Weekday> kWorkingDays = {absl::Weekday::monday, absl::Weekday::tuesday,
                                              absl::Weekday::wednesday, absl::Weekday::thursday,
                                              absl::Weekday::friday};
const std::set<absl::Weekday> kSaturday = {absl::Weekday::saturday};
const std::set<absl::Weekday> kAnyDay = {absl::Weekday::monday,    absl::Weekday::tuesday,
                                         absl::Weekday::wednesday, absl::Weekday::thursday,
                                         absl::Weekday::friday,    absl::Weekday::saturday,
                                         absl::Weekday::sunday};

// "Haus Bergkamp, Süd" -> "haus-bergkamp-sued".
std::string IdFromName(const std::string& name) {
  const std::string plain = absl::StrReplaceAll(
      name,
      {{"ä", "ae"}, {"ö", "oe"}, {"ü", "ue"}, {"Ä", "ae"}, {"Ö", "oe"}, {"Ü", "ue"}, {"ß", "ss"}});
  std::string id;
  for (const char c : plain) {
    const char lower = absl::ascii_tolower(static_cast<unsigned char>(c));
    if (absl::ascii_isalnum(static_cast<unsigned char>(lower))) {
      id += lower;
    } else if (!id.empty() && id.back() != '-') {
      id += '-';
    }
  }
  id = id.substr(0, 28);
  while (!id.empty() && id.back() == '-') id.pop_back();
  return id.empty() ? "halt" : id;
}

std::vector<Stop> MakeStops(const std::vector<DemoStop>& found, const Polygon& area) {
  std::vector<Stop> stops;
  std::set<std::string> ids;
  for (const DemoStop& each : found) {
    if (each.name.empty() || each.name.size() > 100 || stops.size() == kMostStops) continue;
    if (!area.empty() && !area.Contains(each.location)) continue;
    const bool known = std::any_of(stops.begin(), stops.end(), [&](const Stop& stop) {
      return stop.name == each.name &&
             DistanceMetres(stop.location, each.location) < kSameStopMetres;
    });
    if (known) continue;
    std::string id = IdFromName(each.name);
    for (int i = 2; !ids.insert(id).second; ++i) id = absl::StrCat(IdFromName(each.name), "-", i);
    stops.push_back({.id = StopId(id),
                     .name = each.name,
                     .location = each.location,
                     .approval = {.granted = true, .reference = "Demo 44/2026"}});
  }
  return stops;
}

Polygon Around(const std::vector<DemoStop>& stops) {
  LatLon low = stops.front().location, high = low;
  for (const DemoStop& stop : stops) {
    low = {std::min(low.latitude, stop.location.latitude),
           std::min(low.longitude, stop.location.longitude)};
    high = {std::max(high.latitude, stop.location.latitude),
            std::max(high.longitude, stop.location.longitude)};
  }
  const double margin = kAreaMarginDegrees;
  return Polygon({{low.latitude - margin, low.longitude - margin},
                  {low.latitude - margin, high.longitude + margin},
                  {high.latitude + margin, high.longitude + margin},
                  {high.latitude + margin, low.longitude - margin}});
}

// The stop nearest to the middle of all: the town's centre, where the depot is.
LatLon CentreOf(const std::vector<Stop>& stops) {
  LatLon mean;
  for (const Stop& stop : stops) {
    mean.latitude += stop.location.latitude / static_cast<double>(stops.size());
    mean.longitude += stop.location.longitude / static_cast<double>(stops.size());
  }
  return std::min_element(stops.begin(), stops.end(),
                          [&](const Stop& a, const Stop& b) {
                            return DistanceMetres(a.location, mean) <
                                   DistanceMetres(b.location, mean);
                          })
      ->location;
}

Calendar MakeCalendar() {
  using absl::CivilDay;
  return {.school_holidays = {{CivilDay(2026, 10, 17), CivilDay(2026, 10, 31)},
                              {CivilDay(2026, 12, 23), CivilDay(2027, 1, 6)},
                              {CivilDay(2027, 3, 22), CivilDay(2027, 4, 3)},
                              {CivilDay(2027, 7, 19), CivilDay(2027, 8, 31)}},
          .extra_public_holidays = {CivilDay(2026, 12, 24), CivilDay(2026, 12, 31)}};
}

ServiceHours MakeHours() {
  return {.rules = {{.days = {kWorkingDays, kTermTimeOrHolidays},
                     .hours = {{absl::Hours(6), absl::Hours(20)}}},
                    {.days = {kSaturday, kTermTimeOrHolidays},
                     .hours = {{absl::Hours(8), absl::Hours(18)}}},
                    {.days = {kAnyDay, kAnyKind}, .hours = {{absl::Hours(10), absl::Hours(16)}}}}};
}

ShiftTemplate MakeShift(const VehicleId& vehicle, absl::string_view name, DayRule days, int begin,
                        int end, int pause) {
  return {.id = ShiftId(absl::StrCat(vehicle.value(), "-", name)),
          .vehicle = vehicle,
          .days = std::move(days),
          .begin = absl::Hours(begin) - absl::Minutes(30),
          .end = absl::Hours(end) + absl::Minutes(30),
          .breaks = {{absl::Hours(pause), absl::Hours(pause + 1), absl::Minutes(30)}}};
}

}  // namespace

Settings MakeDemoSettings(const std::vector<DemoStop>& found, const Polygon& area) {
  if (found.empty()) std::abort();
  Settings settings{.name = "Bürgerbus Musterstadt", .phone = "+49 2500 4711"};
  settings.area = area.empty() ? Around(found) : area;
  settings.stops = MakeStops(found, settings.area);
  settings.doors = {.granted = true, .reference = "Demo 44/2026"};
  settings.calendar = MakeCalendar();
  settings.hours = MakeHours();
  const LatLon depot = CentreOf(settings.stops);
  for (int i = 1; i <= 3; ++i) {
    const VehicleId id(absl::StrCat("bus-", i));
    settings.vehicles.push_back({.id = id,
                                 .name = absl::StrCat("Bus ", i),
                                 .plate = absl::StrCat("MU-BB ", 100 + i),
                                 .layouts = {{8, 0, 2}, {6, 1, 2}},
                                 .depot = depot});
    settings.shifts.push_back(
        MakeShift(id, "frueh", {kWorkingDays, kTermTimeOrHolidays}, 6, 13, 9));
    settings.shifts.push_back(
        MakeShift(id, "spaet", {kWorkingDays, kTermTimeOrHolidays}, 14, 20, 16));
    settings.shifts.push_back(
        MakeShift(id, "samstag", {kSaturday, kTermTimeOrHolidays}, 8, 18, 12));
    settings.shifts.push_back(
        MakeShift(id, "sonntag", {{absl::Weekday::sunday}, kTermTimeOrHolidays}, 10, 16, 12));
    settings.shifts.push_back(
        MakeShift(id, "feiertag", {kAnyDay, {DayKind::kPublicHoliday}}, 10, 16, 12));
  }
  settings.rules.trip_mode = TripMode::kDoorToDoor;
  settings.rules.walking_metres = 400;
  settings.fares = {
      {FareCategoryId("erwachsene"), "Erwachsene", Money{250}},
      {FareCategoryId("kinder"), "Kinder (6 bis 14 Jahre)", Money{150}},
      {FareCategoryId("schwerbehindert"), "Schwerbehinderte mit Wertmarke", Money{0}, true},
      {FareCategoryId("begleitung"), "Begleitperson", Money{0}, true}};
  return settings;
}

namespace {

// A town's data and another town's map: no wish would find a way.
absl::Status CheckSameTown(const Settings& present, const Settings& demo) {
  const bool here = present.stops.empty() ||
                    std::any_of(present.stops.begin(), present.stops.end(), [&](const Stop& stop) {
                      return demo.area.Contains(stop.location);
                    });
  if (here) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("the data folder holds \"", present.name,
                   "\", which has no stop on this map: start it with its own map, or give the "
                   "other town another data folder (--data)"));
}

}  // namespace

namespace {

const routing::Boundary* FindMunicipality(const routing::TownMap& map) {
  constexpr int kMunicipality = 8;
  for (const routing::Boundary& boundary : map.boundaries) {
    if (boundary.admin_level == kMunicipality) return &boundary;
  }
  return nullptr;
}

// Of several of one size the one in the middle of the stops; "" where the map names none.
std::string LargestPlace(const routing::TownMap& map, const LatLon& middle) {
  const std::vector<std::string> by_size = {"place=city", "place=town", "place=village",
                                            "place=hamlet"};
  const routing::NamedPlace* best = nullptr;
  const auto rank = [&](const routing::NamedPlace& place) {
    const auto size = std::find(by_size.begin(), by_size.end(), place.category);
    return std::pair(size - by_size.begin(), DistanceMetres(place.location, middle));
  };
  for (const routing::NamedPlace& place : map.places) {
    if (place.name.empty() ||
        std::find(by_size.begin(), by_size.end(), place.category) == by_size.end())
      continue;
    if (best == nullptr || rank(place) < rank(*best)) best = &place;
  }
  return best == nullptr ? "" : best->name;
}

// "maps/olfen.osm.pbf" -> "Olfen".
std::string NameFromFile(absl::string_view file) {
  file = file.substr(file.rfind('/') + 1);
  std::string name(file.substr(0, file.find('.')));
  if (!name.empty()) name[0] = absl::ascii_toupper(static_cast<unsigned char>(name[0]));
  return name;
}

// Fits into a name, with what stands before it.
bool IsTownName(absl::string_view name) {
  constexpr size_t kLongest = 80;
  return !name.empty() && IsPlainText(name) && CodePoints(name) <= kLongest;
}

}  // namespace

absl::StatusOr<Settings> MakeDemoSettings(const routing::TownMap& map, absl::string_view file) {
  std::vector<DemoStop> stops;
  const auto add = [&](const std::string& name, const LatLon& location) {
    if (map.roads == nullptr || map.roads->SnapTo(location).ok()) stops.push_back({name, location});
  };
  for (const routing::BusStop& stop : map.stops) add(stop.name, stop.location);
  for (const routing::NamedPlace& place : map.places) {
    if (map.stops.empty() && !place.name.empty()) add(place.name, place.location);
  }
  if (stops.size() < 2)
    return absl::InvalidArgumentError(
        "the map holds neither bus stops nor named places to stop at");
  const routing::Boundary* town = FindMunicipality(map);
  Settings settings = MakeDemoSettings(stops, town == nullptr ? Polygon() : Polygon(town->ring));
  for (const std::string& name :
       {town == nullptr ? "" : town->name, LargestPlace(map, settings.vehicles[0].depot),
        NameFromFile(file)}) {
    if (!IsTownName(name)) continue;
    settings.name = absl::StrCat("Bürgerbus ", name);
    break;
  }
  return settings;
}

absl::Status SeedDemo(Services& services, const std::string& tenant, const Settings& settings,
                      absl::Time deadline) {
  const Command seed = Command::OfService(tenant, "seed-demo", "settings", deadline);
  const absl::StatusOr<SettingsService::Document> present = services.settings.Get(seed.AsQuery());
  if (present.ok()) return CheckSameTown(*present->settings, settings);
  if (!absl::IsNotFound(present.status())) return present.status();
  return services.settings.Update(seed, settings, "").status();
}

}  // namespace stadtmesh::buergerbus
