#include "buergerbus/domain/reminders.h"

#include "base/time.h"

namespace stadtmesh::buergerbus {

std::optional<absl::Time> RemindAt(const Reminders& reminders, absl::Time pickup, absl::Time now) {
  const absl::Time evening = BerlinTime(BerlinDay(pickup) - 1, reminders.evening);
  if (now < evening) return evening;
  const absl::Time ahead = pickup - reminders.ahead;
  if (now < ahead) return ahead;
  return std::nullopt;
}

}  // namespace stadtmesh::buergerbus
