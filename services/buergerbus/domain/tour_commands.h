// What can happen to a tour.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "buergerbus/domain/booking_rules.h"
#include "buergerbus/domain/decision.h"
#include "buergerbus/domain/settings.h"
#include "buergerbus/domain/tour.h"

namespace stadtmesh::buergerbus {

// Takes a plan over, if CheckPlan (tour_check.h) finds nothing against it: kPlanOutdated,
// kPromiseBroken, kVehicleOut.
struct AdoptPlan {
  TourPlan plan;
  std::vector<RideId> removed;
};
struct RemoveRide {
  RideId ride;
};  // cancelled or expired: frees the place; never fails, planned times of others stay
// Driver's reports; `driver` must hold the running shift unless a dispatcher reports for them
// (empty).
struct StartShift {
  ShiftId shift;
  DriverId driver;
};  // kTooFarAhead long before it begins; a shift that nobody has becomes the driver's
struct AssignDriver {
  ShiftId shift;
  DriverId driver;
};
struct ArriveAt {
  DriverId driver;
  VisitKind kind = VisitKind::kPickup;
  RideId ride;
};
struct ServeVisit {
  DriverId driver;
  VisitKind kind = VisitKind::kPickup;
  RideId ride;
};  // boarded or alighted: the visit is done; implies the arrival
struct SkipRide {
  DriverId driver;
  RideId ride;
};  // no-show: the drop-off falls away; kNotArrived
struct TakeBreak {
  DriverId driver;
};  // the next visit is a break and begins now
struct ReportDelay {
  DriverId driver;
  absl::Duration delay;
};  // 0: on time again; at most 3 h
struct NoteAnnounced {
  RideId ride;
  std::optional<absl::Time> announced;  // Ride::announced
};                                      // so that nobody is told the same twice
struct EndShift {
  ShiftId shift;
  DriverId driver;
};  // kRidersAboard, kRidesLeft; breaks not taken fall away. Before the shift begins, with nothing
    // driven in it, it is planned again.
struct TakeVehicleOut {
  TimeWindow span;
};  // drops every ride that is not driven before or after; RidesDroppedBy lists them
struct ReturnVehicle {
  std::vector<TimeWindow> outages;
};                  // those of the vehicle that stand
struct RefitTour {  // the settings have changed (tour_refit.h); RidesLost lists who lost their
                    // place
  std::vector<Load> layouts;  // empty: the vehicle is gone
  std::vector<Shift> shifts;
};
using TourCommand = std::variant<AdoptPlan, RemoveRide, StartShift, AssignDriver, ArriveAt,
                                 ServeVisit, SkipRide, TakeBreak, ReportDelay, NoteAnnounced,
                                 EndShift, TakeVehicleOut, ReturnVehicle, RefitTour>;

// An empty tour of that day from the settings; kVehicleUnknown. A vehicle without a shift gives a
// tour without shifts. `outages`: all of the vehicle.
absl::StatusOr<Tour> OpenTour(const Settings& settings, const VehicleId& vehicle,
                              absl::CivilDay day, const std::vector<TimeWindow>& outages = {});

absl::StatusOr<Decision<Tour>> Decide(const Tour& tour, const TourCommand& command,
                                      const BookingRules& rules, absl::Time now);

// The rides that TakeVehicleOut{span} drops: their assignments, to be planned again, and whether
// they are on board already (those cannot be: they go to the call list).
struct DroppedRide {
  Assignment assignment;
  bool aboard = false;
};
std::vector<DroppedRide> RidesDroppedBy(const Tour& tour, const TimeWindow& span, absl::Time now);

// Rides that had a place in `before` and have none in `after`.
std::vector<RideId> RidesLost(const Tour& before, const Tour& after);

// Open rides that use the stop inside the span, by their planned times.
std::vector<RideId> RidesUsing(const Tour& tour, const StopBlock& block);

}  // namespace stadtmesh::buergerbus
