#include "buergerbus/service/rides.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace stadtmesh::buergerbus {
namespace {

std::string HoldTaskOf(const BookingId& booking) { return absl::StrCat("hold:", booking.value()); }

// Plans and holds the rides of one booking on the days they fall on.
class Booking {
 public:
  Booking(UnitOfWork& unit, const Settings& settings, const Planner& planner, const RideService::Order& order)
      : unit_(unit), settings_(settings), planner_(planner), order_(order), id_(unit.NewId("booking")) {
    for (size_t i = 0; i < order.wishes.size(); ++i) ride_ids_.emplace_back(unit.NewId("ride"));
  }

  // The rides, or nothing when the unit of work now ends as a refusal.
  absl::StatusOr<std::vector<Stored<Ride>>> Hold() {
    std::vector<Stored<Ride>> rides;
    for (size_t leg = 0; leg < order_.wishes.size(); ++leg) {
      absl::StatusOr<Stored<Ride>> ride = HoldLeg(leg, rides.empty() ? nullptr : &*rides.front().value);
      if (!ride.ok()) {
        std::optional<Refusal> refusal = RefusalOf(ride.status());
        if (!refusal) return ride.status();
        refusal->leg = static_cast<int>(leg);
        unit_.Refuse(*std::move(refusal));
        return std::vector<Stored<Ride>>();
      }
      unit_.receipt.rides.push_back(ride->value->id);
      rides.push_back(*std::move(ride));
    }
    return rides;
  }
  const BookingId& id() const { return id_; }

 private:
  absl::StatusOr<Stored<Ride>> HoldLeg(size_t leg, const Ride* outbound) {
    const Wish& wish = order_.wishes[leg];
    TripRequest request = wish.request;
    FillFares(settings_, request.trip);
    ASSIGN_OR_RETURN(request.trip, ResolveTrip(settings_, request.trip));
    if (outbound != nullptr) RETURN_IF_ERROR(CheckReturn(settings_.rules, outbound->promise, wish.pickup_begin));
    ASSIGN_OR_RETURN(const absl::CivilDay service_day, ServiceDay(settings_, wish.pickup_begin));
    ASSIGN_OR_RETURN(Day * day, ReadDay(service_day));
    ASSIGN_OR_RETURN(const Placement placement, planner_.Accept(settings_, day->plan, request, ride_ids_[leg], wish.pickup_begin,
                                                                std::nullopt, unit_.now()));
    RETURN_IF_ERROR(Adopt(unit_, settings_, *day, placement.plan, {}));
    RelyOnPlaces(unit_, *day, placement.tour.vehicle, request.trip);
    return Save(leg, request.trip, placement);
  }

  absl::StatusOr<Stored<Ride>> Save(size_t leg, const Trip& trip, const Placement& placement) {
    const bool both = order_.wishes.size() == 2;
    HoldRide hold{.id = ride_ids_[leg],
                  .booking = id_,
                  .leg = !both ? Leg::kSingle : (leg == 0 ? Leg::kOutbound : Leg::kReturn),
                  .customer = order_.customer,
                  .trip = trip,
                  .promise = placement.offer.promise,
                  .fare = placement.offer.fare,
                  .tour = placement.tour};
    if (both) hold.other_leg = ride_ids_[1 - leg];
    ASSIGN_OR_RETURN(Decision<Ride> decision, Decide(std::nullopt, RideCommand(std::move(hold)), settings_.rules, unit_.now()));
    Stored<Ride> stored{.key = keys::Ride(ride_ids_[leg])};
    unit_.Save(stored, std::move(decision));
    if (!order_.contact.empty()) {
      Stored<Contact> contact{.key = keys::Contact(ride_ids_[leg])};
      unit_.Put(contact, order_.contact);
    }
    return stored;
  }

  absl::StatusOr<Day*> ReadDay(absl::CivilDay day) {
    const auto found = days_.find(day);
    if (found != days_.end()) return &found->second;
    ASSIGN_OR_RETURN(Day read, unit_.ReadDay(settings_, day));
    return &days_.emplace(day, std::move(read)).first->second;
  }

  UnitOfWork& unit_;
  const Settings& settings_;
  const Planner& planner_;
  const RideService::Order& order_;
  const BookingId id_;
  std::vector<RideId> ride_ids_;
  std::map<absl::CivilDay, Day> days_;
};

std::string DayQueueOf(const RideService::Order& order) { return QueueOf(BerlinDay(order.wishes.front().pickup_begin)); }

}  // namespace

