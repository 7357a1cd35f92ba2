// Who drives whom, and when. The one small interface behind which planning can grow; pure: values
// in, values out.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "buergerbus/domain/offer.h"
#include "buergerbus/domain/rider_trip.h"
#include "buergerbus/domain/settings.h"
#include "buergerbus/domain/tour.h"

namespace stadtmesh::buergerbus {

// Everything planning may look at for one service day.
struct PlanningDay {
  absl::CivilDay day;
  // of all vehicles with a shift that day (OpenTour for those without a stored one)
  std::vector<Tour> tours;
  std::vector<StopBlock> blocks;
  // Without a shift in the settings any more, but on the road: they drive who they have, and nobody
  // else.
  std::set<VehicleId> leaving;
};

// A ride in a tour: adopt `plan` (AdoptPlan) and hold or move the ride in one transaction.
struct Placement {
  TourId tour;
  Assignment assignment;
  TourPlan plan;
  Offer offer;
};

struct Replanning {
  std::vector<TourPlan> plans;        // one per changed tour, holding all rides that found a place
  std::map<RideId, TourId> placed;    // who has another tour now
  std::map<RideId, Reason> unplaced;  // list these: MarkAffected, and a call
};

// How long to search for a better plan.
struct SearchBudget {
  absl::Duration time = absl::Milliseconds(500);  // of the machine's clock
  int64_t iterations =
      -1;  // -1: no limit. With it, and infinite time, the answer depends on the seed alone
  uint64_t seed = 1;  // another one searches elsewhere
  size_t most_moves =
      60;  // so many rides at most are given to another bus, so that one transaction holds them
  std::function<bool()> cancelled;  // asked now and then; true ends the search; may be empty
};

struct Improvement {
  Replanning changes;    // `placed`: rides that another tour takes; empty where nothing was found
  absl::Duration saved;  // so much less is driven
};

// Const calls from several threads at once. All methods may return UNAVAILABLE (no road graph);
// nothing else than stated.
class Planner {
 public:
  virtual ~Planner() = default;

  // Up to three offers for a resolved trip (ResolveTrip), or the reason and the nearest
  // alternatives. `days` are the planning days around the wish (ServiceDay of the wish, and
  // neighbours where the search may reach; a missing day is not searched).
  virtual absl::StatusOr<OfferSet> FindOffers(const Settings& settings,
                                              const std::vector<PlanningDay>& days,
                                              const TripRequest& request, absl::Time now) const = 0;

  // Takes an offer: the same request with the promised window beginning at `pickup_begin`, in the
  // tour that takes it best (only `vehicle`, if given). kOfferExpired with metadata "cause" when it
  // no longer fits; the reasons of CheckBookable (as of BookingRules:: hold ago: who sees an offer
  // has that long to take it) and CheckPlace.
  virtual absl::StatusOr<Placement> Accept(const Settings& settings, const PlanningDay& day,
                                           const TripRequest& request, const RideId& ride,
                                           absl::Time pickup_begin,
                                           std::optional<VehicleId> vehicle,
                                           absl::Time now) const = 0;

  // Another place for a ride whose promise is fixed: a dispatcher's move. The ride may be in a tour
  // of `day`; it leaves it (its tour is then in `plans` too). kRideNotOnTour, kRideAlreadyBoarded,
  // kTooLateToChange (the bus is on its way to the rider), kVehicleUnknown, kNoVehicleFree.
  virtual absl::StatusOr<Replanning> Move(const Settings& settings, const PlanningDay& day,
                                          const RideId& ride, const VehicleId& vehicle,
                                          absl::Time now) const = 0;

  // Finds places for rides that lost theirs (they are in no tour of `day` any more), for as many as
  // a short search can (0.2 s): all are planned together, and every promise is kept. Rides of other
  // tours keep their bus. `rides` need not be in any order.
  virtual absl::StatusOr<Replanning> Replan(const Settings& settings, const PlanningDay& day,
                                            const std::vector<Assignment>& rides,
                                            absl::Time now) const = 0;

  // A day that is driven in less time with the same promises: nothing that is done or frozen
  // changes, nobody is late who was not.
  virtual absl::StatusOr<Improvement> Improve(const Settings& settings, const PlanningDay& day,
                                              const SearchBudget& budget, absl::Time now) const = 0;

  // Until when the bus may wait at each pick-up that the tour still has to serve, without breaking
  // a promise behind it (windows, arrivals, ride times of who is on board then, breaks, the end of
  // the shift), if it comes there as planned. In the past where one is lost already: then it should
  // not wait at all. The promise of whoever is waited for does not count, and who boarded before
  // the plan wanted counts as on board from the planned boarding on.
  virtual absl::StatusOr<std::map<RideId, absl::Time>> LeaveBy(const Settings& settings,
                                                               const PlanningDay& day,
                                                               const TourId& tour,
                                                               absl::Time now) const = 0;

  // The tour without these rides and with the times that follow from what is known now (delay,
  // position): after cancellations, no-shows and delays.
  virtual absl::StatusOr<TourPlan> Reschedule(const Settings& settings, const PlanningDay& day,
                                              const TourId& tour,
                                              const std::vector<RideId>& without,
                                              absl::Time now) const = 0;

  // For each of these points whether a road leads there: nobody can be driven to or from others.
  virtual absl::StatusOr<std::vector<bool>> OnRoads(const std::vector<LatLon>& points) const = 0;
};

}  // namespace stadtmesh::buergerbus
