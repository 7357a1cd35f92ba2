#include "buergerbus/service/forgetting.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "buergerbus/service/calls.h"

namespace stadtmesh::buergerbus {
namespace {

void Forget(Place& place) {
  place.label.clear();
  if (place.is_door()) place.location = {};
}

LatLon NearestStop(const Settings& settings, const LatLon& point) {
  const auto nearest = std::min_element(
      settings.stops.begin(), settings.stops.end(), [&](const Stop& a, const Stop& b) {
        return DistanceMetres(a.location, point) < DistanceMetres(b.location, point);
      });
  if (nearest != settings.stops.end()) return nearest->location;
  return settings.vehicles.empty() ? LatLon() : settings.vehicles.front().depot;
}

}  // namespace

absl::Status ForgetRide(UnitOfWork& unit, Stored<Ride>& ride) {
  const RideId id = ride.value->id;
  Ride forgotten = *ride.value;
  forgotten.customer.alias.clear();
  forgotten.customer.card.reset();
  Forget(forgotten.trip.origin);
  Forget(forgotten.trip.destination);
  forgotten.forgotten = true;
  unit.Put(ride, std::move(forgotten));
  ASSIGN_OR_RETURN(Stored<Contact> contact, unit.Read<Contact>(keys::Contact(id)));
  if (contact.value) unit.Delete(contact);
  ASSIGN_OR_RETURN(std::vector<Stored<Call>> calls, CallsOf(unit, id));
  for (Stored<Call>& call : calls) WithdrawCall(unit, call);
  return absl::OkStatus();
}

void ForgetDoors(const Settings& settings, const RideId& ride, Tour& tour) {
  for (Assignment& assignment : tour.assignments) {
    if (assignment.ride != ride) continue;
    if (!assignment.origin_stop) assignment.origin = NearestStop(settings, assignment.origin);
    if (!assignment.destination_stop)
      assignment.destination = NearestStop(settings, assignment.destination);
  }
}

}  // namespace stadtmesh::buergerbus