absl::StatusOr<Receipt> RideService::Hold(const Command& command, const Order& order) {
  absl::StatusOr<Receipt> receipt =
      core_->executor.Run(command, DayQueueOf(order), [&](UnitOfWork& unit) -> absl::Status {
        ASSIGN_OR_RETURN(const std::shared_ptr<const Settings> settings, unit.ReadSettings());
        Booking booking(unit, *settings, *core_->planner, order);
        ASSIGN_OR_RETURN(const std::vector<Stored<Ride>> rides, booking.Hold());
        if (rides.empty()) return absl::OkStatus();
        unit.Later(HoldTaskOf(booking.id()), rides.front().value->held_until, std::string(kExpireHoldTask), booking.id().value());
        return absl::OkStatus();
      });
  if (receipt.ok()) core_->metrics.held.Add(static_cast<double>(receipt->rides.size()));
  return receipt;
}

absl::StatusOr<Receipt> RideService::BookByPhone(const Command& command, const Order& order) {
  absl::StatusOr<Receipt> receipt =
      core_->executor.Run(command, DayQueueOf(order), [&](UnitOfWork& unit) -> absl::Status {
        ASSIGN_OR_RETURN(const std::shared_ptr<const Settings> settings, unit.ReadSettings());
        if (order.customer.card) {
          ASSIGN_OR_RETURN(const Stored<RiderCard> card, unit.Read<RiderCard>(keys::Card(*order.customer.card)));
          if (!card.value) return Refuse(Reason::kRiderCardNotFound);
          unit.RelyOn(card);  // not erased meanwhile
        }
        Booking booking(unit, *settings, *core_->planner, order);
        ASSIGN_OR_RETURN(std::vector<Stored<Ride>> rides, booking.Hold());
        for (Stored<Ride>& ride : rides) {
          ASSIGN_OR_RETURN(Decision<Ride> decision, Decide(ride.value, BookRide{}, settings->rules, unit.now()));
          unit.Save(ride, std::move(decision));
        }
        return absl::OkStatus();
      });
  if (receipt.ok()) core_->metrics.booked.Add(static_cast<double>(receipt->rides.size()));
  return receipt;
}

absl::StatusOr<Receipt> RideService::Book(const Command& command, const BookingId& booking) {
  absl::StatusOr<Receipt> receipt =
      core_->executor.Run(command, HoldTaskOf(booking), [&](UnitOfWork& unit) -> absl::Status {
        ASSIGN_OR_RETURN(const std::shared_ptr<const Settings> settings, unit.ReadSettings());
        ASSIGN_OR_RETURN(std::vector<RideOnTour> rides, unit.FindBooking(booking));
        for (RideOnTour& ride : rides) {
          ASSIGN_OR_RETURN(Decision<Ride> decision, Decide(ride.ride.value, BookRide{}, settings->rules, unit.now()));
          unit.Save(ride.ride, std::move(decision));
          unit.receipt.rides.push_back(ride.ride.value->id);
        }
        unit.CancelLater(HoldTaskOf(booking));
        return absl::OkStatus();
      });
  if (receipt.ok()) core_->metrics.booked.Add(static_cast<double>(receipt->rides.size()));
  return receipt;
}

absl::Status RideService::ExpireHold(const Command& command, const BookingId& booking) {
  return core_->executor
      .Run(command, HoldTaskOf(booking),
           [&](UnitOfWork& unit) -> absl::Status {
             ASSIGN_OR_RETURN(const std::shared_ptr<const Settings> settings, unit.ReadSettings());
             absl::StatusOr<std::vector<RideOnTour>> rides = unit.FindBooking(booking);
             if (absl::IsNotFound(rides.status())) return absl::OkStatus();  // erased meanwhile
             RETURN_IF_ERROR(rides.status());
             for (RideOnTour& ride : *rides) {
               ASSIGN_OR_RETURN(Decision<Ride> decision,
                                Decide(ride.ride.value, buergerbus::ExpireHold{}, settings->rules, unit.now()));
               if (decision.events.empty()) continue;
               unit.Save(ride.ride, std::move(decision));
               if (ride.tour) RETURN_IF_ERROR(FreePlace(unit, *settings, *ride.tour, ride.ride.value->id));
               core_->metrics.expired.Add();
             }
             return absl::OkStatus();
           })
      .status();
}

absl::StatusOr<Ride> RideService::Peek(const Command& command, const RideId& id) {
  ASSIGN_OR_RETURN(auth::Guarded<RideOnTour> found, core_->repository.FindRide(command.tenant(), id, command.deadline));
  ASSIGN_OR_RETURN(RideOnTour ride, std::move(found).For(command.principal));
  return *std::move(ride.ride.value);
}

