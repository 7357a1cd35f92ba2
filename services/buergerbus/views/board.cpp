#include "buergerbus/views/board.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "buergerbus/domain/spans.h"
#include "buergerbus/domain/tour_times.h"
#include "buergerbus/wire/enums.h"
#include "buergerbus/wire/values.h"
#include "stadtmesh/buergerbus/v1/events.pb.h"

namespace stadtmesh::buergerbus {
namespace {

using RideEntry = v1::GetBoardResponse::BoardRide;
using VehicleEntry = v1::GetBoardResponse::BoardVehicle;

constexpr size_t kPage = 500;
constexpr absl::Duration kPositionShown = absl::Hours(1);  // as long as it is stored

RideEntry MakeRide(const Ride& ride) {
  RideEntry wire;
  wire.set_ride_id(ride.id.value());
  wire.set_state(kRideStates.ToWire(ride.state));
  if (ride.tour) wire.set_tour_id(ride.tour->ToString());
  if (ride.trip.origin.stop) wire.set_origin_stop_id(ride.trip.origin.stop->value());
  if (ride.trip.destination.stop) wire.set_destination_stop_id(ride.trip.destination.stop->value());
  *wire.mutable_promise() = ToWire(ride.promise);
  *wire.mutable_party() = ToWire(ride.trip.party);
  if (ride.announced && ride.state == RideState::kBooked)
    *wire.mutable_expected_pickup() = ToWire(*ride.announced);
  *wire.mutable_lateness() =
      ToWire(std::max(ride.journey.pickup_lateness, ride.journey.arrival_lateness));
  return wire;
}

VehicleEntry MakeVehicle(const Tour& tour) {
  VehicleEntry wire;
  wire.set_tour_id(tour.id.ToString());
  wire.set_vehicle_id(tour.id.vehicle.value());
  for (const TimeWindow& span : tour.outages) *wire.add_outages() = ToWire(span);
  *wire.mutable_delay() = ToWire(tour.delay);
  for (size_t i = static_cast<size_t>(tour.executed); i < tour.visits.size(); ++i) {
    const Visit& visit = tour.visits[i];
    if (visit.kind == VisitKind::kBreak) continue;
    const Assignment* ride = FindAssignment(tour, visit.ride);
    v1::GetBoardResponse::BoardVisit& target = *wire.add_visits();
    target.set_kind(kVisitKinds.ToWire(visit.kind));
    target.set_ride_id(visit.ride.value());
    *target.mutable_begin() = ToWire(visit.begin);
    const std::optional<StopId>& stop =
        visit.kind == VisitKind::kPickup ? ride->origin_stop : ride->destination_stop;
    if (stop) target.set_stop_id(stop->value());
  }
  return wire;
}

}  // namespace

absl::Status Board::Start(events::Bus* bus) {
  const events::TailFrom now{.kind = events::TailFrom::Kind::kNow,
                             .on_lost = [this](int32_t) { Forget(); }};
  ASSIGN_OR_RETURN(subscription_,
                   bus->Tail(kServiceName, now,
                             [this](const events::Delivery& delivery) { Apply(delivery.event); }));
  return absl::OkStatus();
}

void Board::Forget() {
  absl::MutexLock lock(&mutex_);
  days_.clear();
  ++losses_;
}

void Board::Stop() {
  if (subscription_ != nullptr) subscription_->Stop();
}

absl::StatusOr<Board::State> Board::Scan(const Query& query, absl::CivilDay day) {
  ASSIGN_OR_RETURN(const SettingsCache::Entry entry, settings_->Read(query));
  ASSIGN_OR_RETURN(const Day tours,
                   repository_->ReadDay(query.tenant(), *entry.settings, day, query.deadline));
  State state;
  std::vector<std::string> position_keys;
  for (const Stored<Tour>& tour : tours.tours) {
    position_keys.push_back(keys::Position(tour.value->id.vehicle));
  }
  ASSIGN_OR_RETURN(const std::vector<Stored<Position>> positions,
                   repository_->ReadAll<Position>(query.tenant(), position_keys, query.deadline));
  for (size_t i = 0; i < positions.size(); ++i) {
    const Tour& tour = *tours.tours[i].value;
    VehicleEntry& vehicle = state.vehicles[tour.id.ToString()] = MakeVehicle(tour);
    if (!positions[i].value || !(positions[i].value->tour == tour.id)) continue;
    *vehicle.mutable_location() = ToWire(positions[i].value->location);
    *vehicle.mutable_located_at() = ToWire(positions[i].value->at);
  }
  std::optional<store::Scored> after;
  for (;;) {
    ASSIGN_OR_RETURN(const std::vector<store::Scored> members,
                     repository_->List(query.tenant(), indexes::RidesOn(day), after, false, kPage,
                                       query.deadline));
    std::vector<std::string> ride_keys;
    for (const store::Scored& member : members)
      ride_keys.push_back(keys::Ride(RideId(member.member)));
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
  int losses = 0;
  {
    absl::MutexLock lock(&mutex_);
    if (const auto found = days_.find(key); found != days_.end()) return Render(found->second);
    ++scans_;
    first_event = during_scans_.size();
    losses = losses_;
  }
  absl::StatusOr<State> scanned = Scan(query, day);
  absl::MutexLock lock(&mutex_);
  v1::GetBoardResponse response;
  if (scanned.ok()) {
    State& state = days_[key] = *std::move(scanned);
    for (size_t i = first_event; i < during_scans_.size(); ++i) Dispatch(during_scans_[i]);
    response = Render(state);
    if (losses != losses_) days_.erase(key);  // true for now, but not to be followed
    DropOldest();
  }
  if (--scans_ == 0) during_scans_.clear();
  RETURN_IF_ERROR(scanned.status());
  return response;
}

v1::GetBoardResponse Board::Render(State& state) const {
  state.used_at = clock_->Now();
  v1::GetBoardResponse response;
  for (const auto& [id, vehicle] : state.vehicles) {
    VehicleEntry& shown = *response.add_vehicles() = vehicle;
    Problems ignored;
    std::vector<TimeWindow> outages;
    for (const v1::TimeWindow& span : shown.outages())
      outages.push_back(FromWire("", span, ignored));
    const std::optional<TimeWindow> out = RunningOrNext(outages, state.used_at);
    if (out) *shown.mutable_out() = ToWire(*out);
    shown.set_out_of_service(out && out->begin <= state.used_at);
    if (shown.has_located_at() &&
        state.used_at - FromWire("", shown.located_at(), ignored) >= kPositionShown) {
      shown.clear_location();
      shown.clear_located_at();
    }
  }
  for (const auto& [id, ride] : state.rides) {
    if (ride.state() != v1::Ride::EXPIRED) *response.add_rides() = ride;
  }
  *response.mutable_as_of() = ToWire(state.used_at);
  return response;
}

void Board::DropOldest() {
  if (days_.size() <= kMostDays) return;
  const auto oldest = std::min_element(
      days_.begin(), days_.end(),
      [](const auto& a, const auto& b) { return a.second.used_at < b.second.used_at; });
  days_.erase(oldest);
}

}  // namespace stadtmesh::buergerbus
