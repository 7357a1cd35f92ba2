// What is answered: rides, manifests, lists, opened for whoever asks and completed from what is
// stored beside them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "buergerbus/domain/call_list.h"
#include "buergerbus/domain/cash_sheet.h"
#include "buergerbus/domain/tour_times.h"
#include "buergerbus/service/core.h"

namespace stadtmesh::buergerbus {

// A ride as its rider, its driver or a dispatcher sees it.
struct RideView {
  Ride ride;
  std::optional<absl::Time> expected_pickup;  // as known now; absent without a place in a tour
  std::optional<absl::Time> expected_arrival;
  std::optional<Contact> contact;  // of the booking, else of the rider card
  // of the vehicle, from kPositionAhead before the pick-up until the party gets off
  std::optional<Position> position;
};
inline constexpr absl::Duration kPositionAhead = absl::Minutes(15);

// How long the bus waits at a pick-up.
struct Waiting {
  std::optional<absl::Time> leave_by;  // Planner::LeaveBy; absent where planning has no answer
  absl::Time no_show_from;             // as far as is known now
};

struct TourView {
  Tour tour;
  std::optional<TimeWindow> out;     // of service, now or next
  std::vector<VisitTimes> expected;  // of each visit
  std::string vehicle_name;
  std::optional<Position> position;
  std::vector<RideView> rides;        // in the order of their pick-ups
  std::map<RideId, Waiting> waiting;  // by pick-up that is still to be served
};

struct CallView {
  Call call;
  std::optional<Contact> contact;
};

// A part of a list, and where it goes on: nothing at the end.
template <typename T>
struct Page {
  std::vector<T> items;
  std::optional<store::Scored> next;
};
struct PageRequest {
  std::optional<store::Scored> after;
  size_t size = 50;
};

// Thread-safe. Reads of other people's personal data stand in the audit log before they are
// answered.
class Queries {
 public:
  explicit Queries(Core* core) : core_(core) {}

  absl::StatusOr<RideView> GetRide(const Query& query, const RideId& id);
  // In the order of `ids`; those that do not exist, and those of others, are left out.
  absl::StatusOr<std::vector<RideView>> GetRides(const Query& query,
                                                 const std::vector<RideId>& ids);
  // The latest pick-up first. `open_only`: a page may then hold fewer.
  absl::StatusOr<Page<RideView>> ListRidesOf(const Query& query, const std::string& customer,
                                             bool open_only, const PageRequest& page);
  absl::StatusOr<Page<RideView>> ListRidesOn(const Query& query, absl::CivilDay day,
                                             const PageRequest& page);

  // Also of a shift for which nobody has booked yet.
  absl::StatusOr<TourView> GetManifest(const Query& query, const TourId& id);
  // Of a day, without riders: for drivers, the tours in which the caller drives, and those with a
  // shift that nobody has.
  absl::StatusOr<std::vector<TourView>> ListTours(const Query& query, absl::CivilDay day,
                                                  const std::string& driver);
  absl::StatusOr<CashSheet> GetCashSheet(const Query& query, const TourId& tour,
                                         const ShiftId& shift);

  absl::StatusOr<Page<CallView>> ListCalls(const Query& query, bool done, const PageRequest& page);
  absl::StatusOr<CallView> GetCall(const Query& query, const CallId& id);
  absl::StatusOr<int64_t> CountOpenCalls(const Query& query);

  // Closures of stops that are not over, the next one first.
  absl::StatusOr<std::vector<StopBlock>> ListClosures(const Query& query);

  absl::StatusOr<Page<std::string>> ListToursOf(const Query& query, const std::string& driver,
                                                const PageRequest& page);

 private:
  absl::StatusOr<std::vector<RideView>> Complete(const Query& query, std::vector<RideOnTour> rides);
  void AddWaiting(const Settings& settings, TourView& view);
  absl::StatusOr<std::vector<std::optional<Contact>>> ContactsOf(
      const Query& query, const std::vector<const Ride*>& rides);

  Core* core_;
};

}  // namespace stadtmesh::buergerbus
