// Whoever will wait longer than was promised hears of it, whatever the cause: a driver who says so,
// visits that take long, a shift that nobody has started.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "buergerbus/domain/settings.h"
#include "buergerbus/service/core.h"
#include "buergerbus/service/unit_of_work.h"

namespace stadtmesh::buergerbus {

// Tells riders of this tour what they do not know yet (NewsOfPickups): by the app's stream, or by a
// call. Of very many some; the watch tells the others.
absl::Status TellRiders(UnitOfWork& unit, const Settings& settings, Stored<Tour>& tour);

// Looks at the tours that are under way, because lateness needs no report: time passes.
// Thread-safe.
class LatenessWatch {
 public:
  explicit LatenessWatch(Core* core) : core_(core) {}

  // Begins to watch over a tenant's tours, or looks at once where somebody does already.
  absl::Status Schedule(const std::string& tenant, absl::Time deadline);
  // The task. Schedules itself again: in half a minute while somebody is to be picked up, else
  // later.
  absl::Status Run(const Command& command);

 private:
  // The tours of today, and of the night before.
  absl::StatusOr<std::vector<Tour>> ReadTours(const Command& command) const;
  absl::Status Tell(const Command& command, const TourId& tour) const;

  Core* core_;
};

inline constexpr absl::string_view kLatenessTask = "lateness";  // no payload

}  // namespace stadtmesh::buergerbus
