// What each event changes on the board.
#include <algorithm>
#include <type_traits>
#include <utility>

#include "buergerbus/views/board.h"
#include "buergerbus/wire/values.h"
#include "events/event_types.h"

namespace stadtmesh::buergerbus {
namespace {

using RideEntry = v1::GetBoardResponse::BoardRide;
using VehicleEntry = v1::GetBoardResponse::BoardVehicle;

// The state of a ride after an event.
v1::Ride::State StateAfter(const v1::RideHeld&) { return v1::Ride::HELD; }
v1::Ride::State StateAfter(const v1::RideHoldExpired&) { return v1::Ride::EXPIRED; }
v1::Ride::State StateAfter(const v1::RideBooked&) { return v1::Ride::BOOKED; }
v1::Ride::State StateAfter(const v1::RideChanged&) { return v1::Ride::BOOKED; }
v1::Ride::State StateAfter(const v1::RideAffected&) { return v1::Ride::AFFECTED; }
v1::Ride::State StateAfter(const v1::RideCancelled&) { return v1::Ride::CANCELLED; }
v1::Ride::State StateAfter(const v1::RideBoarded&) { return v1::Ride::BOARDED; }
v1::Ride::State StateAfter(const v1::RideCompleted&) { return v1::Ride::COMPLETED; }
v1::Ride::State StateAfter(const v1::RideNoShow&) { return v1::Ride::NO_SHOW; }

// Held rides move, too, and stay held.
v1::Ride::State StateAfter(const v1::RideMoved&, const RideEntry& before) {
  return before.state() == v1::Ride::HELD ? v1::Ride::HELD : v1::Ride::BOOKED;
}
v1::Ride::State StateAfter(const v1::RideDelayed&, const RideEntry& before) {
  return before.state();
}
template <typename RideEvent>
v1::Ride::State StateAfter(const RideEvent& event, const RideEntry&) {
  return StateAfter(event);
}

// Who is on board when the vehicle is taken out stays in its tour: its driver reports where that
// ended.
bool InTour(v1::Ride::State before, v1::Ride::State state) {
  if (state == v1::Ride::AFFECTED) return before == v1::Ride::BOARDED;
  return state != v1::Ride::CANCELLED && state != v1::Ride::EXPIRED;
}

absl::Duration DurationOf(const google::protobuf::Duration& duration) {
  Problems ignored;
  return FromWire("", duration, ignored);
}

// What has been done is no longer on the list of what is to do, and overtakes a reported delay.
void Done(VehicleEntry& vehicle, const std::string& ride, bool pickup, bool dropoff) {
  auto& visits = *vehicle.mutable_visits();
  visits.erase(std::remove_if(visits.begin(), visits.end(),
                              [&](const v1::GetBoardResponse::BoardVisit& visit) {
                                return visit.ride_id() == ride &&
                                       (visit.kind() == v1::PICKUP ? pickup : dropoff);
                              }),
               visits.end());
  *vehicle.mutable_delay() = ToWire(absl::ZeroDuration());
}

void NoteDone(const v1::RideBoarded& event, VehicleEntry& vehicle) {
  Done(vehicle, event.ride_id(), true, false);
}
void NoteDone(const v1::RideCompleted& event, VehicleEntry& vehicle) {
  Done(vehicle, event.ride_id(), false, true);
}
void NoteDone(const v1::RideNoShow& event, VehicleEntry& vehicle) {
  Done(vehicle, event.ride_id(), true, true);
}
template <typename RideEvent>
void NoteDone(const RideEvent&, VehicleEntry&) {}

// What was announced counts until the ride is otherwise.
void NoteExpected(const v1::RideDelayed& event, RideEntry& ride) {
  Problems ignored;
  const absl::Time expected = FromWire("", event.expected_pickup(), ignored);
  const absl::Time promised = FromWire("", event.facts().promise().pickup().end(), ignored);
  ride.clear_expected_pickup();
  if (expected > promised) *ride.mutable_expected_pickup() = event.expected_pickup();
}
template <typename RideEvent>
void NoteExpected(const RideEvent&, RideEntry& ride) {
  ride.clear_expected_pickup();
}

}  // namespace

template <typename Message>
bool Board::Handle(const events::Event& event) {
  if (event.type != events::EventType(*Message::descriptor())) return false;
  Message message;
  if (message.ParseFromString(event.payload)) Update(event.tenant, message);
  return true;
}

void Board::Apply(const events::Event& event) {
  absl::MutexLock lock(&mutex_);
  if (!passed_.Pass(event)) return;
  if (scans_ > 0) during_scans_.push_back(event);
  Dispatch(event);
}

void Board::Dispatch(const events::Event& event) {
  (void)(Handle<v1::TourPlanned>(event) || Handle<v1::DelayReported>(event) ||
         Handle<v1::TourTakenOut>(event) || Handle<v1::TourReturned>(event) ||
         Handle<v1::VehicleArrived>(event) || Handle<v1::BreakTaken>(event) ||
         Handle<v1::ShiftEnded>(event) || Handle<v1::RideDelayed>(event) ||
         Handle<v1::PositionReported>(event) || Handle<v1::RideHeld>(event) ||
         Handle<v1::RideHoldExpired>(event) || Handle<v1::RideBooked>(event) ||
         Handle<v1::RideChanged>(event) || Handle<v1::RideMoved>(event) ||
         Handle<v1::RideAffected>(event) || Handle<v1::RideCancelled>(event) ||
         Handle<v1::RideBoarded>(event) || Handle<v1::RideCompleted>(event) ||
         Handle<v1::RideNoShow>(event));
}

Board::State* Board::FindByTour(const std::string& tenant, const std::string& tour_id) {
  const std::optional<TourId> tour = ParseTourId(tour_id);
  if (!tour) return nullptr;
  const auto found = days_.find({tenant, tour->day});
  return found == days_.end() ? nullptr : &found->second;
}

void Board::Update(const std::string& tenant, const v1::TourPlanned& event) {
  State* state = FindByTour(tenant, event.tour_id());
  if (state == nullptr) return;
  VehicleEntry& vehicle = state->vehicles[event.tour_id()];
  vehicle.set_tour_id(event.tour_id());
  vehicle.set_vehicle_id(ParseTourId(event.tour_id())->vehicle.value());
  if (!vehicle.has_delay()) *vehicle.mutable_delay() = ToWire(absl::ZeroDuration());
  vehicle.clear_visits();
  for (const v1::TourPlanned::PlannedVisit& visit : event.visits()) {
    v1::GetBoardResponse::BoardVisit& target = *vehicle.add_visits();
    target.set_kind(visit.kind());
    target.set_ride_id(visit.ride_id());
    target.set_stop_id(visit.stop_id());
    *target.mutable_begin() = visit.begin();
  }
}

void Board::Update(const std::string& tenant, const v1::DelayReported& event) {
  if (State* state = FindByTour(tenant, event.tour_id())) {
    *state->vehicles[event.tour_id()].mutable_delay() = event.delay();
  }
}

void Board::Update(const std::string& tenant, const v1::TourTakenOut& event) {
  State* state = FindByTour(tenant, event.tour_id());
  if (state == nullptr) return;
  *state->vehicles[event.tour_id()].mutable_outages() = event.outages();
}

void Board::Update(const std::string& tenant, const v1::TourReturned& event) {
  if (State* state = FindByTour(tenant, event.tour_id()))
    *state->vehicles[event.tour_id()].mutable_outages() = event.outages();
}

void Board::Update(const std::string& tenant, const v1::PositionReported& event) {
  State* state = FindByTour(tenant, event.tour_id());
  if (state == nullptr) return;
  *state->vehicles[event.tour_id()].mutable_location() = event.location();
  *state->vehicles[event.tour_id()].mutable_located_at() = event.at();
}

// People at one stop get on and off as they come.
void Board::Update(const std::string& tenant, const v1::VehicleArrived& event) {
  State* state = FindByTour(tenant, event.tour_id());
  if (state == nullptr) return;
  auto& visits = *state->vehicles[event.tour_id()].mutable_visits();
  const auto here = std::find_if(
      visits.begin(), visits.end(), [&](const v1::GetBoardResponse::BoardVisit& visit) {
        return visit.ride_id() == event.ride_id() && visit.kind() == event.kind();
      });
  if (here != visits.end()) std::rotate(visits.begin(), here, here + 1);
}

void Board::Update(const std::string& tenant, const v1::BreakTaken& event) {
  ForgetDelay(tenant, event.tour_id());
}

void Board::Update(const std::string& tenant, const v1::ShiftEnded& event) {
  ForgetDelay(tenant, event.tour_id());
}

void Board::ForgetDelay(const std::string& tenant, const std::string& tour_id) {
  if (State* state = FindByTour(tenant, tour_id)) {
    *state->vehicles[tour_id].mutable_delay() = ToWire(absl::ZeroDuration());
  }
}

template <typename RideEvent>
void Board::Update(const std::string& tenant, const RideEvent& event) {
  Problems ignored;
  const absl::CivilDay pickup_day =
      BerlinDay(FromWire("", event.facts().promise().pickup().begin(), ignored));
  const std::optional<TourId> tour = ParseTourId(event.facts().tour_id());
  const auto found = days_.find({tenant, tour ? tour->day : pickup_day});
  // A ride that was changed to another day leaves the one it was on.
  for (auto& [key, state] : days_) {
    if (key.first == tenant && (found == days_.end() || key != found->first))
      state.rides.erase(event.ride_id());
  }
  if (found == days_.end()) return;
  RideEntry& ride = found->second.rides[event.ride_id()];
  const v1::Ride::State before = ride.state();
  ride.set_ride_id(event.ride_id());
  ride.set_state(StateAfter(event, ride));
  ride.set_tour_id(InTour(before, ride.state()) ? event.facts().tour_id() : "");
  ride.set_origin_stop_id(event.facts().origin_stop_id());
  ride.set_destination_stop_id(event.facts().destination_stop_id());
  *ride.mutable_promise() = event.facts().promise();
  *ride.mutable_party() = event.facts().party();
  NoteExpected(event, ride);
  if (std::is_same_v<RideEvent, v1::RideChanged> || !ride.has_lateness()) {
    *ride.mutable_lateness() = ToWire(absl::ZeroDuration());  // who is planned anew is not late yet
  }
  if constexpr (requires { event.lateness(); }) {
    *ride.mutable_lateness() =
        ToWire(std::max(DurationOf(ride.lateness()), DurationOf(event.lateness())));
  }
  const auto vehicle = found->second.vehicles.find(event.facts().tour_id());
  // Who was stranded gets off a vehicle that has no visit for that.
  if (vehicle != found->second.vehicles.end() && before != v1::Ride::AFFECTED)
    NoteDone(event, vehicle->second);
}

}  // namespace stadtmesh::buergerbus
