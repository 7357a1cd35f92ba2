#include "buergerbus/domain/tour_check.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "base/status.h"
#include "buergerbus/domain/error.h"
#include "buergerbus/domain/tour_times.h"
#include "buergerbus/domain/vehicle.h"

namespace stadtmesh::buergerbus {
namespace {

absl::Status Broken(std::string what, const RideId& ride = {}) {
  return Refuse(Reason::kPromiseBroken, {{"what", std::move(what)}, {"ride", ride.value()}});
}

bool SameVisit(const Visit& a, const Visit& b) {
  return a.kind == b.kind && a.ride == b.ride && a.shift == b.shift &&
         a.break_index == b.break_index;
}

class PlanCheck {
 public:
  PlanCheck(const Tour& tour, const TourPlan& plan, const std::vector<RideId>& removed,
            absl::Time now)
      : tour_(tour),
        plan_(plan),
        removed_(removed.begin(), removed.end()),
        now_(now),
        expected_(ExpectedTimes(tour, now)),
        tolerated_(ToleratedTimes(tour, now)) {}

  // What is done stays as it was; what is frozen stays in its place unless its ride was removed,
  // and whoever is to get in there does so no later: the driver boards when the manifest said.
  absl::Status Frozen(absl::Duration freeze, absl::Time now) const {
    if (plan_.tour != tour_.id || plan_.based_on != tour_.plan_revision)
      return Refuse(Reason::kPlanOutdated);
    size_t place = 0;
    for (int i = 0; i < FrozenPrefix(tour_, freeze, now); ++i) {
      const Visit& visit = tour_.visits[i];
      const bool done = i < tour_.executed;
      if (!done && removed_.count(visit.ride) > 0) continue;
      if (place == plan_.visits.size() || !SameVisit(plan_.visits[place], visit))
        return Refuse(Reason::kPlanOutdated);
      if (done && plan_.visits[place] != visit) return Refuse(Reason::kPlanOutdated);
      if (!done && visit.kind == VisitKind::kPickup &&
          plan_.visits[place].begin > expected_[i].begin)
        return Refuse(Reason::kPlanOutdated);
      ++place;
    }
    return absl::OkStatus();
  }

  // Nobody is lost, doubled, or promised something else.
  absl::Status Rides() {
    for (const Assignment& assignment : plan_.assignments) {
      if (!assignments_.emplace(assignment.ride, &assignment).second)
        return Broken("ride twice", assignment.ride);
    }
    for (const Assignment& known : tour_.assignments) {
      const auto kept = assignments_.find(known.ride);
      if (kept == assignments_.end()) {
        if (removed_.count(known.ride) == 0) return Broken("ride lost", known.ride);
      } else if (*kept->second != known) {
        return Broken("ride changed", known.ride);
      }
    }
    return VisitsOfRides();
  }

  absl::Status Times() const {
    const std::vector<Load> loads = LoadsOf(plan_.assignments, plan_.visits);
    for (size_t i = 0; i < plan_.visits.size(); ++i) {
      const Visit& visit = plan_.visits[i];
      if (visit.load_after != loads[i]) return Broken("wrong load", visit.ride);
      if (static_cast<int>(i) < tour_.executed) continue;
      if (!Fits(tour_.layouts, loads[i])) return Broken("capacity", visit.ride);
      for (const TimeWindow& out : tour_.outages) {
        if (visit.leave_at() < out.end && visit.end > std::max(out.begin, ToleratedEnd(visit)))
          return Refuse(Reason::kVehicleOut);
      }
      RETURN_IF_ERROR(Sequence(i));
      RETURN_IF_ERROR(visit.kind == VisitKind::kBreak ? BreakKept(visit, loads[i])
                                                      : PromiseKept(i));
    }
    return Breaks();
  }

