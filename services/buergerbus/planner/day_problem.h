// One service day in the words of libs/dispatch, and plans back in ours.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "buergerbus/planner/pauses.h"
#include "buergerbus/planner/planner.h"
#include "buergerbus/planner/travel_oracle.h"
#include "dispatch/insert.h"
#include "dispatch/model.h"
#include "dispatch/plan.h"

namespace stadtmesh::buergerbus {

// Each shift that still drives is one dispatch vehicle. Of what is done, only what matters on is
// told: who is on board, and breaks taken. Where driving made a visit late, it may be as late as it
// is already (ToleratedTimes), so a late tour still takes riders, but nobody already late gets
// later. Where a bus waits for somebody so long that their boarding now would break a promise, its
// shift takes nobody new and keeps its plan: until then it can leave in time. Holds references to
// `day` and `rules`.
class DayProblem {
 public:
  // `extra`: points that will be asked for beside those of the tours.
  static absl::StatusOr<DayProblem> Make(const BookingRules& rules, const PlanningDay& day,
                                         const std::vector<LatLon>& extra,
                                         const TravelOracle& oracle, absl::Time now);

  // For a search, which starts from a plan that keeps all limits: shifts that do not, as they are,
  // are left out with their rides, and stay as they are. (A way past a stop that was cancelled may
  // take longer than the way over it, because a bus can turn there.)
  static absl::StatusOr<DayProblem> MakeSearchable(const BookingRules& rules,
                                                   const PlanningDay& day,
                                                   const std::vector<LatLon>& extra,
                                                   const TravelOracle& oracle, absl::Time now);

  const dispatch::Problem& problem() const { return problem_; }
  const dispatch::Plan& plan() const { return plan_; }

  // Drive from one known point to another when leaving at `departure`; nothing where no road leads.
  std::optional<absl::Duration> Drive(const LatLon& from, const LatLon& to,
                                      absl::Time departure) const;

  // A ride as a request. Its points must be known.
  dispatch::Request RequestOf(const Assignment& assignment) const;
  // Adds the request to the problem; returns its index.
  int Add(const Assignment& assignment);
  // The same for a ride that need not find a place, but costs more than any detour without one.
  void AddWish(const Assignment& assignment);
  // The index of a ride's request, or -1.
  int IndexOf(const RideId& ride) const;
  const Assignment& RideOf(int request) const { return rides_[request]; }
  // A place where a bus only goes for its break, because a stop there was cancelled: no ride.
  bool IsDetour(int request) const { return rides_[request].ride.empty(); }
  // Ties these rides of `plan` to their vehicles, and those that are late already: a tour may serve
  // late only who was late on it.
  void Pin(const dispatch::Plan& plan, const std::set<RideId>& rides);

  // The dispatch vehicles of one of our vehicles; empty when none drives any more that day.
  std::vector<int> RoutesOf(const VehicleId& vehicle) const;
  // Those that may take a ride (only of `vehicle`, if given): all but of a tour in which it was
  // picked up before. A tour serves a ride once.
  std::vector<int> RoutesFor(const RideId& ride,
                             const std::optional<VehicleId>& vehicle = std::nullopt) const;
  const Tour& TourOf(int route) const { return day_->tours[routes_[route].tour]; }
  absl::Time At(dispatch::Ticks ticks) const { return origin_ + dispatch::ToDuration(ticks); }

  // Our plan for a tour when its routes (by index) have these stops, all of which passed
  // dispatch::Check with these times; shifts without a route keep their visits.
  struct NewRoute {
    dispatch::Route route;
    std::vector<dispatch::StopTimes> times;
  };
  TourPlan PlanFor(const TourId& tour, const std::map<int, NewRoute>& routes) const;
  // By pick-up of a tour that is still to be served: until when the bus may wait there without
  // breaking a promise behind it, in whole seconds; in the past where one is lost already.
  // Planner::LeaveBy.
  std::map<RideId, absl::Time> LeaveBy(const TourId& tour) const;
  // Planned pick-up and arrival of a ride that is not in the problem but was found a place: the
  // request after the last.
  std::pair<absl::Time, absl::Time> ExpectedWith(const Assignment& ride,
                                                 const dispatch::InsertOption& place);

 private:
  struct RouteOf {
    size_t tour = 0;
    int shift = 0;
    std::vector<Pause> pauses;  // by the index of the dispatch vehicle's breaks
    size_t driven = 0;          // stops of Progress::begun

    size_t IndexOf(int break_index) const {
      size_t index = 0;
      while (pauses[index].break_index != break_index) ++index;
      return index;
    }
  };
  struct Point {
    LatLon location;
    bool operator<(const Point& other) const {
      return location.latitude != other.location.latitude
                 ? location.latitude < other.location.latitude
                 : location.longitude < other.location.longitude;
    }
  };

  using ShiftKey = std::pair<size_t, int>;  // tour, shift

  DayProblem(const BookingRules& rules, const PlanningDay& day, absl::Time now);
  static absl::StatusOr<DayProblem> MakeWithout(const std::set<ShiftKey>& left_out,
                                                const BookingRules& rules, const PlanningDay& day,
                                                const std::vector<LatLon>& extra,
                                                const TravelOracle& oracle, absl::Time now);
  // Whether another tour than `tour` has picked it up before.
  bool WasElsewhere(const RideId& ride, const TourId& tour) const;
  static dispatch::Load LoadOf(const Load& load);
  void CloseRoutes();
  void CollectPoints(const std::vector<LatLon>& extra);
  void AddRoute(size_t tour, int shift);
  void AddDetour(const LatLon& place, dispatch::Route& route);
  bool ReadyForMore(dispatch::Vehicle& vehicle, dispatch::Route& route) const;
  dispatch::Vehicle VehicleOf(const Tour& tour, int shift, TimeWindow usable,
                              const std::vector<Pause>& pauses) const;
  void Tolerate(int route);
  dispatch::Problem BoardedAsPlanned() const;
  std::optional<TimeWindow> Usable(const Tour& tour, int shift) const;
  void AppendVisits(int route, const NewRoute& changed, std::vector<Visit>& visits) const;
  void KeepVisits(const Tour& tour, int shift, std::vector<Visit>& visits) const;
  dispatch::Ticks DriveTo(dispatch::Place from, dispatch::Place to, dispatch::Ticks ready,
                          dispatch::Ticks begin) const;
  dispatch::Ticks DueAt(const dispatch::Route& route, const std::vector<dispatch::StopTimes>& times,
                        size_t stop) const;
  Visit VisitOf(int route, const dispatch::Stop& what, const dispatch::StopTimes& times) const;
  dispatch::Place PlaceOf(const LatLon& point) const;
  dispatch::Ticks TicksAt(absl::Time time) const;

  const BookingRules* rules_;
  const PlanningDay* day_;
  absl::Time now_;
  absl::Time origin_;
  std::map<Point, dispatch::Place> places_;
  std::vector<LatLon> points_;
  std::unique_ptr<const dispatch::TravelTimes> travel_;
  dispatch::Problem problem_;
  dispatch::Plan plan_;
  std::vector<RouteOf> routes_;
  std::vector<Assignment> rides_;  // by request index
  std::map<RideId, int> index_;
  std::set<RideId> late_;    // beyond their promise already
  std::set<RideId> closed_;  // on a route that takes nobody else
  bool any_closed_ = false;
};

}  // namespace stadtmesh::buergerbus
