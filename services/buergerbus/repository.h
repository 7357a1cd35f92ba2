// From ids to stored aggregates: keys, versions, indexes, and who owns what.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "auth/ownership.h"
#include "base/status.h"
#include "buergerbus/planner/planner.h"
#include "buergerbus/records.h"
#include "buergerbus/stored.h"
#include "store/store.h"

namespace stadtmesh::buergerbus {

inline constexpr absl::string_view kServiceName = "buergerbus";

// Keys and indexes, all within the scope {tenant/buergerbus}. The README lists them.
namespace keys {
inline constexpr absl::string_view kSettings = "settings";
inline constexpr absl::string_view kRetention = "retention";
std::string Ride(const RideId& id);
std::string Contact(const RideId& id);
std::string Tour(const TourId& id);
std::string Vehicle(const VehicleId& id);
std::string Stop(const StopId& id);
std::string Cash(const TourId& tour, const ShiftId& shift);
std::string Card(const RiderCardId& id);
std::string CardPhone(absl::string_view phone);  // by a hash: keys stand in tools and logs
std::string CardUse(const RiderCardId& id);
std::string Call(const CallId& id);
std::string Position(const VehicleId& id);
std::string LastBooking(absl::string_view customer);
}  // namespace keys

namespace indexes {
std::string RidesOf(absl::string_view customer);  // by pick-up: everything a person booked
std::string RidesOn(absl::CivilDay day);          // by pick-up
std::string Booking(const BookingId& id);         // its rides, the way there first
std::string ToursOn(absl::CivilDay day);
std::string ToursOf(absl::string_view driver);                 // by day: everything a person drove
inline constexpr absl::string_view kOpenCalls = "calls-open";  // by creation
inline constexpr absl::string_view kDoneCalls = "calls-done";
inline constexpr absl::string_view kBlockedStops = "blocked-stops";  // ever blocked
std::string CallsOf(const RideId& ride);                             // by creation
constexpr size_t kMostCallsOfARide = 50;                             // more are never on the list
inline constexpr absl::string_view kTours = "tours";                 // all that are stored, by day
// What names somebody, by when that began to age: retention (service/retention.h).
inline constexpr absl::string_view kPersonalRides = "personal-rides";  // by pick-up
inline constexpr absl::string_view kCashSheets =
    "cash-sheets";  // with a driver, by day; members are keys
inline constexpr absl::string_view kRiderCards = "rider-cards";  // by last use
}  // namespace indexes

// How instants and days are scored.
double ScoreOf(absl::Time time);
double ScoreOf(absl::CivilDay day);

struct IndexEntry {
  std::string index, member;
  double score = 0;
  bool operator==(const IndexEntry&) const = default;
};
// Where an aggregate is to be found. The unit of work keeps the indexes as these say.
std::vector<IndexEntry> IndexEntriesOf(const Ride& ride);
std::vector<IndexEntry> IndexEntriesOf(const Tour& tour);
std::vector<IndexEntry> IndexEntriesOf(const Call& call);
std::vector<IndexEntry> IndexEntriesOf(const StopStatus& status);
std::vector<IndexEntry> IndexEntriesOf(const CashSheet& sheet);
std::vector<IndexEntry> IndexEntriesOf(const CardUse& use);
template <typename T>
std::vector<IndexEntry> IndexEntriesOf(const T&) {
  return {};
}

// A ride, and the tour it is in.
struct RideOnTour {
  Stored<Ride> ride;
  std::optional<Stored<Tour>> tour;
};

// The rides of a booking, the way there first, and the tours they are in: each once, although both
// ways may be in it.
struct BookedRides {
  std::vector<Stored<Ride>> rides;
  std::vector<Stored<Tour>> tours;

  // nullptr: in none.
  Stored<Tour>* FindTour(const std::optional<TourId>& id);
};

std::vector<TimeWindow> OutagesOf(const Stored<VehicleStatus>& status);

// What planning looks at on one service day, as it is stored. `plan.tours[i]` is the value of
// `tours[i]`, opened from the settings where nothing is stored yet.
struct Day {
  PlanningDay plan;
  std::vector<Stored<Tour>> tours;
  std::vector<Stored<VehicleStatus>> vehicles;
  std::vector<Stored<StopStatus>> stops;  // those that were ever blocked

  // nullptr: no such tour on this day.
  Stored<Tour>* FindTour(const TourId& id);
  const Stored<VehicleStatus>* FindVehicle(const VehicleId& id) const;
  const Stored<StopStatus>* FindStop(const StopId& id) const;
};

// Thread-safe. `store` outlives it. Reads fail with UNAVAILABLE, DEADLINE_EXCEEDED or DATA_LOSS
// besides what is stated.
class Repository {
 public:
  explicit Repository(store::Store* store) : store_(store) {}

