#include "routing/osm_access.h"

#include <array>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "routing/osm_conditions.h"

namespace stadtmesh::routing {
namespace {

// Keys of who may drive, the most specific first.
constexpr std::array<absl::string_view, 7> kAccessKeys = {
    "bus", "psv", "minibus", "motorcar", "motor_vehicle", "vehicle", "access"};
constexpr size_t kBusKeys = 3;  // of these

bool GrantsOne(absl::string_view access) {
  return access == "yes" || access == "permissive" || access == "designated" ||
         access == "destination" || access == "official" || access == "customers" ||
         access == "delivery";
}

}  // namespace

bool Grants(absl::string_view access) {
  for (const absl::string_view value : absl::StrSplit(access, ';')) {
    if (GrantsOne(absl::StripAsciiWhitespace(value))) return true;
  }
  return false;
}

absl::string_view Access(TagLookup tags, bool public_service_vehicle, absl::string_view suffix) {
  for (size_t i = public_service_vehicle ? 0 : kBusKeys; i < kAccessKeys.size(); ++i) {
    const std::string key = absl::StrCat(kAccessKeys[i], suffix);
    const std::string conditional(tags(absl::StrCat(key, ":conditional")));
    for (const std::string& value : ValuesThatMayBind(conditional, public_service_vehicle)) {
      if (!Grants(value)) return "no";
    }
    if (const absl::string_view value = tags(key); !value.empty()) return value;
  }
  return "";
}

bool IsOpen(absl::string_view highway, TagLookup tags, bool public_service_vehicle) {
  const absl::string_view access = Access(tags, public_service_vehicle);
  if (highway == "track")
    return Grants(access) || (access.empty() && tags("tracktype") == "grade1");
  if (highway == "busway") return Grants(access) || (public_service_vehicle && access.empty());
  if (highway == "pedestrian")
    return Grants(access) && access != "delivery" && access != "customers";
  if (highway == "service" && tags("service") == "emergency_access") return false;
  return access.empty() || Grants(access) || access == "unknown" || access == "discouraged" ||
         access == "permit";
}

bool Fits(TagLookup tags) {
  struct Limit {
    absl::string_view key;
    double ours;
  };
  for (const Limit& limit :
       {Limit{"maxheight", kVehicleHeightMetres}, Limit{"maxheight:physical", kVehicleHeightMetres},
        Limit{"maxwidth", kVehicleWidthMetres}, Limit{"maxwidth:physical", kVehicleWidthMetres},
        Limit{"maxlength", kVehicleLengthMetres}, Limit{"maxweight", kVehicleTonnes}}) {
    const double allowed = ParseMeasure(tags(limit.key));
    if (allowed >= 0 && allowed < limit.ours) return false;
  }
  return true;
}

bool BlocksRoad(TagLookup tags, bool public_service_vehicle) {
  const absl::string_view barrier = tags("barrier");
  if (barrier.empty()) return false;
  if (!Fits(tags)) return true;
  const absl::string_view access = Access(tags, public_service_vehicle);
  if (barrier == "gate" || barrier == "lift_gate" || barrier == "swing_gate" ||
      barrier == "sliding_gate") {
    return (!access.empty() && !Grants(access)) || tags("locked") == "yes";
  }
  if (barrier == "bus_trap" || barrier == "sump_buster") {
    return access.empty() ? !public_service_vehicle : !Grants(access);
  }
  const bool solid = barrier == "bollard" || barrier == "block" || barrier == "cycle_barrier" ||
                     barrier == "chain" || barrier == "jersey_barrier" || barrier == "debris" ||
                     barrier == "log" || barrier == "stile" || barrier == "planter" ||
                     barrier == "rope" || barrier == "kissing_gate" || barrier == "turnstile";
  return solid && !Grants(access);
}

}  // namespace stadtmesh::routing
