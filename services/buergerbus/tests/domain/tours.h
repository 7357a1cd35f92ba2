// Tours of the late shift of bus-1 for the tests of what may happen to one.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "base/error.h"
#include "buergerbus/domain/tour_check.h"
#include "buergerbus/domain/tour_commands.h"
#include "buergerbus/domain/tour_times.h"
#include "town.h"

namespace stadtmesh::buergerbus::testing {

inline const BookingRules kTourRules = TestTown().rules;
inline const DriverId kBernd("bernd");
inline const ShiftId kLate("bus-1-late");

inline Assignment MakeAssignment(const char* ride, absl::Time pickup, Load load = {1, 0, 0}) {
  return {.ride = RideId(ride),
          .origin = Point(5, 5),
          .destination = Point(6, 5),
          .origin_stop = StopId("market"),
          .destination_stop = StopId("doctor"),
          .load = load,
          .promise = {{pickup, pickup + absl::Minutes(15)},
                      pickup + absl::Minutes(40),
                      absl::Minutes(20)},
          .boarding = absl::Minutes(1),
          .alighting = absl::Minutes(1)};
}

inline Visit MakeVisit(VisitKind kind, const char* ride, absl::Time begin, int drive_minutes,
                       Load after) {
  return {.kind = kind,
          .shift = 1,
          .ride = RideId(ride),
          .drive = absl::Minutes(drive_minutes),
          .arrival = begin,
          .begin = begin,
          .end = begin + absl::Minutes(1),
          .load_after = after};
}

inline Tour EmptyTour() { return *OpenTour(TestTown(), VehicleId("bus-1"), kWednesday); }

// a and b get on at the market around 14:00 and get off at the doctor's at 14:10.
inline TourPlan TwoRides() {
  return {.tour = EmptyTour().id,
          .based_on = 0,
          .assignments = {MakeAssignment("a", At(14)), MakeAssignment("b", At(14))},
          .visits = {MakeVisit(VisitKind::kPickup, "a", At(14, 2), 2, {1, 0, 0}),
                     MakeVisit(VisitKind::kPickup, "b", At(14, 3), 0, {2, 0, 0}),
                     MakeVisit(VisitKind::kDropoff, "a", At(14, 10), 4, {1, 0, 0}),
                     MakeVisit(VisitKind::kDropoff, "b", At(14, 11), 0, {0, 0, 0})}};
}

inline std::string Outcome(const Tour& tour, const TourCommand& command, absl::Time now) {
  const auto decision = Decide(tour, command, kTourRules, now);
  if (!decision.ok())
    return ReasonOf(decision.status()) ? std::string(ReasonName(*ReasonOf(decision.status())))
                                       : "?";
  return decision->state == tour ? "same" : "ok";
}
inline Tour Do(const Tour& tour, const TourCommand& command, absl::Time now) {
  const auto decision = Decide(tour, command, kTourRules, now);
  EXPECT_TRUE(decision.ok()) << decision.status();
  return decision->state;
}
inline Tour Planned() { return Do(EmptyTour(), AdoptPlan{TwoRides(), {}}, At(8)); }
inline Tour Running() { return Do(Planned(), StartShift{kLate, kBernd}, At(13)); }
inline ServeVisit Serve(VisitKind kind, const char* ride) { return {kBernd, kind, RideId(ride)}; }
inline Tour Aboard() {
  const Tour one = Do(Running(), Serve(VisitKind::kPickup, "a"), At(14, 2));
  return Do(one, Serve(VisitKind::kPickup, "b"), At(14, 3));
}

}  // namespace stadtmesh::buergerbus::testing
