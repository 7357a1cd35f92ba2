#include "buergerbus/repository.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "buergerbus/domain/tour_commands.h"
#include "buergerbus/wire/values.h"

namespace stadtmesh::buergerbus {
namespace {

constexpr size_t kMostKeysAtOnce = 1000;  // of Store::MultiGet

void AddDrivers(const Tour& tour, std::vector<std::string>& aliases) {
  for (const Shift& shift : tour.shifts) {
    if (!shift.driver.empty()) aliases.push_back(shift.driver.value());
  }
}

// A rider card is nobody's alias: phone bookings belong to the dispatchers.
auth::Owners OwnersOf(absl::string_view tenant, const RideOnTour& ride) {
  auth::Owners owners{.tenant = std::string(tenant)};
  const Customer& customer = ride.ride.value->customer;
  if (!customer.alias.empty() && !customer.card) owners.aliases.push_back(customer.alias);
  if (ride.tour && ride.tour->value) AddDrivers(*ride.tour->value, owners.aliases);
  return owners;
}

auth::Guarded<Stored<Tour>> ForItsDrivers(absl::string_view tenant, Stored<Tour> tour) {
  auth::Owners owners{.tenant = std::string(tenant)};
  AddDrivers(*tour.value, owners.aliases);
  return auth::Guarded<Stored<Tour>>(std::move(tour), std::move(owners));
}

// The vehicles of stored tours that are not among the known ones.
std::vector<VehicleId> OthersIn(const std::vector<store::Scored>& tours,
                                const std::vector<VehicleId>& known) {
  std::vector<VehicleId> others;
  for (const store::Scored& member : tours) {
    const std::optional<TourId> tour = ParseTourId(member.member);
    if (tour && std::find(known.begin(), known.end(), tour->vehicle) == known.end())
      others.push_back(tour->vehicle);
  }
  return others;
}

bool HasBegun(const Stored<Tour>& tour) {
  return tour.value &&
         std::any_of(tour.value->shifts.begin(), tour.value->shifts.end(),
                     [](const Shift& shift) { return shift.state != ShiftState::kPlanned; });
}

// What a day is made of, in the order in which it is read.
struct DayMembers {
  absl::CivilDay day;
  std::vector<VehicleId> vehicles;  // those of the settings' shifts, then others with a tour
  size_t expected = 0;              // of the settings' shifts
  std::vector<StopId> stops;        // ever blocked

