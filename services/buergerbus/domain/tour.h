// The tour: what one vehicle does on one service day. It holds everything that planning needs of
// its rides, so that planning reads tours only, and an insertion writes one tour and one ride.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "base/geo.h"
#include "buergerbus/domain/ids.h"
#include "buergerbus/domain/party.h"
#include "buergerbus/domain/place.h"
#include "buergerbus/domain/promise.h"
#include "buergerbus/domain/shift.h"

namespace stadtmesh::buergerbus {

// A ride as planning sees it.
struct Assignment {
  RideId ride;
  LatLon origin;
  LatLon destination;
  std::optional<StopId> origin_stop;  // absent: a door
  std::optional<StopId> destination_stop;
  Load load;
  Promise promise;
  absl::Duration boarding;  // the vehicle stands so long at the pick-up
  absl::Duration alighting;
  std::optional<absl::Time> announced;  // as Ride::announced
  bool operator==(const Assignment&) const = default;
};

enum class VisitKind { kPickup, kDropoff, kBreak };

// One thing to do on the way. Several visits at one place follow each other without driving.
struct Visit {
  VisitKind kind = VisitKind::kPickup;
  int shift = 0;        // index in Tour::shifts
  RideId ride;          // empty for a break
  int break_index = 0;  // in Shift::breaks, for a break
  // Of a break: where it is taken, if not where the visit before was: at a stop that was cancelled.
  std::optional<LatLon> place;
  absl::Duration drive;  // from the visit before (from the depot for the first of a shift)
  absl::Time arrival;    // planned
  absl::Time begin;      // planned: boarding or the break begins; never before the promised window
  absl::Time end;        // planned: ready to drive on; end - begin is the time the vehicle stands
  Load load_after;       // planned to be on board when it is done
  std::optional<absl::Time> arrived_at;  // reported
  std::optional<absl::Time> begun_at;    // reported: boarding, alighting, break or no-show
  // When the vehicle leaves for it: as late as the plan allows, because who still stands can be
  // sent elsewhere.
  absl::Time leave_at() const { return begin - drive; }
  bool operator==(const Visit&) const = default;
};

struct Tour {
  TourId id;
  std::vector<Load> layouts;            // of the vehicle, copied when the tour was opened
  std::vector<Shift> shifts;            // by begin, disjoint
  std::vector<Assignment> assignments;  // of every ride in `visits`; executed ones stay
  // By shift, then in driving order; a ride's pick-up comes before its drop-off, in one shift. A
  // pick-up without drop-off is done and was a no-show, or its rider left a vehicle that was taken
  // out.
  std::vector<Visit> visits;
  int executed = 0;           // so many visits are done
  int64_t plan_revision = 0;  // counts the plans; a plan made for another revision is refused
  absl::Duration delay;  // reported by the driver: behind the plan as it was without it; gone when
                         // the next visit is done
  std::optional<absl::Time> delayed_until;  // with a delay: the bus does not leave before
  std::vector<TimeWindow> outages;          // of the vehicle, touching its shifts (spans.h)
  // On board when the vehicle was taken out, and not yet said to have got off, or to go on in
  // another one: until then the shift takes nobody else.
  std::vector<RideId> stranded;
  bool operator==(const Tour&) const = default;
};

// The part of a tour that a plan replaces: everything after the frozen prefix.
struct TourPlan {
  TourId tour;
  int64_t based_on = 0;  // Tour::plan_revision it was made for
  std::vector<Assignment> assignments;
  std::vector<Visit> visits;
  // By shift, where driving is late: when the bus comes home if nothing is changed. The last visit
  // may end no later.
  std::map<int, absl::Time> late_home;
  bool operator==(const TourPlan&) const = default;
};

const Assignment* FindAssignment(const Tour& tour, const RideId& ride);
// Index in visits, or -1.
int FindVisit(const Tour& tour, VisitKind kind, const RideId& ride);
// The same of a break of a shift, by its index there.
int FindBreak(const Tour& tour, int shift, int break_index);
// Reported: also of a rider who left the tour since, because its vehicle was taken out.
bool WasPickedUp(const Tour& tour, const RideId& ride);
// Rides whose drop-off is still to come, in the order of their next visit.
std::vector<RideId> OpenRides(const Tour& tour);
// Rides that were picked up and not yet dropped off.
std::vector<RideId> RidesAboard(const Tour& tour);
// The place of a visit; for a break without one that of the visit before, or the depot.
LatLon LocationOf(const Tour& tour, int visit);
// Drops a visit that is not done. The drive to the next one becomes at most the sum of both; its
// planned times stay true, since the vehicle has only more time now. A break behind it is taken
// where it was planned: further back, the drive that follows might be too long.
void DropVisit(Tour& tour, int visit);
// Whether somebody who was picked up in this shift is stranded.
bool HasStranded(const Tour& tour, int shift);
// What the driver said about a delay is overtaken by facts.
void ClearDelay(Tour& tour);
// Whether the break can begin in time, between the outages and not before `from`.
bool CanBegin(const Break& pause, const std::vector<TimeWindow>& outages, absl::Time from);
// Which breaks of a shift a plan in which it drives somebody must hold, in their order: those taken
// or planned, and for a shift that drives nobody yet those that can still begin in time. A driver
// whose bus stood idle, or was out of service, while a break could begin has rested.
std::vector<int> BreaksOwed(const Tour& tour, int shift, absl::Time now);
// Whether somebody is still to be picked up or dropped off in this shift.
bool DrivesOn(const Tour& tour, int shift);
// load_after of every visit, from the assignments.
std::vector<Load> LoadsOf(const std::vector<Assignment>& assignments,
                          const std::vector<Visit>& visits);
// load_after of all visits follows from their order.
void CountLoads(Tour& tour);

}  // namespace stadtmesh::buergerbus
