#include "buergerbus/service/booking.h"

#include <map>
#include <utility>

#include "base/status.h"
#include "buergerbus/service/calls.h"

namespace stadtmesh::buergerbus {
namespace {

// Plans and holds the rides of one booking on the days they fall on.
class Booking {
 public:
  Booking(UnitOfWork& unit, const Settings& settings, const Planner& planner,
          const RideService::Order& order, BookingId id)
      : unit_(unit), settings_(settings), planner_(planner), order_(order), id_(std::move(id)) {
    for (size_t i = 0; i < order.wishes.size(); ++i) ride_ids_.emplace_back(unit.NewId("ride"));
  }

  // The rides, or nothing when the unit of work now ends as a refusal.
  absl::StatusOr<std::vector<Stored<Ride>>> Hold() {
    std::vector<Stored<Ride>> rides;
    for (size_t leg = 0; leg < order_.wishes.size(); ++leg) {
      absl::StatusOr<Stored<Ride>> ride =
          HoldLeg(leg, rides.empty() ? nullptr : &*rides.front().value);
      if (!ride.ok()) {
        std::optional<Refusal> refusal = RefusalOf(ride.status());
        if (!refusal || refusal->reason == Reason::kPromiseBroken) return ride.status();
        refusal->leg = static_cast<int>(leg);
        unit_.Refuse(*std::move(refusal));
        return std::vector<Stored<Ride>>();
      }
      unit_.receipt.rides.push_back(ride->value->id);
      rides.push_back(*std::move(ride));
    }
    return rides;
  }

 private:
  absl::StatusOr<Stored<Ride>> HoldLeg(size_t leg, const Ride* outbound) {
    const Wish& wish = order_.wishes[leg];
    TripRequest request = wish.request;
    FillFares(settings_, request.trip);
    ASSIGN_OR_RETURN(request.trip, ResolveTrip(settings_, request.trip));
    if (outbound != nullptr)
      RETURN_IF_ERROR(
          CheckReturn(EarliestReturn(settings_.rules, outbound->promise), wish.pickup_begin));
    ASSIGN_OR_RETURN(const absl::CivilDay service_day, ServiceDay(settings_, wish.pickup_begin));
    ASSIGN_OR_RETURN(Day * day, ReadDay(service_day));
    ASSIGN_OR_RETURN(const Placement placement,
                     planner_.Accept(settings_, day->plan, request, ride_ids_[leg],
                                     wish.pickup_begin, std::nullopt, unit_.now()));
    RETURN_IF_ERROR(CheckFare(wish, placement.offer.fare));
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
    ASSIGN_OR_RETURN(Decision<Ride> decision, Decide(std::nullopt, RideCommand(std::move(hold)),
                                                     settings_.rules, unit_.now()));
    Stored<Ride> stored{.key = keys::Ride(ride_ids_[leg])};
    RETURN_IF_ERROR(SaveRide(unit_, stored, std::move(decision)));
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

}  // namespace

absl::StatusOr<std::vector<Stored<Ride>>> HoldRides(UnitOfWork& unit, const Settings& settings,
                                                    const Planner& planner,
                                                    const RideService::Order& order,
                                                    const BookingId& booking) {
  return Booking(unit, settings, planner, order, booking).Hold();
}

}  // namespace stadtmesh::buergerbus