 private:
  // A shift that still drives somebody has all breaks it owes.
  absl::Status Breaks() const {
    for (size_t shift = 0; shift < tour_.shifts.size(); ++shift) {
      std::set<int> breaks;
      bool drives = false;
      for (size_t i = 0; i < plan_.visits.size(); ++i) {
        const Visit& visit = plan_.visits[i];
        if (visit.shift != static_cast<int>(shift)) continue;
        if (visit.kind != VisitKind::kBreak) {
          drives = drives || static_cast<int>(i) >= tour_.executed;
        } else if (!breaks.insert(visit.break_index).second) {
          return Broken("break twice");
        }
      }
      if (!drives) continue;
      for (const int owed : BreaksOwed(tour_, static_cast<int>(shift), now_)) {
        if (breaks.count(owed) == 0 && !RestsBeside(static_cast<int>(shift), owed))
          return Broken("break missing");
      }
    }
    return absl::OkStatus();
  }

  // Of a shift that an outage divides, the plan holds one part: whether the bus stands long enough
  // before it first leaves, or there is time when it has driven everybody.
  bool RestsBeside(int shift, int break_index) const {
    if (tour_.outages.empty()) return false;
    const Break& pause = tour_.shifts[shift].breaks[break_index];
    const Visit *first = nullptr, *last = nullptr;
    for (size_t i = tour_.executed; i < plan_.visits.size(); ++i) {
      if (plan_.visits[i].shift != shift) continue;
      if (first == nullptr) first = &plan_.visits[i];
      last = &plan_.visits[i];
    }
    if (first == nullptr) return true;
    return std::max(pause.earliest_start, now_) + pause.length <= first->leave_at() ||
           CanBegin(pause, tour_.outages, last->end);
  }

  absl::Status VisitsOfRides() const {
    std::map<RideId, int> picked_up;  // in which shift
    std::set<RideId> dropped;
    for (const Visit& visit : plan_.visits) {
      if (visit.shift < 0 || visit.shift >= static_cast<int>(tour_.shifts.size()))
        return Broken("no such shift");
      if (visit.kind == VisitKind::kBreak) continue;
      if (assignments_.count(visit.ride) == 0) return Broken("visit without a ride", visit.ride);
      if (visit.kind == VisitKind::kPickup) {
        if (!picked_up.emplace(visit.ride, visit.shift).second)
          return Broken("picked up twice", visit.ride);
      } else {
        const auto pickup = picked_up.find(visit.ride);
        if (pickup == picked_up.end() || pickup->second != visit.shift)
          return Broken("order", visit.ride);
        if (!dropped.insert(visit.ride).second) return Broken("dropped off twice", visit.ride);
      }
    }
    for (const auto& [ride, assignment] : assignments_) {
      if (picked_up.count(ride) == 0) return Broken("not picked up", ride);
      const bool ended_early = FindVisit(tour_, VisitKind::kPickup, ride) >= 0 &&
                               FindVisit(tour_, VisitKind::kPickup, ride) < tour_.executed &&
                               FindVisit(tour_, VisitKind::kDropoff, ride) < 0;
      if (dropped.count(ride) == 0 && !ended_early) return Broken("not dropped off", ride);
    }
    return absl::OkStatus();
  }

  // When the vehicle is ready to leave for visit i, by the plan and by what was reported.
  absl::Time ReadyFor(size_t i) const {
    const Visit& visit = plan_.visits[i];
    if (i == 0 || plan_.visits[i - 1].shift != visit.shift) return tour_.shifts[visit.shift].begin;
    const Visit& before = plan_.visits[i - 1];
    return static_cast<int>(i) - 1 < tour_.executed ? *before.begun_at + (before.end - before.begin)
                                                    : before.end;
  }

  absl::Status Sequence(size_t i) const {
    const Visit& visit = plan_.visits[i];
    if (tour_.shifts[visit.shift].state == ShiftState::kEnded) return Refuse(Reason::kShiftClosed);
    if (i > 0 && plan_.visits[i - 1].shift > visit.shift)
      return Broken("shifts out of order", visit.ride);
    if (visit.drive < absl::ZeroDuration() || visit.begin < visit.arrival ||
        visit.end < visit.begin) {
      return Broken("times", visit.ride);
    }
    if (!visit.arrived_at && visit.begin < ReadyFor(i) + visit.drive)
      return Broken("drive", visit.ride);
    if (visit.end > std::max(tour_.shifts[visit.shift].end, Last(visit.shift)))
      return Broken("shift", visit.ride);
    return absl::OkStatus();
  }

