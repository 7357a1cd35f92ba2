#include "buergerbus/views/board.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "buergerbus/domain/tour_times.h"
#include "buergerbus/wire/enums.h"
#include "buergerbus/wire/values.h"
#include "events/event_types.h"
#include "stadtmesh/buergerbus/v1/events.pb.h"

namespace stadtmesh::buergerbus {
namespace {

using RideEntry = v1::GetBoardResponse::BoardRide;
using VehicleEntry = v1::GetBoardResponse::BoardVehicle;

constexpr size_t kPage = 500;

// The state of a ride after an event.
v1::Ride::State StateAfter(const v1::RideHeld&) { return v1::Ride::HELD; }
v1::Ride::State StateAfter(const v1::RideHoldExpired&) { return v1::Ride::EXPIRED; }
v1::Ride::State StateAfter(const v1::RideBooked&) { return v1::Ride::BOOKED; }
v1::Ride::State StateAfter(const v1::RideChanged&) { return v1::Ride::BOOKED; }
v1::Ride::State StateAfter(const v1::RideMoved&) { return v1::Ride::BOOKED; }
v1::Ride::State StateAfter(const v1::RideAffected&) { return v1::Ride::AFFECTED; }
v1::Ride::State StateAfter(const v1::RideCancelled&) { return v1::Ride::CANCELLED; }
v1::Ride::State StateAfter(const v1::RideBoarded&) { return v1::Ride::BOARDED; }
v1::Ride::State StateAfter(const v1::RideCompleted&) { return v1::Ride::COMPLETED; }
v1::Ride::State StateAfter(const v1::RideNoShow&) { return v1::Ride::NO_SHOW; }

RideEntry MakeRide(const Ride& ride) {
  RideEntry wire;
  wire.set_ride_id(ride.id.value());
  wire.set_state(kRideStates.ToWire(ride.state));
  if (ride.tour) wire.set_tour_id(ride.tour->ToString());
  if (ride.trip.origin.stop) wire.set_origin_stop_id(ride.trip.origin.stop->value());
  if (ride.trip.destination.stop) wire.set_destination_stop_id(ride.trip.destination.stop->value());
  *wire.mutable_promise() = ToWire(ride.promise);
  *wire.mutable_party() = ToWire(ride.trip.party);
  *wire.mutable_lateness() = ToWire(std::max(ride.journey.pickup_lateness, ride.journey.arrival_lateness));
  return wire;
}

VehicleEntry MakeVehicle(const Tour& tour) {
  VehicleEntry wire;
  wire.set_tour_id(tour.id.ToString());
  wire.set_vehicle_id(tour.id.vehicle.value());
  wire.set_out_of_service(tour.out_from.has_value());
  *wire.mutable_delay() = ToWire(tour.delay);
  for (size_t i = static_cast<size_t>(tour.executed); i < tour.visits.size(); ++i) {
    const Visit& visit = tour.visits[i];
    const Assignment* ride = FindAssignment(tour, visit.ride);
    v1::GetBoardResponse::BoardVisit& target = *wire.add_visits();
    target.set_kind(kVisitKinds.ToWire(visit.kind));
    target.set_ride_id(visit.ride.value());
    *target.mutable_begin() = ToWire(visit.begin);
    if (ride == nullptr) continue;
    const std::optional<StopId>& stop = visit.kind == VisitKind::kPickup ? ride->origin_stop : ride->destination_stop;
    if (stop) target.set_stop_id(stop->value());
  }
  return wire;
}

}  // namespace

absl::Status Board::Start(events::Bus* bus) {
  ASSIGN_OR_RETURN(subscription_, bus->Tail(kServiceName, {.kind = events::TailFrom::Kind::kNow},
                                            [this](const events::Delivery& delivery) { Apply(delivery.event); }));
  return absl::OkStatus();
}

void Board::Stop() {
  if (subscription_ != nullptr) subscription_->Stop();
}

absl::StatusOr<Board::State> Board::Scan(const Query& query, absl::CivilDay day) {
  ASSIGN_OR_RETURN(const SettingsCache::Entry entry, settings_->Read(query));
  ASSIGN_OR_RETURN(const Day tours, repository_->ReadDay(query.tenant(), *entry.settings, day, query.deadline));
  State state;
  for (const Stored<Tour>& tour : tours.tours) state.vehicles[tour.value->id.ToString()] = MakeVehicle(*tour.value);
  std::optional<store::Scored> after;
  for (;;) {
    ASSIGN_OR_RETURN(const std::vector<store::Scored> members,
                     repository_->List(query.tenant(), indexes::RidesOn(day), after, false, kPage, query.deadline));
    std::vector<std::string> ride_keys;
    for (const store::Scored& member : members) ride_keys.push_back(keys::Ride(RideId(member.member)));
    ASSIGN_OR_RETURN(const std::vector<Stored<Ride>> rides,
                     repository_->ReadAll<Ride>(query.tenant(), ride_keys, query.deadline));
    for (const Stored<Ride>& ride : rides) {
      if (ride.value) state.rides[ride.value->id.value()] = MakeRide(*ride.value);
    }
    if (members.size() < kPage) return state;
    after = members.back();
  }
}

absl::StatusOr<v1::GetBoardResponse> Board::Get(const Query& query, absl::CivilDay day) {
  const DayKey key{query.tenant(), day};
  size_t first_event = 0;
  {
    absl::MutexLock lock(&mutex_);
    if (const auto found = days_.find(key); found != days_.end()) return Render(found->second);
    ++scans_;
    first_event = during_scans_.size();
  }
  absl::StatusOr<State> scanned = Scan(query, day);
  absl::MutexLock lock(&mutex_);
  if (scanned.ok()) {
    days_[key] = *std::move(scanned);
    days_[key].used_at = clock_->Now();
    for (size_t i = first_event; i < during_scans_.size(); ++i) Dispatch(during_scans_[i]);
    DropOldest();
  }
  if (--scans_ == 0) during_scans_.clear();
  RETURN_IF_ERROR(scanned.status());
  return Render(days_[key]);
}

v1::GetBoardResponse Board::Render(State& state) const {
  state.used_at = clock_->Now();
  v1::GetBoardResponse response;
  for (const auto& [id, vehicle] : state.vehicles) *response.add_vehicles() = vehicle;
  for (const auto& [id, ride] : state.rides) {
    if (ride.state() != v1::Ride::EXPIRED) *response.add_rides() = ride;
  }
  *response.mutable_as_of() = ToWire(state.used_at);
  return response;
}

void Board::DropOldest() {
  if (days_.size() <= kMostDays) return;
  const auto oldest = std::min_element(days_.begin(), days_.end(), [](const auto& a, const auto& b) {
    return a.second.used_at < b.second.used_at;
  });
  days_.erase(oldest);
}

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
  (void)(Handle<v1::TourPlanned>(event) || Handle<v1::DelayReported>(event) || Handle<v1::TourTakenOut>(event) ||
         Handle<v1::TourReturned>(event) || Handle<v1::PositionReported>(event) || Handle<v1::RideHeld>(event) ||
         Handle<v1::RideHoldExpired>(event) || Handle<v1::RideBooked>(event) || Handle<v1::RideChanged>(event) ||
         Handle<v1::RideMoved>(event) || Handle<v1::RideAffected>(event) || Handle<v1::RideCancelled>(event) ||
         Handle<v1::RideBoarded>(event) || Handle<v1::RideCompleted>(event) || Handle<v1::RideNoShow>(event));
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
  if (State* state = FindByTour(tenant, event.tour_id())) state->vehicles[event.tour_id()].set_out_of_service(true);
}

