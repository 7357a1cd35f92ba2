// Where everything is stored, and by what it is found.
#include <openssl/sha.h>

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "buergerbus/repository.h"

namespace stadtmesh::buergerbus {

namespace keys {
std::string Ride(const RideId& id) { return absl::StrCat("ride:", id.value()); }
std::string Contact(const RideId& id) { return absl::StrCat("contact:", id.value()); }
std::string Tour(const TourId& id) { return absl::StrCat("tour:", id.ToString()); }
std::string Vehicle(const VehicleId& id) { return absl::StrCat("vehicle:", id.value()); }
std::string Stop(const StopId& id) { return absl::StrCat("stop:", id.value()); }
std::string Cash(const TourId& tour, const ShiftId& shift) {
  return absl::StrCat("cash:", tour.ToString(), ":", shift.value());
}
std::string Card(const RiderCardId& id) { return absl::StrCat("card:", id.value()); }
std::string CardPhone(absl::string_view phone) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(phone.data()), phone.size(), digest);
  return absl::StrCat("card-phone:", absl::BytesToHexString(absl::string_view(
                                         reinterpret_cast<const char*>(digest), sizeof(digest))));
}
std::string CardUse(const RiderCardId& id) { return absl::StrCat("card-use:", id.value()); }
std::string Call(const CallId& id) { return absl::StrCat("call:", id.value()); }
std::string Position(const VehicleId& id) { return absl::StrCat("position:", id.value()); }
std::string LastBooking(absl::string_view customer) {
  return absl::StrCat("last-booking:", customer);
}
}  // namespace keys

namespace indexes {
std::string RidesOf(absl::string_view customer) { return absl::StrCat("rides-of:", customer); }
std::string RidesOn(absl::CivilDay day) { return absl::StrCat("rides-on:", FormatDay(day)); }
std::string Booking(const BookingId& id) { return absl::StrCat("booking:", id.value()); }
std::string ToursOn(absl::CivilDay day) { return absl::StrCat("tours-on:", FormatDay(day)); }
std::string ToursOf(absl::string_view driver) { return absl::StrCat("tours-of:", driver); }
std::string CallsOf(const RideId& ride) { return absl::StrCat("calls-of:", ride.value()); }
}  // namespace indexes

double ScoreOf(absl::Time time) { return static_cast<double>(absl::ToUnixSeconds(time)); }
double ScoreOf(absl::CivilDay day) { return static_cast<double>(day - absl::CivilDay(1970, 1, 1)); }

std::vector<IndexEntry> IndexEntriesOf(const Ride& ride) {
  const double pickup = ScoreOf(ride.promise.pickup.begin);
  const absl::CivilDay day = ride.tour ? ride.tour->day : BerlinDay(ride.promise.pickup.begin);
  std::vector<IndexEntry> entries = {
      {indexes::RidesOn(day), ride.id.value(), pickup},
      {indexes::Booking(ride.booking), ride.id.value(), ride.leg == Leg::kReturn ? 1.0 : 0.0}};
  if (!ride.customer.alias.empty())
    entries.push_back({indexes::RidesOf(ride.customer.alias), ride.id.value(), pickup});
  if (!ride.forgotten)
    entries.push_back({std::string(indexes::kPersonalRides), ride.id.value(), pickup});
  return entries;
}

std::vector<IndexEntry> IndexEntriesOf(const Tour& tour) {
  std::vector<IndexEntry> entries = {
      {indexes::ToursOn(tour.id.day), tour.id.ToString(), 0},
      {std::string(indexes::kTours), tour.id.ToString(), ScoreOf(tour.id.day)}};
  for (const Shift& shift : tour.shifts) {
    if (shift.driver.empty()) continue;
    const IndexEntry entry{indexes::ToursOf(shift.driver.value()), tour.id.ToString(),
                           ScoreOf(tour.id.day)};
    if (std::find(entries.begin(), entries.end(), entry) == entries.end()) entries.push_back(entry);
  }
  return entries;
}

std::vector<IndexEntry> IndexEntriesOf(const Call& call) {
  const double created = ScoreOf(call.created_at);
  return {{std::string(call.done_at ? indexes::kDoneCalls : indexes::kOpenCalls), call.id.value(),
           created},
          {indexes::CallsOf(call.ride), call.id.value(), created}};
}

std::vector<IndexEntry> IndexEntriesOf(const CashSheet& sheet) {
  if (sheet.driver.empty()) return {};
  return {{std::string(indexes::kCashSheets), keys::Cash(sheet.tour, sheet.shift),
           ScoreOf(sheet.tour.day)}};
}

std::vector<IndexEntry> IndexEntriesOf(const CardUse& use) {
  return {{std::string(indexes::kRiderCards), use.card.value(), ScoreOf(use.used_at)}};
}

std::vector<IndexEntry> IndexEntriesOf(const StopStatus& status) {
  // Also when it is open again: who books there relies on the version of its record.
  return {{std::string(indexes::kBlockedStops), status.stop.value(), 0}};
}

}  // namespace stadtmesh::buergerbus
