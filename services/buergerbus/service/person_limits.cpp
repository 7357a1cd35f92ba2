#include "buergerbus/service/person_limits.h"

#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "buergerbus/domain/open_rides.h"

namespace stadtmesh::buergerbus {
namespace {

// Longer than any call: two that meet cannot both find nothing.
constexpr absl::Duration kGuardLife = absl::Hours(1);
constexpr absl::Duration kLongestRide = absl::Hours(24);
// Of one person from now on, those that were cancelled included; nobody has more.
constexpr size_t kMostRides = 1000;

}  // namespace

absl::Status CheckPerson(UnitOfWork& unit, const Settings& settings,
                         const std::vector<Ride>& wanted) {
  if (wanted.empty() || wanted.front().customer.alias.empty()) return absl::OkStatus();
  const std::string& person = wanted.front().customer.alias;
  // First the guard, then the rides: who books between both changes the guard.
  ASSIGN_OR_RETURN(Stored<LastBooking> guard, unit.Read<LastBooking>(keys::LastBooking(person)));
  ASSIGN_OR_RETURN(const std::vector<store::Scored> members,
                   unit.repository().ListBetween(
                       unit.tenant(), indexes::RidesOf(person), ScoreOf(unit.now() - kLongestRide),
                       std::numeric_limits<double>::max(), kMostRides, unit.command().deadline));
  const auto most = settings.rules.open_rides_per_person;
  if (members.size() == kMostRides)
    return Refuse(Reason::kTooManyOpenRides, {{"most", absl::StrCat(most)}});
  std::vector<std::string> ride_keys;
  for (const store::Scored& member : members)
    ride_keys.push_back(keys::Ride(RideId(member.member)));
  ASSIGN_OR_RETURN(
      std::vector<Stored<Ride>> stored,
      unit.repository().ReadAll<Ride>(unit.tenant(), ride_keys, unit.command().deadline));
  std::vector<Ride> known;
  for (Stored<Ride>& ride : stored) {
    if (ride.value) known.push_back(*std::move(ride.value));
  }
  RETURN_IF_ERROR(CheckOpenRides(settings.rules, known, wanted, unit.now()));
  unit.Put(guard, LastBooking{unit.now()}, kGuardLife);
  return absl::OkStatus();
}

}  // namespace stadtmesh::buergerbus
