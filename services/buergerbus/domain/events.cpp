#include "buergerbus/domain/events.h"

namespace stadtmesh::buergerbus {
namespace {

template <typename... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <typename... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

}  // namespace

absl::string_view NameOf(const Event& event) {
  return std::visit(Overloaded{
                        [](const RideHeld&) { return "ride.held"; },
                        [](const HoldExpired&) { return "ride.hold_expired"; },
                        [](const RideBooked&) { return "ride.booked"; },
                        [](const RideChanged&) { return "ride.changed"; },
                        [](const RideMoved&) { return "ride.moved"; },
                        [](const RideAffected&) { return "ride.affected"; },
                        [](const RideCancelled&) { return "ride.cancelled"; },
                        [](const RideDelayed&) { return "ride.delayed"; },
                        [](const RideBoarded&) { return "ride.boarded"; },
                        [](const RideCompleted&) { return "ride.completed"; },
                        [](const RideNoShow&) { return "ride.no_show"; },
                        [](const FareWasTaken&) { return "ride.fare_taken"; },
                        [](const TourPlanned&) { return "tour.planned"; },
                        [](const DriverAssigned&) { return "tour.driver_assigned"; },
                        [](const ShiftStarted&) { return "tour.shift_started"; },
                        [](const VehicleArrived&) { return "tour.vehicle_arrived"; },
                        [](const BreakTaken&) { return "tour.break_taken"; },
                        [](const DelayReported&) { return "tour.delay_reported"; },
                        [](const ShiftEnded&) { return "tour.shift_ended"; },
                        [](const TourTakenOut&) { return "tour.taken_out"; },
                        [](const TourReturned&) { return "tour.returned"; },
                        [](const PositionReported&) { return "tour.position_reported"; },
                        [](const VehicleTakenOut&) { return "vehicle.taken_out"; },
                        [](const VehicleReturned&) { return "vehicle.returned"; },
                        [](const StopBlocked&) { return "stop.blocked"; },
                        [](const StopReopened&) { return "stop.reopened"; },
                        [](const CashSheetClosed&) { return "cash_sheet.closed"; },
                        [](const CallNeeded&) { return "call.needed"; },
                        [](const CallDone&) { return "call.done"; },
                        [](const RiderCardSaved&) { return "rider_card.saved"; },
                        [](const RiderCardErased&) { return "rider_card.erased"; },
                        [](const SettingsChanged&) { return "settings.changed"; },
                    },
                    event);
}

std::string AggregateOf(const Event& event) {
  return std::visit(
      [](const auto& fact) -> std::string {
        if constexpr (requires { fact.facts; }) {
          return fact.facts.ride.value();
        } else if constexpr (requires { fact.tour; }) {
          return fact.tour.ToString();
        } else if constexpr (requires { fact.call; }) {
          return fact.call.value();
        } else if constexpr (requires { fact.card; }) {
          return fact.card.value();
        } else if constexpr (requires { fact.vehicle; }) {
          return fact.vehicle.value();
        } else if constexpr (requires { fact.stop; }) {
          return fact.stop.value();
        } else {
          return "settings";
        }
      },
      event);
}

}  // namespace stadtmesh::buergerbus