  absl::Status BreakKept(const Visit& visit, const Load& load) const {
    const std::vector<Break>& breaks = tour_.shifts[visit.shift].breaks;
    if (visit.break_index < 0 || visit.break_index >= static_cast<int>(breaks.size()))
      return Broken("no such break");
    const Break& pause = breaks[visit.break_index];
    if (load != Load{}) return Broken("break with riders");
    if (visit.begin < pause.earliest_start || visit.begin > Later(pause.latest_start, visit))
      return Broken("break time");
    if (visit.end - visit.begin < pause.length) return Broken("break length");
    return absl::OkStatus();
  }

  absl::Status PromiseKept(size_t i) const {
    const Visit& visit = plan_.visits[i];
    const Assignment& ride = *assignments_.at(visit.ride);
    if (visit.kind == VisitKind::kPickup) {
      if (visit.begin < ride.promise.pickup.begin) return Broken("too early", visit.ride);
      if (visit.begin > Later(ride.promise.pickup.end, visit)) return Broken("pick-up", visit.ride);
      if (visit.end - visit.begin < ride.boarding) return Broken("boarding time", visit.ride);
      return absl::OkStatus();
    }
    if (visit.begin > Later(ride.promise.latest_arrival, visit))
      return Broken("arrival", visit.ride);
    if (visit.end - visit.begin < ride.alighting) return Broken("alighting time", visit.ride);
    const absl::Duration longest = std::max(ride.promise.longest_ride, LongestSoFar(visit.ride));
    return visit.begin - PickupEnd(i) <= longest ? absl::OkStatus()
                                                 : Broken("ride time", visit.ride);
  }

  // Of a visit that the tour has already; else the distant past.
  absl::Time ToleratedEnd(const Visit& visit) const {
    for (size_t i = tour_.executed; i < tour_.visits.size(); ++i) {
      if (SameVisit(tour_.visits[i], visit)) return tolerated_[i].end;
    }
    return absl::InfinitePast();
  }

  // The limit, or as late as the tour is already.
  absl::Time Later(absl::Time limit, const Visit& visit) const {
    for (size_t i = tour_.executed; i < tour_.visits.size(); ++i) {
      if (SameVisit(tour_.visits[i], visit)) return std::max(limit, tolerated_[i].begin);
    }
    return limit;
  }

  // When the last visit of a late shift is over, or the bus is at home.
  absl::Time Last(int shift) const {
    const auto home = plan_.late_home.find(shift);
    absl::Time last = home == plan_.late_home.end() ? absl::InfinitePast() : home->second;
    for (size_t i = 0; i < tour_.visits.size(); ++i) {
      if (tour_.visits[i].shift == shift) last = std::max(last, tolerated_[i].end);
    }
    return last;
  }

  absl::Duration LongestSoFar(const RideId& ride) const {
    const int pickup = FindVisit(tour_, VisitKind::kPickup, ride),
              dropoff = FindVisit(tour_, VisitKind::kDropoff, ride);
    return pickup < 0 || dropoff < 0 ? absl::ZeroDuration()
                                     : ToleratedRide(tolerated_, expected_, pickup, dropoff);
  }

  absl::Time PickupEnd(size_t dropoff) const {
    for (size_t i = 0; i < dropoff; ++i) {
      const Visit& visit = plan_.visits[i];
      if (visit.kind != VisitKind::kPickup || visit.ride != plan_.visits[dropoff].ride) continue;
      return static_cast<int>(i) < tour_.executed ? *visit.begun_at + (visit.end - visit.begin)
                                                  : visit.end;
    }
    return absl::InfinitePast();  // excluded by VisitsOfRides
  }

  const Tour& tour_;
  const TourPlan& plan_;
  std::set<RideId> removed_;
  absl::Time now_;
  std::vector<VisitTimes> expected_;
  std::vector<VisitTimes> tolerated_;
  std::map<RideId, const Assignment*> assignments_;
};

}  // namespace

absl::Status CheckPlan(const Tour& tour, const TourPlan& plan, const std::vector<RideId>& removed,
                       absl::Duration freeze, absl::Time now) {
  PlanCheck check(tour, plan, removed, now);
  RETURN_IF_ERROR(check.Frozen(freeze, now));
  RETURN_IF_ERROR(check.Rides());
  return check.Times();
}

}  // namespace stadtmesh::buergerbus
