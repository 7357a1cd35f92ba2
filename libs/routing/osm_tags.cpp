#include "routing/osm_tags.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "routing/osm_access.h"
#include "routing/osm_conditions.h"

namespace stadtmesh::routing {
namespace {

constexpr double kWalkKmh = 7;
constexpr double kVehicleKmh =
    100;  // minibuses with standing places or a trailer may not go faster
constexpr double kMphToKmh = 1.609344;

struct ClassSpeed {
  absl::string_view highway;
  RoadClass road_class;
  bool link;
  double built_up;  // km/h made good inside towns
  double open;      // and outside
};

constexpr std::array<ClassSpeed, 18> kClasses = {{
    {"motorway", RoadClass::kMotorway, false, 90, 100},
    {"motorway_link", RoadClass::kMotorway, true, 45, 55},
    {"trunk", RoadClass::kTrunk, false, 55, 88},
    {"trunk_link", RoadClass::kTrunk, true, 38, 45},
    {"primary", RoadClass::kPrimary, false, 43, 80},
    {"primary_link", RoadClass::kPrimary, true, 32, 42},
    {"secondary", RoadClass::kSecondary, false, 41, 75},
    {"secondary_link", RoadClass::kSecondary, true, 30, 40},
    {"tertiary", RoadClass::kTertiary, false, 38, 66},
    {"tertiary_link", RoadClass::kTertiary, true, 28, 36},
    {"unclassified", RoadClass::kUnclassified, false, 33, 52},
    {"road", RoadClass::kUnclassified, false, 28, 40},
    {"residential", RoadClass::kResidential, false, 27, 30},
    {"living_street", RoadClass::kLivingStreet, false, kWalkKmh, kWalkKmh},
    {"service", RoadClass::kService, false, 14, 16},
    {"busway", RoadClass::kService, false, 35, 45},
    {"track", RoadClass::kTrack, false, 14, 16},
    {"pedestrian", RoadClass::kLivingStreet, false, kWalkKmh, kWalkKmh},
}};

const ClassSpeed* FindClass(absl::string_view highway) {
  for (const ClassSpeed& entry : kClasses) {
    if (entry.highway == highway) return &entry;
  }
  return nullptr;
}

const ClassSpeed& SpeedOf(const RoadTags& road) {
  for (const ClassSpeed& entry : kClasses) {
    if (entry.road_class == road.road_class && entry.link == road.link) return entry;
  }
  for (const ClassSpeed& entry : kClasses) {
    if (entry.road_class == road.road_class) return entry;
  }
  std::abort();  // every class is in the table
}

absl::string_view Oneway(TagLookup tags, bool public_service_vehicle) {
  for (const absl::string_view key :
       {"oneway:bus", "oneway:psv", "oneway:motorcar", "oneway:motor_vehicle", "oneway"}) {
    const bool ours = public_service_vehicle || (key != "oneway:bus" && key != "oneway:psv");
    if (const absl::string_view value = tags(key); ours && !value.empty()) return value;
  }
  return "";
}

// A lane against the one-way traffic that is the buses' own.
bool HasContraflowBusLane(TagLookup tags) {
  const auto opposite = [&](absl::string_view key) {
    return tags(key) == "opposite_lane" || tags(key) == "opposite";
  };
  const auto counted = [&](absl::string_view key) { return ParseMeasure(tags(key)) >= 1; };
  return opposite("busway") || opposite("busway:left") || opposite("busway:right") ||
         counted("lanes:bus:backward") || counted("lanes:psv:backward");
}

void ParseDirections(TagLookup tags, bool public_service_vehicle, RoadTags& road) {
  const absl::string_view oneway = Oneway(tags, public_service_vehicle);
  const absl::string_view junction = tags("junction");
  if (oneway == "-1" || oneway == "reverse") {
    road.forward = false;
  } else if (oneway == "yes" || oneway == "true" || oneway == "1") {
    road.backward = false;
  } else if (oneway == "reversible" || oneway == "alternating") {
    road.forward = road.backward = false;
  } else if (oneway.empty() && (junction == "roundabout" || junction == "circular" ||
                                road.road_class == RoadClass::kMotorway)) {
    road.backward = false;
  }
  if (public_service_vehicle && HasContraflowBusLane(tags)) road.backward = true;
  // What is said about one direction holds for it, also that it is open against a one-way.
  const auto direct = [&](absl::string_view suffix, bool& open) {
    const absl::string_view access = Access(tags, public_service_vehicle, suffix);
    if (!access.empty()) open = Grants(access);
  };
  direct(":forward", road.forward);
  direct(":backward", road.backward);
}

// A conditional limit that may hold by day holds always.
void ApplyConditional(absl::string_view conditional, SpeedLimit& limit) {
  for (const std::string& value : ValuesThatMayBind(conditional, true)) {
    const SpeedLimit at_times = ParseSpeedLimit(value);
    if (!at_times.kmh) continue;
    limit.kmh = std::min(limit.kmh.value_or(*at_times.kmh), *at_times.kmh);
  }
}

// The first of several keys that says anything about the limit; what one leaves open the next may
// fill.
SpeedLimit LimitFrom(TagLookup tags, absl::string_view directed_key) {
  SpeedLimit limit;
  for (const absl::string_view key :
       {directed_key, absl::string_view("maxspeed"), absl::string_view("zone:maxspeed"),
        absl::string_view("maxspeed:type"), absl::string_view("source:maxspeed"),
        absl::string_view("zone:traffic")}) {
    const SpeedLimit more = ParseSpeedLimit(tags(key));
    if (!limit.kmh) limit.kmh = more.kmh;
    if (!limit.urban) limit.urban = more.urban;
  }
  ApplyConditional(tags("maxspeed:conditional"), limit);
  ApplyConditional(tags(absl::StrCat(directed_key, ":conditional")), limit);
  return limit;
}

}  // namespace

SpeedLimit ParseSpeedLimit(absl::string_view value) {
  value = absl::StripAsciiWhitespace(value.substr(0, value.find(';')));
  if (value == "walk") return {kWalkKmh, std::nullopt};
  if (value == "none") return {kVehicleKmh, false};
  if (absl::ConsumePrefix(&value, "DE:")) {
    if (value == "urban") return {50, true};
    if (value == "rural") return {100, false};
    if (value == "motorway" || value == "trunk") return {kVehicleKmh, false};
    if (value == "living_street" || value == "walk") return {kWalkKmh, true};
    if (!absl::ConsumePrefix(&value, "zone:")) absl::ConsumePrefix(&value, "zone");
    const SpeedLimit zone = ParseSpeedLimit(value);
    return zone.kmh ? SpeedLimit{zone.kmh, true} : SpeedLimit{};
  }
  double factor = 1;
  if (absl::ConsumeSuffix(&value, "mph")) {
    factor = kMphToKmh;
  } else if (!absl::ConsumeSuffix(&value, "km/h")) {
    absl::ConsumeSuffix(&value, "kmh");
  }
  double number = 0;
  if (!absl::SimpleAtod(absl::StripAsciiWhitespace(value), &number)) return {};
  number *= factor;
  if (!(number >= 1 && number <= 300)) return {};
  return {number, number > 70 ? std::optional<bool>(false) : std::nullopt};
}

std::optional<RoadTags> ParseRoad(TagLookup tags, bool public_service_vehicle) {
  const absl::string_view highway = tags("highway");
  const ClassSpeed* known = FindClass(highway);
  if (known == nullptr || tags("area") == "yes" || tags("route") == "ferry" || !Fits(tags) ||
      !IsOpen(highway, tags, public_service_vehicle)) {
    return std::nullopt;
  }
  RoadTags road{.road_class = known->road_class, .link = known->link};
  ParseDirections(tags, public_service_vehicle, road);
  if (!road.forward && !road.backward) return std::nullopt;
  const absl::string_view surface = tags("surface");
  road.rough = surface == "unpaved" || surface == "gravel" || surface == "dirt" ||
               surface == "ground" || surface == "fine_gravel" || surface == "compacted" ||
               surface == "grass" || surface == "earth" || surface == "sand" ||
               surface == "pebblestone";
  road.forward_limit = LimitFrom(tags, "maxspeed:forward");
  road.backward_limit = LimitFrom(tags, "maxspeed:backward");
  return road;
}

double FreeFlowKmh(const RoadTags& road, bool forward, bool built_up) {
  const SpeedLimit& limit = forward ? road.forward_limit : road.backward_limit;
  const bool urban = limit.urban.value_or(built_up && limit.kmh.value_or(50) <= 50);
  const ClassSpeed& usual = SpeedOf(road);
  double kmh = urban ? usual.built_up : usual.open;
  if (limit.kmh) kmh = std::min(kmh, *limit.kmh <= kWalkKmh ? *limit.kmh : 0.9 * *limit.kmh);
  if (road.rough) kmh = std::min(kmh, 25.0);
  return std::min(kmh, kVehicleKmh);
}

absl::string_view RestrictionKind(TagLookup tags, bool public_service_vehicle) {
  for (const absl::string_view exception : absl::StrSplit(tags("except"), ';')) {
    const absl::string_view name = absl::StripAsciiWhitespace(exception);
    if (name == "motorcar" || name == "motor_vehicle") return "";
    if (public_service_vehicle && (name == "psv" || name == "bus")) return "";
  }
  const auto is_kind = [](absl::string_view kind) {
    return absl::StartsWith(kind, "no_") || absl::StartsWith(kind, "only_");
  };
  for (const absl::string_view key : {"restriction:bus", "restriction:psv", "restriction",
                                      "restriction:motorcar", "restriction:motor_vehicle"}) {
    const bool ours =
        public_service_vehicle || (key != "restriction:bus" && key != "restriction:psv");
    if (const absl::string_view kind = tags(key); ours && is_kind(kind)) return kind;
  }
  const absl::string_view conditional = tags("restriction:conditional");
  for (const std::string& value : ValuesThatMayBind(conditional, public_service_vehicle)) {
    // The values stand in the tag, which outlives our copy of them.
    if (is_kind(value)) return conditional.substr(conditional.find(value), value.size());
  }
  return "";
}

}  // namespace stadtmesh::routing
