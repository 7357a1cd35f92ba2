// When and how riders may book, change and cancel.
#pragma once

#include <variant>

#include "absl/time/time.h"
#include "buergerbus/domain/place.h"
#include "buergerbus/domain/promise.h"
#include "buergerbus/domain/service_hours.h"

namespace stadtmesh::buergerbus {

// Book at least this long before the pick-up window begins.
struct NoticeAhead {
  absl::Duration duration = absl::Minutes(60);
  bool operator==(const NoticeAhead&) const = default;
};
// Book by this time of the day before the service day.
struct NoticeDayBefore {
  TimeOfDay by = absl::Hours(16);
  bool operator==(const NoticeDayBefore&) const = default;
};
using Notice = std::variant<NoticeAhead, NoticeDayBefore>;

struct BookingRules {
  Notice notice = NoticeAhead{};
  int days_ahead = 14;  // a ride may lie at most this many days after today; 0..365
  absl::Duration longest_wait =
      absl::Minutes(60);  // pick-up at most this much after (arrival: before) the wish
  absl::Duration pickup_window = absl::Minutes(15);  // width of the promise
  absl::Duration offer_grid =
      absl::Minutes(5);  // promised windows begin on this grid of the wall clock
  RideTimeRule ride_time;
  BoardingTimes boarding;
  TripMode trip_mode = TripMode::kDoorToStop;
  int largest_party = 8;
  absl::Duration hold = absl::Minutes(2);
  absl::Duration cancel_until =
      absl::Minutes(30);  // before the pick-up window; dispatchers may later
  absl::Duration no_show_wait =
      absl::Minutes(5);  // the driver waits this long at most, from arrival or the window's begin
  absl::Duration freeze =
      absl::Minutes(2);  // a stop the bus leaves for within this is no longer re-planned
  absl::Duration shortest_stay =
      absl::Minutes(10);   // between arriving and the pick-up of the way back
  int walking_metres = 0;  // how far a rider may be sent when a stop is closed; 0: not at all
  int open_rides_per_person = 20;  // held or booked at a time
  bool operator==(const BookingRules&) const = default;
};

// The last moment at which a pick-up window beginning at `pickup` on `service_day` may be booked.
// Dispatchers may book later.
absl::Time BookableUntil(const Notice& notice, absl::CivilDay service_day, absl::Time pickup);

}  // namespace stadtmesh::buergerbus