  std::vector<std::string> Keys() const {
    std::vector<std::string> all;
    for (const VehicleId& vehicle : vehicles) {
      all.push_back(keys::Tour({vehicle, day}));
      all.push_back(keys::Vehicle(vehicle));
    }
    for (const StopId& stop : stops) all.push_back(keys::Stop(stop));
    return all;
  }
};

// A vehicle of the settings' shifts, or one whose tour has begun.
absl::Status AddVehicle(const Settings& settings, const VehicleId& vehicle, bool expected,
                        Stored<Tour> tour, Stored<VehicleStatus> status, Day& day) {
  if (!expected && !HasBegun(tour)) return absl::OkStatus();
  if (!expected) day.plan.leaving.insert(vehicle);
  if (!tour.value) {
    ASSIGN_OR_RETURN(tour.value, OpenTour(settings, vehicle, day.plan.day, OutagesOf(status)));
  }
  day.plan.tours.push_back(*tour.value);
  day.tours.push_back(std::move(tour));
  day.vehicles.push_back(std::move(status));
  return absl::OkStatus();
}

void AddStop(Stored<StopStatus> status, Day& day) {
  if (status.value) {
    const std::vector<StopBlock> blocks = BlocksOf(*status.value);
    day.plan.blocks.insert(day.plan.blocks.end(), blocks.begin(), blocks.end());
  }
  day.stops.push_back(std::move(status));
}

Stored<Tour>* TourIn(std::vector<Stored<Tour>>& tours, const TourId& id) {
  const auto found = std::find_if(tours.begin(), tours.end(),
                                  [&](const Stored<Tour>& tour) { return tour.value->id == id; });
  return found == tours.end() ? nullptr : &*found;
}

}  // namespace

std::vector<TimeWindow> OutagesOf(const Stored<VehicleStatus>& status) {
  return status.value ? status.value->outages : std::vector<TimeWindow>();
}

Stored<Tour>* BookedRides::FindTour(const std::optional<TourId>& id) {
  return id ? TourIn(tours, *id) : nullptr;
}

Stored<Tour>* Day::FindTour(const TourId& id) { return TourIn(tours, id); }

const Stored<VehicleStatus>* Day::FindVehicle(const VehicleId& id) const {
  const std::string key = keys::Vehicle(id);
  const auto found = std::find_if(vehicles.begin(), vehicles.end(),
                                  [&](const auto& status) { return status.key == key; });
  return found == vehicles.end() ? nullptr : &*found;
}

const Stored<StopStatus>* Day::FindStop(const StopId& id) const {
  const std::string key = keys::Stop(id);
  const auto found = std::find_if(stops.begin(), stops.end(),
                                  [&](const auto& status) { return status.key == key; });
  return found == stops.end() ? nullptr : &*found;
}

absl::StatusOr<std::vector<store::Record>> Repository::ReadRecords(
    absl::string_view tenant, const std::vector<std::string>& keys, absl::Time deadline) const {
  std::vector<store::Record> records;
  for (size_t begin = 0; begin < keys.size(); begin += kMostKeysAtOnce) {
    const auto end =
        keys.begin() + static_cast<ptrdiff_t>(std::min(keys.size(), begin + kMostKeysAtOnce));
    ASSIGN_OR_RETURN(
        std::vector<store::Record> part,
        store_->MultiGet(ScopeOf(tenant), {keys.begin() + static_cast<ptrdiff_t>(begin), end},
                         deadline));
    std::move(part.begin(), part.end(), std::back_inserter(records));
  }
  return records;
}

absl::StatusOr<std::vector<RideOnTour>> Repository::WithTours(absl::string_view tenant,
                                                              std::vector<Stored<Ride>> rides,
                                                              absl::Time deadline) const {
  std::vector<std::string> tour_keys;
  for (const Stored<Ride>& ride : rides) {
    if (ride.value->tour) tour_keys.push_back(keys::Tour(*ride.value->tour));
  }
  ASSIGN_OR_RETURN(std::vector<Stored<Tour>> tours, ReadAll<Tour>(tenant, tour_keys, deadline));
  std::vector<RideOnTour> result;
  auto tour = tours.begin();
  for (Stored<Ride>& ride : rides) {
    const bool on_tour = ride.value->tour.has_value();
    result.push_back({std::move(ride), std::nullopt});
    if (on_tour) result.back().tour = std::move(*tour++);
  }
  return result;
}

absl::StatusOr<std::vector<auth::Guarded<RideOnTour>>> Repository::FindRides(
    absl::string_view tenant, const std::vector<RideId>& ids, absl::Time deadline) const {
  std::vector<std::string> ride_keys;
  for (const RideId& id : ids) ride_keys.push_back(keys::Ride(id));
  ASSIGN_OR_RETURN(std::vector<Stored<Ride>> rides, ReadAll<Ride>(tenant, ride_keys, deadline));
  rides.erase(
      std::remove_if(rides.begin(), rides.end(), [](const auto& ride) { return !ride.value; }),
      rides.end());
  ASSIGN_OR_RETURN(std::vector<RideOnTour> found, WithTours(tenant, std::move(rides), deadline));
  std::vector<auth::Guarded<RideOnTour>> result;
  for (RideOnTour& ride : found) {
    auth::Owners owners = OwnersOf(tenant, ride);
    result.emplace_back(std::move(ride), std::move(owners));
  }
  return result;
}

absl::StatusOr<auth::Guarded<RideOnTour>> Repository::FindRide(absl::string_view tenant,
                                                               const RideId& id,
                                                               absl::Time deadline) const {
  ASSIGN_OR_RETURN(std::vector<auth::Guarded<RideOnTour>> found, FindRides(tenant, {id}, deadline));
  if (found.empty()) return auth::ObjectNotFound();
  return std::move(found.front());
}

absl::StatusOr<auth::Guarded<Stored<Tour>>> Repository::FindTour(absl::string_view tenant,
                                                                 const TourId& id,
                                                                 absl::Time deadline) const {
  ASSIGN_OR_RETURN(Stored<Tour> tour, Read<Tour>(tenant, keys::Tour(id), deadline));
  if (!tour.value) return auth::ObjectNotFound();
  return ForItsDrivers(tenant, std::move(tour));
}

absl::StatusOr<auth::Guarded<Stored<Tour>>> Repository::FindOrOpenTour(absl::string_view tenant,
                                                                       const Settings& settings,
                                                                       const TourId& id,
                                                                       absl::Time deadline) const {
  ASSIGN_OR_RETURN(Stored<Tour> tour, Read<Tour>(tenant, keys::Tour(id), deadline));
  if (!tour.value) {
    if (ShiftsOn(settings, id.vehicle, id.day).empty()) return auth::ObjectNotFound();
    ASSIGN_OR_RETURN(const Stored<VehicleStatus> status,
                     Read<VehicleStatus>(tenant, keys::Vehicle(id.vehicle), deadline));
    ASSIGN_OR_RETURN(tour.value, OpenTour(settings, id.vehicle, id.day, OutagesOf(status)));
  }
  return ForItsDrivers(tenant, std::move(tour));
}

absl::StatusOr<auth::Guarded<BookedRides>> Repository::FindBooking(absl::string_view tenant,
                                                                   const BookingId& id,
                                                                   absl::Time deadline) const {
  ASSIGN_OR_RETURN(
      const std::vector<store::Scored> members,
      List(tenant, indexes::Booking(id), std::nullopt, /*descending=*/false, 2, deadline));
  std::vector<std::string> ride_keys;
  for (const store::Scored& member : members)
    ride_keys.push_back(keys::Ride(RideId(member.member)));
  BookedRides booked;
  ASSIGN_OR_RETURN(booked.rides, ReadAll<Ride>(tenant, ride_keys, deadline));
  std::erase_if(booked.rides, [](const Stored<Ride>& ride) { return !ride.value; });
  if (booked.rides.empty()) return auth::ObjectNotFound();
  std::set<std::string> tour_keys;
  for (const Stored<Ride>& ride : booked.rides) {
    if (ride.value->tour) tour_keys.insert(keys::Tour(*ride.value->tour));
  }
  ASSIGN_OR_RETURN(booked.tours,
                   ReadAll<Tour>(tenant, {tour_keys.begin(), tour_keys.end()}, deadline));
  std::erase_if(booked.tours, [](const Stored<Tour>& tour) { return !tour.value; });
  auth::Owners owners{.tenant = std::string(tenant)};
  const Customer& customer = booked.rides.front().value->customer;
  if (!customer.alias.empty() && !customer.card) owners.aliases.push_back(customer.alias);
  return auth::Guarded<BookedRides>(std::move(booked), std::move(owners));
}

absl::StatusOr<std::vector<StopId>> Repository::ListBlockedStops(absl::string_view tenant,
                                                                 absl::Time deadline) const {
  ASSIGN_OR_RETURN(
      const std::vector<store::Scored> blocked,
      List(tenant, indexes::kBlockedStops, std::nullopt, false, kMostKeysAtOnce, deadline));
  std::vector<StopId> stops;
  for (const store::Scored& stop : blocked) stops.emplace_back(stop.member);
  return stops;
}

absl::StatusOr<std::vector<StopBlock>> Repository::ReadStopBlocks(absl::string_view tenant,
                                                                  absl::Time deadline) const {
  ASSIGN_OR_RETURN(const std::vector<StopId> stops, ListBlockedStops(tenant, deadline));
  std::vector<std::string> keys;
  for (const StopId& stop : stops) keys.push_back(keys::Stop(stop));
  ASSIGN_OR_RETURN(std::vector<Stored<StopStatus>> stored,
                   ReadAll<StopStatus>(tenant, keys, deadline));
  Day day;
  for (Stored<StopStatus>& status : stored) AddStop(std::move(status), day);
  return std::move(day.plan.blocks);
}

absl::StatusOr<Day> Repository::ReadDay(absl::string_view tenant, const Settings& settings,
                                        absl::CivilDay day, absl::Time deadline) const {
  DayMembers members{.day = day};
  ASSIGN_OR_RETURN(members.stops, ListBlockedStops(tenant, deadline));
  for (const buergerbus::Vehicle& vehicle : settings.vehicles) {
    if (!ShiftsOn(settings, vehicle.id, day).empty()) members.vehicles.push_back(vehicle.id);
  }
  members.expected = members.vehicles.size();
  ASSIGN_OR_RETURN(
      const std::vector<store::Scored> stored,
      List(tenant, indexes::ToursOn(day), std::nullopt, false, kMostKeysAtOnce, deadline));
  for (VehicleId& vehicle : OthersIn(stored, members.vehicles))
    members.vehicles.push_back(std::move(vehicle));
  const std::vector<std::string> keys = members.Keys();
  ASSIGN_OR_RETURN(std::vector<store::Record> records, ReadRecords(tenant, keys, deadline));

  Day result{.plan = {.day = day}};
  size_t next = 0;
  for (size_t i = 0; i < members.vehicles.size(); ++i, next += 2) {
    ASSIGN_OR_RETURN(Stored<Tour> tour, MakeStored<Tour>(keys[next], std::move(records[next])));
    ASSIGN_OR_RETURN(Stored<VehicleStatus> status,
                     MakeStored<VehicleStatus>(keys[next + 1], std::move(records[next + 1])));
    RETURN_IF_ERROR(AddVehicle(settings, members.vehicles[i], i < members.expected, std::move(tour),
                               std::move(status), result));
  }
  for (; next < keys.size(); ++next) {
    ASSIGN_OR_RETURN(Stored<StopStatus> status,
                     MakeStored<StopStatus>(keys[next], std::move(records[next])));
    AddStop(std::move(status), result);
  }
  return result;
}

absl::StatusOr<std::vector<store::Scored>> Repository::List(
    absl::string_view tenant, absl::string_view index, const std::optional<store::Scored>& after,
    bool descending, size_t limit, absl::Time deadline) const {
  return store_->IndexRange(ScopeOf(tenant), index,
                            {.after = after, .descending = descending, .limit = limit}, deadline);
}

absl::StatusOr<std::vector<store::Scored>> Repository::ListBetween(absl::string_view tenant,
                                                                   absl::string_view index,
                                                                   double least, double most,
                                                                   size_t limit,
                                                                   absl::Time deadline) const {
  return store_->IndexRange(ScopeOf(tenant), index, {.min = least, .max = most, .limit = limit},
                            deadline);
}

}  // namespace stadtmesh::buergerbus