void Board::Update(const std::string& tenant, const v1::TourReturned& event) {
  if (State* state = FindByTour(tenant, event.tour_id())) state->vehicles[event.tour_id()].set_out_of_service(false);
}

void Board::Update(const std::string& tenant, const v1::PositionReported& event) {
  State* state = FindByTour(tenant, event.tour_id());
  if (state == nullptr) return;
  *state->vehicles[event.tour_id()].mutable_location() = event.location();
  *state->vehicles[event.tour_id()].mutable_located_at() = event.at();
}

template <typename RideEvent>
void Board::Update(const std::string& tenant, const RideEvent& event) {
  Problems ignored;
  const absl::CivilDay pickup_day = BerlinDay(FromWire("", event.facts().promise().pickup().begin(), ignored));
  const std::optional<TourId> tour = ParseTourId(event.facts().tour_id());
  const auto found = days_.find({tenant, tour ? tour->day : pickup_day});
  // A ride that was changed to another day leaves the one it was on.
  for (auto& [key, state] : days_) {
    if (key.first == tenant && (found == days_.end() || key != found->first)) state.rides.erase(event.ride_id());
  }
  if (found == days_.end()) return;
  RideEntry& ride = found->second.rides[event.ride_id()];
  ride.set_ride_id(event.ride_id());
  ride.set_state(StateAfter(event));
  ride.set_tour_id(event.facts().tour_id());
  ride.set_origin_stop_id(event.facts().origin_stop_id());
  ride.set_destination_stop_id(event.facts().destination_stop_id());
  *ride.mutable_promise() = event.facts().promise();
  *ride.mutable_party() = event.facts().party();
  if constexpr (requires { event.lateness(); }) *ride.mutable_lateness() = event.lateness();
}

}  // namespace stadtmesh::buergerbus
