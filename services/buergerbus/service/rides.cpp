#include "buergerbus/service/rides.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "buergerbus/domain/replacement.h"
#include "buergerbus/service/booking.h"
#include "buergerbus/service/calls.h"
#include "buergerbus/service/person_limits.h"
#include "buergerbus/service/reminders.h"
#include "buergerbus/service/riders.h"

namespace stadtmesh::buergerbus {
namespace {

std::string HoldTaskOf(const BookingId& booking) { return absl::StrCat("hold:", booking.value()); }

// A place in one vehicle for a ride that has lost its own; its promise stays.
absl::StatusOr<Replanning> PlaceIn(const Planner& planner, const Settings& settings,
                                   const PlanningDay& day, const Ride& ride,
                                   const VehicleId& vehicle, absl::Time now) {
  if (FindVehicle(settings, vehicle) == nullptr) return Refuse(Reason::kVehicleUnknown);
  PlanningDay only = day;
  only.tours.erase(std::remove_if(only.tours.begin(), only.tours.end(),
                                  [&](const Tour& tour) { return tour.id.vehicle != vehicle; }),
                   only.tours.end());
  return planner.Replan(settings, only, {AssignmentOf(ride, settings.rules)}, now);
}

std::vector<Ride> ValuesOf(const std::vector<Stored<Ride>>& stored) {
  std::vector<Ride> rides;
  for (const Stored<Ride>& ride : stored) rides.push_back(*ride.value);
  return rides;
}

// The other way of the booking, where it stands: the way back begins after the way there has ended.
absl::StatusOr<std::optional<Ride>> OtherLeg(UnitOfWork& unit, const Ride& ride) {
  if (!ride.other_leg) return std::nullopt;
  ASSIGN_OR_RETURN(Stored<Ride> other, unit.Read<Ride>(keys::Ride(*ride.other_leg)));
  if (!other.value || IsFinal(other.value->state)) return std::nullopt;
  unit.RelyOn(other);  // not changed meanwhile
  return std::move(other.value);
}

absl::Status CheckOrder(const BookingRules& rules, const std::optional<Ride>& other,
                        const Promise& promise) {
  if (!other) return absl::OkStatus();
  if (other->leg == Leg::kReturn)
    return CheckOutbound(rules, other->promise, promise.latest_arrival);
  return CheckReturn(EarliestReturn(rules, other->promise), promise.pickup.begin);
}

std::string DayQueueOf(const RideService::Order& order) {
  return QueueOf(BerlinDay(order.wishes.front().pickup_begin));
}

}  // namespace

absl::StatusOr<Receipt> RideService::Hold(const Command& command, const Order& order) {
  return core_->executor.Run(command, DayQueueOf(order), [&](UnitOfWork& unit) -> absl::Status {
    ASSIGN_OR_RETURN(const std::shared_ptr<const Settings> settings, unit.ReadSettings());
    const BookingId booking(unit.NewId("booking"));
    ASSIGN_OR_RETURN(const std::vector<Stored<Ride>> rides,
                     HoldRides(unit, *settings, *core_->planner, order, booking));
    if (rides.empty()) return absl::OkStatus();
    RETURN_IF_ERROR(CheckPerson(unit, *settings, ValuesOf(rides)));
    unit.Later(HoldTaskOf(booking), rides.front().value->held_until, std::string(kExpireHoldTask),
               booking.value());
    return absl::OkStatus();
  });
}

absl::StatusOr<Receipt> RideService::BookByPhone(const Command& command, const Order& order) {
  return core_->executor.Run(command, DayQueueOf(order), [&](UnitOfWork& unit) -> absl::Status {
    ASSIGN_OR_RETURN(const std::shared_ptr<const Settings> settings, unit.ReadSettings());
    if (order.customer.card) {
      ASSIGN_OR_RETURN(const Stored<RiderCard> card,
                       unit.Read<RiderCard>(keys::Card(*order.customer.card)));
      if (!card.value) return Refuse(Reason::kRiderCardNotFound);
      unit.RelyOn(card);  // not erased meanwhile
      RETURN_IF_ERROR(NoteUse(unit, *order.customer.card));
    }
    const BookingId booking(unit.NewId("booking"));
    ASSIGN_OR_RETURN(std::vector<Stored<Ride>> rides,
                     HoldRides(unit, *settings, *core_->planner, order, booking));
    RETURN_IF_ERROR(CheckPerson(unit, *settings, ValuesOf(rides)));
    for (Stored<Ride>& ride : rides) {
      ASSIGN_OR_RETURN(Decision<Ride> decision,
                       Decide(ride.value, BookRide{}, settings->rules, unit.now()));
      RETURN_IF_ERROR(SaveRide(unit, ride, std::move(decision)));
      ScheduleReminder(unit, *settings, *ride.value);
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<Receipt> RideService::Book(const Command& command, const BookingId& booking) {
  return core_->executor.Run(command, HoldTaskOf(booking), [&](UnitOfWork& unit) -> absl::Status {
    ASSIGN_OR_RETURN(const std::shared_ptr<const Settings> settings, unit.ReadSettings());
    ASSIGN_OR_RETURN(BookedRides booked, unit.FindBooking(booking));
    const auto cancelled = [](const Stored<Ride>& ride) {
      return ride.value->state == RideState::kCancelled;
    };
    // Of both ways, one may have been given up while they were held.
    if (!std::all_of(booked.rides.begin(), booked.rides.end(), cancelled))
      std::erase_if(booked.rides, cancelled);
    for (Stored<Ride>& ride : booked.rides) {
      ASSIGN_OR_RETURN(Decision<Ride> decision,
                       Decide(ride.value, BookRide{}, settings->rules, unit.now()));
      RETURN_IF_ERROR(SaveRide(unit, ride, std::move(decision)));
      unit.receipt.rides.push_back(ride.value->id);
    }
    unit.CancelLater(HoldTaskOf(booking));
    return absl::OkStatus();
  });
}

absl::Status RideService::ExpireHold(const Command& command, const BookingId& booking) {
  return core_->executor
      .Run(command, HoldTaskOf(booking),
           [&](UnitOfWork& unit) -> absl::Status {
             ASSIGN_OR_RETURN(const std::shared_ptr<const Settings> settings, unit.ReadSettings());
             absl::StatusOr<BookedRides> booked = unit.FindBooking(booking);
             if (absl::IsNotFound(booked.status())) return absl::OkStatus();  // erased meanwhile
             RETURN_IF_ERROR(booked.status());
             for (Stored<Ride>& ride : booked->rides) {
               Stored<Tour>* tour = booked->FindTour(ride.value->tour);
               ASSIGN_OR_RETURN(
                   Decision<Ride> decision,
                   Decide(ride.value, buergerbus::ExpireHold{}, settings->rules, unit.now()));
               if (decision.events.empty()) continue;
               RETURN_IF_ERROR(SaveRide(unit, ride, std::move(decision)));
               if (tour != nullptr)
                 RETURN_IF_ERROR(FreePlace(unit, *settings, *tour, ride.value->id));
             }
             return absl::OkStatus();
           })
      .status();
}

absl::StatusOr<Ride> RideService::Peek(const Command& command, const RideId& id) {
  ASSIGN_OR_RETURN(auth::Guarded<RideOnTour> found,
                   core_->repository.FindRide(command.tenant(), id, command.deadline));
  ASSIGN_OR_RETURN(RideOnTour ride, std::move(found).For(command.principal));
  return *std::move(ride.ride.value);
}

absl::Status RideService::ChangeWithin(UnitOfWork& unit, const Settings& settings, RideOnTour& ride,
                                       const Wish& wish, Actor actor) {
  const RideId id = ride.ride.value->id;
  TripRequest request = wish.request;
  request.booked_by = BookerOfChange(*ride.ride.value, request.booked_by);
  FillFares(settings, request.trip);
  ASSIGN_OR_RETURN(request.trip, ResolveTrip(settings, request.trip));
  ASSIGN_OR_RETURN(const absl::CivilDay service_day, ServiceDay(settings, wish.pickup_begin));
  ASSIGN_OR_RETURN(Day day, unit.ReadDay(settings, service_day));
  const std::optional<TourId> former = ride.ride.value->tour;
  if (former && former->day == service_day) {
    RETURN_IF_ERROR(FreePlace(unit, settings, day, *former, id));
  } else if (ride.tour && ride.tour->value) {
    RETURN_IF_ERROR(FreePlace(unit, settings, *ride.tour, id));
  }
  ASSIGN_OR_RETURN(const Placement placement,
                   core_->planner->Accept(settings, day.plan, request, id, wish.pickup_begin,
                                          std::nullopt, unit.now()));
  RETURN_IF_ERROR(CheckFare(wish, placement.offer.fare));
  ASSIGN_OR_RETURN(const std::optional<Ride> other, OtherLeg(unit, *ride.ride.value));
  RETURN_IF_ERROR(CheckOrder(settings.rules, other, placement.offer.promise));
  ASSIGN_OR_RETURN(Decision<Ride> decision,
                   Decide(ride.ride.value,
                          ChangeRide{actor, request.trip, placement.offer.promise,
                                     placement.offer.fare, placement.tour},
                          settings.rules, unit.now()));
  RETURN_IF_ERROR(Adopt(unit, settings, day, placement.plan, {}));
  RelyOnPlaces(unit, day, placement.tour.vehicle, request.trip);
  RETURN_IF_ERROR(CheckPerson(unit, settings, {decision.state}));
  RETURN_IF_ERROR(SaveRide(unit, ride.ride, std::move(decision)));
  ScheduleReminder(unit, settings, *ride.ride.value);
  return absl::OkStatus();
}

absl::StatusOr<Receipt> RideService::Change(const Command& command, const RideId& id,
                                            const Wish& wish, Actor actor) {
  const std::string queue = QueueOf(BerlinDay(wish.pickup_begin));
  return core_->executor.Run(command, queue, [&](UnitOfWork& unit) -> absl::Status {
    ASSIGN_OR_RETURN(const std::shared_ptr<const Settings> settings, unit.ReadSettings());
    ASSIGN_OR_RETURN(RideOnTour ride, unit.FindRide(id));
    unit.receipt.rides = {id};
    const absl::Status changed = ChangeWithin(unit, *settings, ride, wish, actor);
    const std::optional<Refusal> refusal = RefusalOf(changed);
    if (!refusal || !ConcernsTheWish(refusal->reason)) return changed;
    unit.Refuse(*refusal);
    return absl::OkStatus();
  });
}

absl::Status CancelWithin(UnitOfWork& unit, const Settings& settings, RideOnTour& ride,
                          const CancelRide& cancel) {
  ASSIGN_OR_RETURN(Decision<Ride> decision,
                   Decide(ride.ride.value, cancel, settings.rules, unit.now()));
  const bool cancelled = !decision.events.empty();
  RETURN_IF_ERROR(SaveRide(unit, ride.ride, std::move(decision)));
  if (!cancelled) return absl::OkStatus();
  DropReminder(unit, *ride.ride.value);
  if (ride.tour && ride.tour->value)
    RETURN_IF_ERROR(FreePlace(unit, settings, *ride.tour, ride.ride.value->id));
  const bool known = cancel.actor == Actor::kCitizen || cancel.rider_asked;
  return known ? absl::OkStatus() : ListCall(unit, *ride.ride.value, CallReason::kRideCancelled);
}

absl::StatusOr<Receipt> RideService::Cancel(const Command& command, const RideId& id,
                                            const CancelRide& cancel) {
  ASSIGN_OR_RETURN(const Ride ride, Peek(command, id));
  const std::string queue =
      QueueOf(ride.tour ? ride.tour->day : BerlinDay(ride.promise.pickup.begin));
  return core_->executor.Run(command, queue, [&](UnitOfWork& unit) -> absl::Status {
    ASSIGN_OR_RETURN(const std::shared_ptr<const Settings> settings, unit.ReadSettings());
    ASSIGN_OR_RETURN(RideOnTour found, unit.FindRide(id));
    unit.receipt.rides = {id};
    return CancelWithin(unit, *settings, found, cancel);
  });
}

absl::StatusOr<Receipt> RideService::Move(const Command& command, const RideId& id,
                                          const VehicleId& vehicle) {
  ASSIGN_OR_RETURN(const Ride peeked, Peek(command, id));
  ASSIGN_OR_RETURN(const SettingsCache::Entry entry, core_->settings.Read(command.AsQuery()));
  const absl::CivilDay service_day =
      peeked.tour ? peeked.tour->day
                  : ServiceDayOf(entry.settings->hours, entry.settings->calendar,
                                 peeked.promise.pickup.begin);
  return core_->executor.Run(command, QueueOf(service_day), [&](UnitOfWork& unit) -> absl::Status {
    ASSIGN_OR_RETURN(const std::shared_ptr<const Settings> settings, unit.ReadSettings());
    ASSIGN_OR_RETURN(RideOnTour ride, unit.FindRide(id));
    const RideState before = ride.ride.value->state;
    if (before != RideState::kAffected && ride.ride.value->tour &&
        ride.ride.value->tour->vehicle == vehicle) {
      unit.receipt.rides = {id};  // it is there
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(Day day, unit.ReadDay(*settings, service_day));
    ASSIGN_OR_RETURN(
        const Replanning replanning,
        before == RideState::kAffected
            ? PlaceIn(*core_->planner, *settings, day.plan, *ride.ride.value, vehicle, unit.now())
            : core_->planner->Move(*settings, day.plan, id, vehicle, unit.now()));
    const auto placed = replanning.placed.find(id);
    if (placed == replanning.placed.end()) return Refuse(Reason::kNoVehicleFree);
    const std::optional<TourId> former = ride.ride.value->tour;
    bool left = !former || *former == placed->second;
    for (const TourPlan& plan : replanning.plans) {
      const bool leaves = former == plan.tour && !(placed->second == plan.tour);
      left |= leaves;
      RETURN_IF_ERROR(Adopt(unit, *settings, day, plan,
                            leaves ? std::vector<RideId>{id} : std::vector<RideId>{}));
    }
    // Of a shift that is not planned, because its bus has stranded somebody or cannot keep its
    // promises, there is no plan without the ride.
    if (!left) RETURN_IF_ERROR(FreePlace(unit, *settings, day, *former, id));
    ASSIGN_OR_RETURN(Decision<Ride> decision, Decide(ride.ride.value, MoveRide{placed->second},
                                                     settings->rules, unit.now()));
    RelyOnPlaces(unit, day, vehicle, ride.ride.value->trip);
    // Whoever was told that no bus comes may have found another ride meanwhile.
    if (before == RideState::kAffected)
      RETURN_IF_ERROR(CheckPerson(unit, *settings, {decision.state}));
    unit.receipt.rides = {id};
    return SaveRide(unit, ride.ride, std::move(decision));
  });
}

}  // namespace stadtmesh::buergerbus