  store::Store& store() const { return *store_; }
  static store::Scope ScopeOf(absl::string_view tenant) {
    return {std::string(tenant), std::string(kServiceName)};
  }

  template <typename T>
  absl::StatusOr<Stored<T>> Read(absl::string_view tenant, const std::string& key,
                                 absl::Time deadline) const {
    ASSIGN_OR_RETURN(std::vector<Stored<T>> all, ReadAll<T>(tenant, {key}, deadline));
    return std::move(all.front());
  }
  // In the order of the keys, in one round trip per 1,000.
  template <typename T>
  absl::StatusOr<std::vector<Stored<T>>> ReadAll(absl::string_view tenant,
                                                 const std::vector<std::string>& keys,
                                                 absl::Time deadline) const {
    ASSIGN_OR_RETURN(std::vector<store::Record> records, ReadRecords(tenant, keys, deadline));
    std::vector<Stored<T>> result;
    result.reserve(keys.size());
    for (size_t i = 0; i < keys.size(); ++i) {
      ASSIGN_OR_RETURN(Stored<T> stored, MakeStored<T>(keys[i], std::move(records[i])));
      result.push_back(std::move(stored));
    }
    return result;
  }

  // NOT_FOUND as auth::ObjectNotFound. Owners: who booked it, and who drives it.
  absl::StatusOr<auth::Guarded<RideOnTour>> FindRide(absl::string_view tenant, const RideId& id,
                                                     absl::Time deadline) const;
  // Those that exist, in the order of `ids`.
  absl::StatusOr<std::vector<auth::Guarded<RideOnTour>>> FindRides(absl::string_view tenant,
                                                                   const std::vector<RideId>& ids,
                                                                   absl::Time deadline) const;
  // NOT_FOUND where nothing is stored. Owners: the drivers of its shifts.
  absl::StatusOr<auth::Guarded<Stored<Tour>>> FindTour(absl::string_view tenant, const TourId& id,
                                                       absl::Time deadline) const;
  // The same; where nothing is stored yet, what the shifts of the settings make of that day.
  absl::StatusOr<auth::Guarded<Stored<Tour>>> FindOrOpenTour(absl::string_view tenant,
                                                             const Settings& settings,
                                                             const TourId& id,
                                                             absl::Time deadline) const;
  // Owner: who booked it.
  absl::StatusOr<auth::Guarded<BookedRides>> FindBooking(absl::string_view tenant,
                                                         const BookingId& id,
                                                         absl::Time deadline) const;

  // Everything planning needs of a day, in three round trips: the tours of the settings' shifts,
  // and those that have begun although the settings know their shifts no more.
  absl::StatusOr<Day> ReadDay(absl::string_view tenant, const Settings& settings,
                              absl::CivilDay day, absl::Time deadline) const;

  // Every closure of a stop that is known, also those that are over.
  absl::StatusOr<std::vector<StopBlock>> ReadStopBlocks(absl::string_view tenant,
                                                        absl::Time deadline) const;

  // Up to `limit` members of an index, strictly after `after`.
  absl::StatusOr<std::vector<store::Scored>> List(absl::string_view tenant, absl::string_view index,
                                                  const std::optional<store::Scored>& after,
                                                  bool descending, size_t limit,
                                                  absl::Time deadline) const;

  // Up to `limit` members scored `least`..`most`, the lowest first.
  absl::StatusOr<std::vector<store::Scored>> ListBetween(absl::string_view tenant,
                                                         absl::string_view index, double least,
                                                         double most, size_t limit,
                                                         absl::Time deadline) const;

 private:
  template <typename T>
  static absl::StatusOr<Stored<T>> MakeStored(const std::string& key, store::Record record) {
    Stored<T> stored{
        .key = key, .bytes = std::move(record.bytes), .version = std::move(record.version)};
    if (!stored.version.empty()) {
      ASSIGN_OR_RETURN(stored.value, Decode<T>(stored.bytes));
    }
    return stored;
  }
  // Stops that have ever been blocked.
  absl::StatusOr<std::vector<StopId>> ListBlockedStops(absl::string_view tenant,
                                                       absl::Time deadline) const;
  absl::StatusOr<std::vector<store::Record>> ReadRecords(absl::string_view tenant,
                                                         const std::vector<std::string>& keys,
                                                         absl::Time deadline) const;
  absl::StatusOr<std::vector<RideOnTour>> WithTours(absl::string_view tenant,
                                                    std::vector<Stored<Ride>> rides,
                                                    absl::Time deadline) const;

  store::Store* store_;
};

}  // namespace stadtmesh::buergerbus
