// Brings a planned day in line with what the city and the dispatchers have decided meanwhile:
// changed shifts and vehicles, closed stops.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "buergerbus/service/core.h"
#include "buergerbus/service/planning.h"

namespace stadtmesh::buergerbus {

// For whom a review looks for places.
enum class Whom {
  kDisplaced,    // who has lost a place just now
  kAffectedToo,  // also who was told before that no bus comes, and has found nothing else meanwhile
};

// Thread-safe. Tours take over the shifts of the settings; whose shift no longer fits, or whose
// stop is closed, is planned again: on another vehicle, or from or to an open stop in walking
// distance, the promise unchanged. Who finds no place is affected, and is called where no app tells
// them. Whoever is on board stays there.
//
// A day is a job of small transactions, each of which leaves rides and tours consistent enough for
// the next to go on: rides that lost their place with their tour are found again by looking for
// rides that no tour holds. The `review` task makes sure that somebody does.
class DayReview {
 public:
  explicit DayReview(Core* core) : core_(core) {}

  // The receipt's `rides` found another place, its `affected` did not. Repeatable under the same
  // command.
  absl::StatusOr<Receipt> Run(const Command& command, absl::CivilDay day, Whom whom);
  // The stored days of a span, and what Run did to them.
  absl::StatusOr<Receipt> Run(const Command& command, const TimeWindow& span, Whom whom);
  // The task: every stored day that is not over.
  absl::Status RunTask(const Command& command, Whom whom);

 private:
  struct Progress {
    Whom whom = Whom::kDisplaced;
    size_t most = 0;             // rides per step; lowered when they are too many for a transaction
    std::set<RideId> tried;      // by the steps before
    std::vector<RideId> trying;  // by this one
    std::set<RideId> hopeless;   // no tour takes a plan with them
  };
  absl::Status Step(UnitOfWork& unit, absl::CivilDay day, Progress& progress);
  absl::StatusOr<std::vector<Stored<Ride>>> Choose(UnitOfWork& unit, const Settings& settings,
                                                   std::vector<Stored<Ride>> rides,
                                                   Progress& progress);

  Core* core_;
};

// When somebody else finishes what a caller whose process died has begun.
inline constexpr absl::Duration kTakenOver = absl::Seconds(30);

// The tasks; without a payload, because they look at everything.
inline constexpr absl::string_view kReviewTask = "review";                   // Whom::kDisplaced
inline constexpr absl::string_view kReviewAffectedTask = "review-affected";  // Whom::kAffectedToo
// Has the days reviewed at `due`, by whoever runs the tasks.
void ReviewLater(UnitOfWork& unit, absl::Time due, Whom whom);

}  // namespace stadtmesh::buergerbus
