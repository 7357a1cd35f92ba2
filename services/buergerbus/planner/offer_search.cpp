#include "buergerbus/planner/offer_search.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "base/time.h"
#include "buergerbus/planner/alternative_times.h"

namespace stadtmesh::buergerbus {
namespace {

constexpr size_t kMostOffers = 3;
constexpr size_t kMostStops = 3;

}  // namespace

struct OfferSearch::Day {
  Day(const PlanningDay* day, DayProblem made)
      : planning(day), problem(std::move(made)), index(problem.problem(), problem.plan()) {}
  const PlanningDay* planning;
  DayProblem problem;
  dispatch::InsertIndex index;
};

OfferSearch::OfferSearch(const Settings& settings, const std::vector<const PlanningDay*>& days,
                         const TripRequest& request, const TravelOracle& oracle, absl::Time now)
    : settings_(settings), days_(days), request_(request), oracle_(oracle), now_(now) {}

OfferSearch::~OfferSearch() = default;

absl::StatusOr<OfferSearch::Day*> OfferSearch::Prepare(absl::CivilDay day) {
  std::unique_ptr<Day>& prepared = prepared_[day];
  if (prepared != nullptr) return prepared.get();
  const auto found = std::find_if(days_.begin(), days_.end(),
                                  [&](const PlanningDay* known) { return known->day == day; });
  if (found == days_.end()) return Refuse(Reason::kNoVehicleFree);
  ASSIGN_OR_RETURN(DayProblem problem, DayProblem::Make(settings_.rules, **found,
                                                        {request_.trip.origin.location,
                                                         request_.trip.destination.location},
                                                        oracle_, now_));
  prepared = std::make_unique<Day>(*found, std::move(problem));
  return prepared.get();
}

Assignment OfferSearch::AssignmentFor(const RideId& ride, const Promise& promise) const {
  const Trip& trip = request_.trip;
  const absl::Duration stand = BoardingTime(settings_.rules.boarding, trip.party);
  return {.ride = ride,
          .origin = trip.origin.location,
          .destination = trip.destination.location,
          .origin_stop = trip.origin.stop,
          .destination_stop = trip.destination.stop,
          .load = LoadOf(trip.party),
          .promise = promise,
          .boarding = stand,
          .alighting = stand};
}

absl::Status OfferSearch::CheckPlaces(absl::CivilDay day, const PlanningDay& planning,
                                      const Promise& promise) const {
  RETURN_IF_ERROR(
      WithFact(CheckPlace(settings_, planning.blocks, request_.trip.origin, day, promise.pickup),
               "field", "origin"));
  return WithFact(CheckPlace(settings_, planning.blocks, request_.trip.destination, day,
                             {promise.pickup.begin, promise.latest_arrival}),
                  "field", "destination");
}

absl::Status OfferSearch::CheckBeforeReturn(absl::Time arrival) const {
  if (!request_.way_back) return absl::OkStatus();
  return CheckOutbound(settings_.rules, *request_.way_back, arrival);
}

// The wished arrival, where the window can keep it: a later window is an alternative, and promises
// what the rule gives.
std::optional<absl::Time> OfferSearch::ArriveBy(absl::Time pickup, absl::Duration direct) const {
  const BookingRules& rules = settings_.rules;
  const absl::Time soonest =
      pickup + rules.pickup_window + BoardingTime(rules.boarding, request_.trip.party) + direct;
  if (request_.kind != TimeKind::kArriveBy || soonest > request_.time) return std::nullopt;
  return request_.time;
}

absl::StatusOr<Fitting> OfferSearch::Probe(absl::Time pickup, absl::Time booked_as_of,
                                           const RideId& ride,
                                           const std::optional<VehicleId>& vehicle) {
  RETURN_IF_ERROR(CheckReturn(request_.not_before, pickup));
  RETURN_IF_ERROR(CheckBeforeReturn(pickup));  // no arrival is earlier
  RETURN_IF_ERROR(CheckBookable(settings_, pickup, request_.booked_by, booked_as_of));
  ASSIGN_OR_RETURN(const absl::CivilDay service_day, ServiceDay(settings_, pickup));
  ASSIGN_OR_RETURN(Day * day, Prepare(service_day));
  const Trip& trip = request_.trip;
  const std::optional<absl::Duration> direct =
      day->problem.Drive(trip.origin.location, trip.destination.location, pickup);
  if (!direct) return Refuse(Reason::kNotReachable);
  const Promise promise =
      MakePromise(settings_.rules, trip.party, pickup, *direct, ArriveBy(pickup, *direct));
  RETURN_IF_ERROR(CheckBeforeReturn(promise.latest_arrival));
  RETURN_IF_ERROR(CheckPlaces(service_day, *day->planning, promise));
  const dispatch::InsertOptions options{
      .alternatives = 1, .explain = false, .only_vehicles = day->problem.RoutesFor(ride, vehicle)};
  if (options.only_vehicles.empty()) return Refuse(Reason::kNoVehicleFree);
  Fitting fitting{.assignment = AssignmentFor(ride, promise)};
  const dispatch::InsertAnswer answer =
      day->index.Find(day->problem.RequestOf(fitting.assignment),
                      static_cast<int>(day->problem.problem().requests.size()), options);
  if (answer.options.empty()) return Refuse(Reason::kNoVehicleFree);
  const dispatch::InsertOption& best = answer.options.front();
  ASSIGN_OR_RETURN(Fare fare, PriceOf(settings_.fares, trip.fares, trip.party.people));
  const auto [pickup_at, arrival_at] = day->problem.ExpectedWith(fitting.assignment, best);
  fitting.offer = {.tour = day->problem.TourOf(best.vehicle).id,
                   .promise = promise,
                   .expected_pickup = pickup_at,
                   .expected_arrival = arrival_at,
                   .direct = *direct,
                   .fare = std::move(fare)};
  fitting.cost = best.cost;
  last_day_ = day;
  return fitting;
}

DayProblem OfferSearch::TakeDay() && { return std::move(last_day_->problem); }

// The window nearest to the wish: for a departure the first that begins at it, for an arrival the
// last whose every pick-up can still arrive in time without detour.
absl::StatusOr<absl::Time> OfferSearch::FirstWish() {
  if (request_.kind == TimeKind::kDepartAt)
    return RoundUp(std::max({request_.time, request_.not_before, now_}),
                   settings_.rules.offer_grid);
  const absl::CivilDay guess =
      ServiceDayOf(settings_.hours, settings_.calendar, request_.time - absl::Seconds(1));
  absl::Duration direct;
  if (absl::StatusOr<Day*> day = Prepare(guess); day.ok()) {
    const Trip& trip = request_.trip;
    direct = (*day)
                 ->problem.Drive(trip.origin.location, trip.destination.location, request_.time)
                 .value_or(absl::ZeroDuration());
  } else if (!ReasonOf(day.status())) {
    return day.status();
  }
  const absl::Duration boarding = BoardingTime(settings_.rules.boarding, request_.trip.party);
  return RoundDown(request_.time - direct - boarding - settings_.rules.pickup_window,
                   settings_.rules.offer_grid);
}

// The cheapest of these windows; nothing when none fits. Remembers the first refusal.
absl::StatusOr<std::optional<Fitting>> OfferSearch::BestOf(const std::vector<absl::Time>& pickups) {
  std::optional<Fitting> best;
  for (const absl::Time pickup : pickups) {
    absl::StatusOr<Fitting> fitting = Probe(pickup, now_);
    if (!fitting.ok()) {
      const std::optional<Reason> reason = ReasonOf(fitting.status());
      if (!reason) return fitting.status();
      if (!refusal_) facts_ = FactsOf(fitting.status());
      if (!refusal_) refusal_ = reason;
    } else if (!best || fitting->cost < best->cost) {
      best = *std::move(fitting);
    }
  }
  return best;
}

// Slots as wide as a window, from the wish on (backwards for an arrival); the cheapest window of
// each.
absl::Status OfferSearch::FindWished(OfferSet& found, absl::Time first) {
  const BookingRules& rules = settings_.rules;
  const bool forward = request_.kind == TimeKind::kDepartAt;
  const absl::Duration slot = std::max(rules.pickup_window, rules.offer_grid);
  for (absl::Duration from; from <= rules.longest_wait && found.offers.size() < kMostOffers;
       from += slot) {
    std::vector<absl::Time> pickups;
    for (absl::Duration step = from; step < from + slot && step <= rules.longest_wait;
         step += rules.offer_grid) {
      pickups.push_back(forward ? first + step : first - step);
    }
    ASSIGN_OR_RETURN(std::optional<Fitting> best, BestOf(pickups));
    if (best) found.offers.push_back(std::move(best->offer));
  }
  return absl::OkStatus();
}

absl::Status OfferSearch::FindAlternatives(OfferSet& found, absl::Time first) {
  for (const absl::Time pickup : AlternativeTimes(settings_, days_, request_, first, now_)) {
    if (found.alternatives.size() == kMostOffers) break;
    absl::StatusOr<Fitting> fitting = Probe(pickup, now_);
    if (!fitting.ok()) {
      if (!ReasonOf(fitting.status())) return fitting.status();
    } else if (std::none_of(
                   found.alternatives.begin(), found.alternatives.end(),
                   [&](const Offer& known) { return known.promise == fitting->offer.promise; })) {
      found.alternatives.push_back(fitting->offer);
    }
  }
  return absl::OkStatus();
}

void OfferSearch::SuggestStops(OfferSet& found, absl::Time first) const {
  const absl::CivilDay day = ServiceDayOf(settings_.hours, settings_.calendar, first);
  const auto planning = std::find_if(days_.begin(), days_.end(),
                                     [&](const PlanningDay* known) { return known->day == day; });
  const std::vector<StopBlock> blocks =
      planning == days_.end() ? std::vector<StopBlock>{} : (*planning)->blocks;
  const TimeWindow when{first, first + settings_.rules.pickup_window};
  for (const Place* place : {&request_.trip.origin, &request_.trip.destination}) {
    if (CheckPlace(settings_, blocks, *place, day, when).ok()) continue;
    found.stops = NearestStops(settings_, blocks, place->location, day, when, kMostStops);
    return;
  }
}

absl::StatusOr<OfferSet> OfferSearch::Run() {
  OfferSet found;
  ASSIGN_OR_RETURN(const absl::Time first, FirstWish());
  RETURN_IF_ERROR(FindWished(found, first));
  if (!found.offers.empty()) return found;
  found.refusal = refusal_.value_or(Reason::kNoVehicleFree);
  found.facts = facts_;
  if (IsAboutAPlace(*found.refusal)) {
    SuggestStops(found, first);
    return found;
  }
  RETURN_IF_ERROR(FindAlternatives(found, first));
  return found;
}

}  // namespace stadtmesh::buergerbus
