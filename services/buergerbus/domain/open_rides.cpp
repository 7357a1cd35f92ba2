#include "buergerbus/domain/open_rides.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace stadtmesh::buergerbus {
namespace {

bool AreTogether(const Ride& a, const Ride& b) {
  return a.promise.pickup.begin < b.promise.latest_arrival &&
         b.promise.pickup.begin < a.promise.latest_arrival;
}

bool Has(const std::vector<Ride>& rides, const RideId& id) {
  return std::any_of(rides.begin(), rides.end(), [&](const Ride& ride) { return ride.id == id; });
}

}  // namespace

bool IsOpen(const Ride& ride, absl::Time now) {
  if (IsFinal(ride.state)) return false;
  if (ride.state == RideState::kHeld) return now < ride.held_until;
  return ride.state == RideState::kBoarded || now <= ride.promise.latest_arrival;
}

absl::Status CheckOpenRides(const BookingRules& rules, const std::vector<Ride>& known,
                            const std::vector<Ride>& wanted, absl::Time now) {
  size_t open = wanted.size();
  for (const Ride& ride : known) {
    if (!IsOpen(ride, now) || Has(wanted, ride.id)) continue;
    if (ride.state == RideState::kAffected && !ride.tour) continue;
    ++open;
    for (const Ride& other : wanted) {
      if (AreTogether(ride, other))
        return Refuse(Reason::kRidesOverlap, {{"ride", ride.id.value()}});
    }
  }
  const bool more = std::any_of(wanted.begin(), wanted.end(),
                                [&](const Ride& ride) { return !Has(known, ride.id); });
  const auto most = static_cast<size_t>(rules.open_rides_per_person);
  if (more && open > most) return Refuse(Reason::kTooManyOpenRides, {{"most", absl::StrCat(most)}});
  return absl::OkStatus();
}

}  // namespace stadtmesh::buergerbus