absl::StatusOr<Receipt> RideService::Change(const Command& command, const RideId& id, const Wish& wish, Actor actor) {
  return core_->executor.Run(command, QueueOf(BerlinDay(wish.pickup_begin)), [&](UnitOfWork& unit) -> absl::Status {
    ASSIGN_OR_RETURN(const std::shared_ptr<const Settings> settings, unit.ReadSettings());
    ASSIGN_OR_RETURN(RideOnTour ride, unit.FindRide(id));
    TripRequest request = wish.request;
    FillFares(*settings, request.trip);
    const auto change = [&]() -> absl::Status {
      ASSIGN_OR_RETURN(request.trip, ResolveTrip(*settings, request.trip));
      ASSIGN_OR_RETURN(const absl::CivilDay service_day, ServiceDay(*settings, wish.pickup_begin));
      ASSIGN_OR_RETURN(Day day, unit.ReadDay(*settings, service_day));
      const std::optional<TourId> former = ride.ride.value->tour;
      if (former && former->day == service_day) {
        RETURN_IF_ERROR(FreePlace(unit, *settings, day, *former, id));
      } else if (ride.tour && ride.tour->value) {
        RETURN_IF_ERROR(FreePlace(unit, *settings, *ride.tour, id));
      }
      ASSIGN_OR_RETURN(const Placement placement, core_->planner->Accept(*settings, day.plan, request, id, wish.pickup_begin,
                                                                         std::nullopt, unit.now()));
      ASSIGN_OR_RETURN(Decision<Ride> decision,
                       Decide(ride.ride.value,
                              ChangeRide{actor, request.trip, placement.offer.promise, placement.offer.fare, placement.tour},
                              settings->rules, unit.now()));
      RETURN_IF_ERROR(Adopt(unit, *settings, day, placement.plan, {}));
      RelyOnPlaces(unit, day, placement.tour.vehicle, request.trip);
      unit.Save(ride.ride, std::move(decision));
      return absl::OkStatus();
    };
    const absl::Status changed = change();
    const std::optional<Refusal> refusal = RefusalOf(changed);
    const bool of_wish = refusal && refusal->reason <= Reason::kOfferExpired;  // the others concern the ride
    if (of_wish) {
      unit.Refuse(*refusal);
      return absl::OkStatus();
    }
    unit.receipt.rides = {id};
    return changed;
  });
}

absl::Status CancelWithin(UnitOfWork& unit, const Settings& settings, RideOnTour& ride, Actor actor) {
  ASSIGN_OR_RETURN(Decision<Ride> decision, Decide(ride.ride.value, CancelRide{actor}, settings.rules, unit.now()));
  const bool cancelled = !decision.events.empty();
  unit.Save(ride.ride, std::move(decision));
  if (!cancelled) return absl::OkStatus();
  if (ride.tour && ride.tour->value) RETURN_IF_ERROR(FreePlace(unit, settings, *ride.tour, ride.ride.value->id));
  return actor == Actor::kCitizen ? absl::OkStatus() : ListCall(unit, *ride.ride.value, CallReason::kRideCancelled);
}

absl::StatusOr<Receipt> RideService::Cancel(const Command& command, const RideId& id, Actor actor) {
  ASSIGN_OR_RETURN(const Ride ride, Peek(command, id));
  const std::string queue = QueueOf(ride.tour ? ride.tour->day : BerlinDay(ride.promise.pickup.begin));
  return core_->executor.Run(command, queue, [&](UnitOfWork& unit) -> absl::Status {
    ASSIGN_OR_RETURN(const std::shared_ptr<const Settings> settings, unit.ReadSettings());
    ASSIGN_OR_RETURN(RideOnTour found, unit.FindRide(id));
    unit.receipt.rides = {id};
    return CancelWithin(unit, *settings, found, actor);
  });
}

absl::StatusOr<Receipt> RideService::Move(const Command& command, const RideId& id, const VehicleId& vehicle) {
  ASSIGN_OR_RETURN(const Ride peeked, Peek(command, id));
  const absl::CivilDay service_day = peeked.tour ? peeked.tour->day : BerlinDay(peeked.promise.pickup.begin);
  return core_->executor.Run(command, QueueOf(service_day), [&](UnitOfWork& unit) -> absl::Status {
    ASSIGN_OR_RETURN(const std::shared_ptr<const Settings> settings, unit.ReadSettings());
    ASSIGN_OR_RETURN(RideOnTour ride, unit.FindRide(id));
    ASSIGN_OR_RETURN(Day day, unit.ReadDay(*settings, service_day));
    ASSIGN_OR_RETURN(const Replanning replanning, core_->planner->Move(*settings, day.plan, id, vehicle, unit.now()));
    const auto placed = replanning.placed.find(id);
    if (placed == replanning.placed.end()) return Refuse(Reason::kNoVehicleFree);
    for (const TourPlan& plan : replanning.plans) {
      const bool leaves = ride.ride.value->tour == plan.tour && !(placed->second == plan.tour);
      RETURN_IF_ERROR(Adopt(unit, *settings, day, plan, leaves ? std::vector<RideId>{id} : std::vector<RideId>{}));
    }
    ASSIGN_OR_RETURN(Decision<Ride> decision, Decide(ride.ride.value, MoveRide{placed->second}, settings->rules, unit.now()));
    RelyOnPlaces(unit, day, vehicle, ride.ride.value->trip);
    unit.Save(ride.ride, std::move(decision));
    unit.receipt.rides = {id};
    return absl::OkStatus();
  });
}

}  // namespace stadtmesh::buergerbus
