// Looks for times at which a wish can be promised.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "buergerbus/planner/day_problem.h"
#include "buergerbus/planner/planner.h"

namespace stadtmesh::buergerbus {

// A promised window that fits, and where.
struct Fitting {
  Offer offer;
  Assignment assignment;
  double cost = 0;  // seconds driven more
};

// One search for one request; prepares each service day once. Not thread-safe.
class OfferSearch {
 public:
  OfferSearch(const Settings& settings, const std::vector<const PlanningDay*>& days,
              const TripRequest& request, const TravelOracle& oracle, absl::Time now);
  ~OfferSearch();

  absl::StatusOr<OfferSet> Run();

  // The best place for the window beginning at `pickup`, or why there is none: a refusal by a
  // reason, or UNAVAILABLE. `booked_as_of`: the moment at which the booking rules are asked.
  absl::StatusOr<Fitting> Probe(absl::Time pickup, absl::Time booked_as_of,
                                const RideId& ride = RideId("wish"),
                                const std::optional<VehicleId>& vehicle = std::nullopt);
  // The day of the last Probe that succeeded; ends the search.
  DayProblem TakeDay() &&;

 private:
  struct Day;
  absl::StatusOr<Day*> Prepare(absl::CivilDay day);
  std::optional<absl::Time> ArriveBy(absl::Time pickup, absl::Duration direct) const;
  Assignment AssignmentFor(const RideId& ride, const Promise& promise) const;
  absl::Status CheckPlaces(absl::CivilDay day, const PlanningDay& planning,
                           const Promise& promise) const;
  absl::Status CheckBeforeReturn(absl::Time arrival) const;
  absl::StatusOr<absl::Time> FirstWish();
  absl::StatusOr<std::optional<Fitting>> BestOf(const std::vector<absl::Time>& pickups);
  absl::Status FindWished(OfferSet& found, absl::Time first);
  absl::Status FindAlternatives(OfferSet& found, absl::Time first);
  void SuggestStops(OfferSet& found, absl::Time first) const;

  const Settings& settings_;
  const std::vector<const PlanningDay*>& days_;
  const TripRequest& request_;
  const TravelOracle& oracle_;
  absl::Time now_;
  std::map<absl::CivilDay, std::unique_ptr<Day>> prepared_;
  std::optional<Reason> refusal_;             // of the candidate nearest to the wish
  std::map<std::string, std::string> facts_;  // of that refusal
  Day* last_day_ = nullptr;
};

}  // namespace stadtmesh::buergerbus
