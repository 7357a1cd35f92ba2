#include "buergerbus/service/day_review.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "buergerbus/domain/replacement.h"
#include "buergerbus/domain/tour_commands.h"
#include "buergerbus/domain/tour_times.h"
#include "buergerbus/service/affected.h"
#include "buergerbus/service/person_limits.h"

namespace stadtmesh::buergerbus {
namespace {

// Planned together, if their transaction is small enough; else half of them, and so on.
constexpr size_t kRidesPerStep = 50;
constexpr size_t kPage = 500;

// When new layouts that do not hold who is on board are tried again.
constexpr absl::Duration kNextLook = absl::Minutes(15);

// Every tour of the day takes over the settings' shifts; also those of vehicles that have none any
// more.
absl::StatusOr<std::vector<Stored<Tour>>> Refit(UnitOfWork& unit, const Settings& settings,
                                                Day& day) {
  for (Stored<Tour>& tour : day.tours) {
    if (tour.version.empty()) continue;
    const Vehicle* vehicle = FindVehicle(settings, tour.value->id.vehicle);
    RefitTour refit{.shifts = ShiftsOn(settings, tour.value->id.vehicle, day.plan.day)};
    if (vehicle != nullptr) refit.layouts = vehicle->layouts;
    ASSIGN_OR_RETURN(Decision<Tour> decision,
                     Decide(*tour.value, refit, settings.rules, unit.now()));
    unit.Save(tour, std::move(decision));
    if (vehicle != nullptr && tour.value->layouts != vehicle->layouts)
      unit.Later("review-again", unit.now() + kNextLook, std::string(kReviewTask), "");
    Keep(day, *tour.value);
  }
  ASSIGN_OR_RETURN(const std::vector<store::Scored> stored,
                   unit.repository().List(unit.tenant(), indexes::ToursOn(day.plan.day),
                                          std::nullopt, false, kPage, unit.command().deadline));
  std::vector<Stored<Tour>> others;
  for (const store::Scored& member : stored) {
    const std::string key = absl::StrCat("tour:", member.member);
    if (std::any_of(day.tours.begin(), day.tours.end(),
                    [&](const auto& tour) { return tour.key == key; }))
      continue;
    ASSIGN_OR_RETURN(Stored<Tour> tour, unit.Read<Tour>(key));
    if (!tour.value) continue;
    ASSIGN_OR_RETURN(Decision<Tour> decision,
                     Decide(*tour.value, RefitTour{}, settings.rules, unit.now()));
    unit.Save(tour, std::move(decision));
    others.push_back(std::move(tour));
  }
  return others;
}

// Takes the rides out of their tours whose stops have moved; who is on board, or about to be, is
// brought from and to where the stop was.
absl::Status FreeMovedStops(UnitOfWork& unit, const Settings& settings, Day& day) {
  for (Stored<Tour>& tour : day.tours) {
    const Tour before = *tour.value;
    const int frozen = FrozenPrefix(before, settings.rules.freeze, unit.now());
    for (const RideId& ride : OpenRides(before)) {
      if (FindVisit(before, VisitKind::kPickup, ride) >= frozen &&
          HasMovedStop(settings, *FindAssignment(before, ride)))
        RETURN_IF_ERROR(FreePlace(unit, settings, tour, ride));
    }
    Keep(day, *tour.value);
  }
  return absl::OkStatus();
}

// Takes the rides out of their tours whose stops are closed, gone or no longer approved; who is on
// board is brought there all the same.
absl::Status FreeClosedStops(UnitOfWork& unit, const Settings& settings, Day& day) {
  std::vector<StopBlock> closed = day.plan.blocks;
  for (const Tour& tour : day.plan.tours) {
    for (const Assignment& ride : tour.assignments) {
      for (const std::optional<StopId>& stop : {ride.origin_stop, ride.destination_stop}) {
        if (stop && !IsServed(settings, *stop, day.plan.day))
          closed.push_back({*stop, {absl::InfinitePast(), absl::InfiniteFuture()}});
      }
    }
  }
  for (Stored<Tour>& tour : day.tours) {
    for (const StopBlock& block : closed) {
      const std::vector<RideId> aboard = RidesAboard(*tour.value);
      for (const RideId& ride : RidesUsing(*tour.value, block)) {
        if (std::find(aboard.begin(), aboard.end(), ride) != aboard.end()) continue;
        RETURN_IF_ERROR(FreePlace(unit, settings, tour, ride));
      }
    }
    Keep(day, *tour.value);
  }
  return absl::OkStatus();
}

// Whoever was told that no bus comes, and can still be brought in time.
bool Waits(const Ride& ride, absl::Time now) {
  return ride.state == RideState::kAffected && !ride.tour && now < ride.promise.pickup.end;
}

std::string TaskOf(Whom whom) {
  return std::string(whom == Whom::kDisplaced ? kReviewTask : kReviewAffectedTask);
}

// The rides of the day that should be in a tour and are not, the next first.
absl::StatusOr<std::vector<Stored<Ride>>> WithoutPlace(UnitOfWork& unit, const Day& day,
                                                       const std::vector<Stored<Tour>>& others,
                                                       Whom whom) {
  std::map<TourId, const Stored<Tour>*> tours;
  for (const Stored<Tour>& tour : day.tours) tours[tour.value->id] = &tour;
  for (const Stored<Tour>& tour : others) tours[tour.value->id] = &tour;
  std::vector<Stored<Ride>> result;
  std::optional<store::Scored> after;
  for (;;) {
    ASSIGN_OR_RETURN(const std::vector<store::Scored> members,
                     unit.repository().List(unit.tenant(), indexes::RidesOn(day.plan.day), after,
                                            false, kPage, unit.command().deadline));
    std::vector<std::string> ride_keys;
    for (const store::Scored& member : members)
      ride_keys.push_back(keys::Ride(RideId(member.member)));
    ASSIGN_OR_RETURN(
        std::vector<Stored<Ride>> rides,
        unit.repository().ReadAll<Ride>(unit.tenant(), ride_keys, unit.command().deadline));
    for (Stored<Ride>& ride : rides) {
      if (!ride.value) continue;
      if (whom == Whom::kAffectedToo && Waits(*ride.value, unit.now())) {
        result.push_back(std::move(ride));
        continue;
      }
      if (!ride.value->tour) continue;
      if (ride.value->state != RideState::kHeld && ride.value->state != RideState::kBooked)
        continue;
      const auto tour = tours.find(*ride.value->tour);
      if (tour == tours.end() ||
          FindVisit(*tour->second->value, VisitKind::kPickup, ride.value->id) >= 0)
        continue;
      unit.RelyOn(*tour->second);  // else a ride that is booked just now could seem lost
      result.push_back(std::move(ride));
    }
    if (members.size() < kPage) return result;
    after = members.back();
  }
}

}  // namespace

// The next rides to be planned again: at most `most`, and of each person who has waited one, unless
// they have found something else meanwhile.
absl::StatusOr<std::vector<Stored<Ride>>> DayReview::Choose(UnitOfWork& unit,
                                                            const Settings& settings,
                                                            std::vector<Stored<Ride>> rides,
                                                            Progress& progress) {
  std::vector<Stored<Ride>> chosen;
  std::set<std::string> persons;
  unit.receipt.count = 0;  // left for the next step
  progress.trying.clear();
  for (Stored<Ride>& ride : rides) {
    if (progress.tried.count(ride.value->id) > 0) continue;
    const bool waits = Waits(*ride.value, unit.now());
    const std::string& person = ride.value->customer.alias;
    if (chosen.size() == progress.most || (waits && persons.count(person) > 0)) {
      ++unit.receipt.count;
      continue;
    }
    progress.trying.push_back(ride.value->id);
    if (waits) {
      if (!person.empty()) persons.insert(person);
      const absl::Status free = CheckPerson(unit, settings, {*ride.value});
      if (ReasonOf(free)) continue;
      RETURN_IF_ERROR(free);
    }
    chosen.push_back(std::move(ride));
  }
  return chosen;
}

absl::Status DayReview::Step(UnitOfWork& unit, absl::CivilDay service_day, Progress& progress) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Settings> settings, unit.ReadSettings());
  ASSIGN_OR_RETURN(Day day, unit.ReadDay(*settings, service_day));
  ASSIGN_OR_RETURN(const std::vector<Stored<Tour>> others, Refit(unit, *settings, day));
  RETURN_IF_ERROR(FreeClosedStops(unit, *settings, day));
  RETURN_IF_ERROR(FreeMovedStops(unit, *settings, day));
  ASSIGN_OR_RETURN(std::vector<Stored<Ride>> without,
                   WithoutPlace(unit, day, others, progress.whom));
  ASSIGN_OR_RETURN(std::vector<Stored<Ride>> rides,
                   Choose(unit, *settings, std::move(without), progress));
  const auto hopeless = std::stable_partition(rides.begin(), rides.end(), [&](const auto& ride) {
    return progress.hopeless.count(ride.value->id) == 0;
  });
  for (auto ride = hopeless; ride != rides.end(); ++ride) {
    RETURN_IF_ERROR(LosePlace(unit, *settings, std::move(*ride), Reason::kNoVehicleFree,
                              CallReason::kRideAffected));
  }
  rides.erase(hopeless, rides.end());
  const size_t now = rides.size();
  const RideId first = rides.empty() ? RideId() : rides.front().value->id;
  const absl::Status placed = FindPlaces(unit, *settings, *core_->planner, day, std::move(rides));
  const bool refused = ReasonOf(placed).has_value();
  if (!refused) RETURN_IF_ERROR(placed);
  if (!refused && unit.Fits()) return absl::OkStatus();
  // One ride whose plan a tour refuses must not keep all others waiting.
  if (refused && now == 1) {
    core_->logger->Warning("plan_refused", {{"ride", first.value()}, {"error", placed.ToString()}});
    progress.hopeless.insert(first);
  }
  progress.most = std::max<size_t>(1, now / 2);
  return NotInOneTransaction();
}

