// Shifts: who starts, has and ends them.
#include <algorithm>
#include <utility>

#include "base/status.h"
#include "buergerbus/domain/tour_driving.h"

namespace stadtmesh::buergerbus {
namespace {

int FindShift(const Tour& tour, const ShiftId& id) {
  for (size_t i = 0; i < tour.shifts.size(); ++i) {
    if (tour.shifts[i].id == id) return static_cast<int>(i);
  }
  return -1;
}

// Whoever fetches and checks the bus comes before its shift. Who starts it earlier still means
// another bus, or another day.
constexpr absl::Duration kStartLead = absl::Hours(2);

// Started before its time, by mistake: nobody has driven in it.
bool NotDriven(const Tour& tour, int shift, absl::Time now) {
  return now < tour.shifts[shift].begin &&
         std::none_of(tour.visits.begin(), tour.visits.end(),
                      [&](const Visit& visit) { return visit.shift == shift && visit.arrived_at; });
}

}  // namespace

Decided<Tour> Drive(const Tour& tour, const StartShift& command, absl::Time now) {
  const int index = FindShift(tour, command.shift);
  if (index < 0) return Refuse(Reason::kShiftUnknown);
  const Shift& shift = tour.shifts[index];
  if (shift.state == ShiftState::kEnded) return Refuse(Reason::kShiftClosed);
  if (!shift.driver.empty() && !command.driver.empty() && shift.driver != command.driver) {
    return Refuse(Reason::kNotYourShift);
  }
  if (shift.state == ShiftState::kRunning) {
    if (!shift.driver.empty() || command.driver.empty()) return Unchanged(tour);
    // Whoever had it was erased: somebody must be able to drive it to its end.
    return Drive(tour, AssignDriver{shift.id, command.driver}, now);
  }
  if (const absl::Time earliest = shift.begin - kStartLead; now < earliest)
    return Refuse(Reason::kTooFarAhead, {{"earliest", FormatRfc3339(earliest)}});
  for (const Shift& other : tour.shifts) {
    if (other.state == ShiftState::kRunning)
      return Refuse(Reason::kShiftRunning, {{"shift", other.id.value()}});
  }
  Tour next = tour;
  next.shifts[index].state = ShiftState::kRunning;
  if (shift.driver.empty()) next.shifts[index].driver = command.driver;
  ShiftStarted event{tour.id, shift.id, next.shifts[index].driver, now};
  return Decision<Tour>{std::move(next), {std::move(event)}};
}

Decided<Tour> Drive(const Tour& tour, const AssignDriver& command, absl::Time) {
  const int index = FindShift(tour, command.shift);
  if (index < 0) return Refuse(Reason::kShiftUnknown);
  const Shift& shift = tour.shifts[index];
  if (shift.state == ShiftState::kEnded) return Refuse(Reason::kShiftClosed);
  if (shift.driver == command.driver) return Unchanged(tour);
  // Only its driver can report, and the riders are on the way: it can be handed over, not left.
  if (shift.state == ShiftState::kRunning && command.driver.empty())
    return Refuse(Reason::kShiftRunning, {{"shift", shift.id.value()}});
  Tour next = tour;
  next.shifts[index].driver = command.driver;
  return Decision<Tour>{std::move(next), {DriverAssigned{tour.id, command.shift, command.driver}}};
}

Decided<Tour> Drive(const Tour& tour, const EndShift& command, absl::Time now) {
  const int index = FindShift(tour, command.shift);
  if (index < 0) return Refuse(Reason::kShiftUnknown);
  const Shift& shift = tour.shifts[index];
  if (shift.state == ShiftState::kEnded) return Unchanged(tour);
  RETURN_IF_ERROR(CheckDriver(shift, command.driver));
  const bool by_mistake = NotDriven(tour, index, now);
  if (!by_mistake && !RidesAboard(tour).empty()) return Refuse(Reason::kRidersAboard);
  if (!by_mistake && DrivesOn(tour, index)) return Refuse(Reason::kRidesLeft);
  Tour next = tour;
  next.shifts[index].state = by_mistake ? ShiftState::kPlanned : ShiftState::kEnded;
  ClearDelay(next);
  for (int i = static_cast<int>(next.visits.size()) - 1; i >= next.executed && !by_mistake; --i) {
    if (next.visits[i].shift == index) next.visits.erase(next.visits.begin() + i);
  }
  return Decision<Tour>{std::move(next), {ShiftEnded{tour.id, shift.id, shift.driver, now}}};
}

}  // namespace stadtmesh::buergerbus