absl::StatusOr<Receipt> DayReview::Run(const Command& command, absl::CivilDay day, Whom whom) {
  Receipt all;
  Progress progress{.whom = whom, .most = kRidesPerStep};
  for (int step = 0;;) {
    const std::string what = absl::StrCat("review/", FormatDay(day), "/", step);
    const size_t most = progress.most, hopeless = progress.hopeless.size();
    progress.trying.clear();
    const absl::StatusOr<Receipt> done =
        core_->executor.Run(command.Step(what), QueueOf(day),
                            [&](UnitOfWork& unit) { return Step(unit, day, progress); });
    const bool smaller = progress.most < most || progress.hopeless.size() > hopeless;
    if (absl::IsResourceExhausted(done.status()) && smaller) continue;
    ASSIGN_OR_RETURN(const Receipt receipt, done);
    progress.tried.insert(progress.trying.begin(), progress.trying.end());
    ++step;
    all.rides.insert(all.rides.end(), receipt.rides.begin(), receipt.rides.end());
    all.affected.insert(all.affected.end(), receipt.affected.begin(), receipt.affected.end());
    if (receipt.count == 0) return all;
  }
}

absl::StatusOr<Receipt> DayReview::Run(const Command& command, const TimeWindow& span, Whom whom) {
  constexpr size_t kMostTours = 1000;
  // A service day may reach past midnight. Days that are over are left alone.
  const absl::Duration night = kLatestTimeOfDay - absl::Hours(24);
  const absl::CivilDay first = BerlinDay(std::max(span.begin, core_->clock->Now()) - night);
  const absl::CivilDay last =
      span.end == absl::InfiniteFuture() ? absl::CivilDay(9999, 12, 31) : BerlinDay(span.end);
  Receipt all;
  double from = ScoreOf(first);
  for (;;) {
    ASSIGN_OR_RETURN(const std::vector<store::Scored> tours,
                     core_->repository.ListBetween(command.tenant(), indexes::kTours, from,
                                                   ScoreOf(last), kMostTours, command.deadline));
    std::set<double> days;
    for (const store::Scored& tour : tours) days.insert(tour.score);
    for (const double day : days) {
      ASSIGN_OR_RETURN(const Receipt receipt,
                       Run(command, absl::CivilDay(1970, 1, 1) + static_cast<int64_t>(day), whom));
      all.rides.insert(all.rides.end(), receipt.rides.begin(), receipt.rides.end());
      all.affected.insert(all.affected.end(), receipt.affected.begin(), receipt.affected.end());
    }
    if (tours.size() < kMostTours) return all;
    from = tours.back().score + 1;
  }
}

absl::Status DayReview::RunTask(const Command& command, Whom whom) {
  RETURN_IF_ERROR(Run(command, {core_->clock->Now(), absl::InfiniteFuture()}, whom).status());
  return core_->executor.Run(command, TaskOf(whom), [](UnitOfWork&) { return absl::OkStatus(); })
      .status();
}

void ReviewLater(UnitOfWork& unit, absl::Time due, Whom whom) {
  unit.Later(TaskOf(whom), due, TaskOf(whom), "");
}

}  // namespace stadtmesh::buergerbus
