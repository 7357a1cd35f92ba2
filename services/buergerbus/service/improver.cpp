#include "buergerbus/service/improver.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/ids.h"
#include "base/status.h"
#include "buergerbus/domain/tour_times.h"
#include "buergerbus/service/calls.h"
#include "buergerbus/service/planning.h"

namespace stadtmesh::buergerbus {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(2);  // with the store
constexpr absl::Duration kWorthIt =
    absl::Seconds(60);     // less driving than this is not worth a new manifest
constexpr int kOften = 3;  // so many searches in vain, then only a change is worth another one
constexpr int kLowPriority = 10;

std::string VersionsOf(const Day& day) {
  std::string versions;
  for (const Stored<Tour>& tour : day.tours)
    absl::StrAppend(&versions, tour.key, "=", tour.version, "\n");
  for (const auto& vehicle : day.vehicles)
    absl::StrAppend(&versions, vehicle.key, "=", vehicle.version, "\n");
  for (const auto& stop : day.stops) absl::StrAppend(&versions, stop.key, "=", stop.version, "\n");
  return versions;
}

bool AnythingToDo(const Day& day) {
  return std::any_of(day.plan.tours.begin(), day.plan.tours.end(), [](const Tour& tour) {
    return tour.executed < static_cast<int>(tour.visits.size());
  });
}

// By ride: how late its pick-up and its arrival are expected to be, together.
std::map<RideId, absl::Duration> LatenessOf(const PlanningDay& day, absl::Time now) {
  std::map<RideId, absl::Duration> late;
  for (const Tour& tour : day.tours) {
    const std::vector<VisitTimes> expected = ExpectedTimes(tour, now);
    for (size_t i = static_cast<size_t>(tour.executed); i < tour.visits.size(); ++i) {
      const Visit& visit = tour.visits[i];
      if (visit.kind == VisitKind::kBreak) continue;
      const Promise& promise = FindAssignment(tour, visit.ride)->promise;
      const absl::Time limit =
          visit.kind == VisitKind::kPickup ? promise.pickup.end : promise.latest_arrival;
      if (expected[i].begin > limit) late[visit.ride] += expected[i].begin - limit;
    }
  }
  return late;
}

bool NobodyLater(const std::map<RideId, absl::Duration>& before,
                 const std::map<RideId, absl::Duration>& after) {
  return std::all_of(after.begin(), after.end(), [&](const auto& entry) {
    const auto known = before.find(entry.first);
    return known != before.end() && entry.second <= known->second;
  });
}

// The rides that leave a tour for another one.
std::vector<RideId> Leaving(const Tour& tour, const Replanning& changes) {
  std::vector<RideId> leaving;
  for (const auto& [ride, to] : changes.placed) {
    if (!(to == tour.id) && FindVisit(tour, VisitKind::kPickup, ride) >= 0) leaving.push_back(ride);
  }
  return leaving;
}

// Takes the changes over on the day as it is now.
absl::Status Apply(UnitOfWork& unit, const Settings& settings, Day& day,
                   const Replanning& changes) {
  const std::map<RideId, absl::Duration> before = LatenessOf(day.plan, unit.now());
  for (const auto& tour : day.tours) unit.RelyOn(tour);
  for (const auto& vehicle : day.vehicles) unit.RelyOn(vehicle);
  for (const auto& stop : day.stops) unit.RelyOn(stop);
  for (const TourPlan& plan : changes.plans) {
    const Stored<Tour>* tour = day.FindTour(plan.tour);
    if (tour == nullptr) return Refuse(Reason::kTourNotFound);
    RETURN_IF_ERROR(Adopt(unit, settings, day, plan, Leaving(*tour->value, changes)));
  }
  // The clock has moved since the search began.
  if (!NobodyLater(before, LatenessOf(day.plan, unit.now())))
    return absl::CancelledError("too late for this plan");
  for (const auto& [id, tour] : changes.placed) {
    ASSIGN_OR_RETURN(Stored<Ride> ride, unit.Read<Ride>(keys::Ride(id)));
    ASSIGN_OR_RETURN(Decision<Ride> moved,
                     Decide(ride.value, MoveRide{tour}, settings.rules, unit.now()));
    RETURN_IF_ERROR(SaveRide(unit, ride, std::move(moved)));
  }
  return absl::OkStatus();
}

}  // namespace

Improver::Counters::Counters(obs::Metrics& metrics)
    : runs(metrics.AddCounter("stadtmesh_buergerbus_improver_runs_total",
                              "Searches for a better plan of a day.")),
      committed(metrics.AddCounter("stadtmesh_buergerbus_improver_committed_total",
                                   "Better plans taken over.")),
      discarded(metrics.AddCounter("stadtmesh_buergerbus_improver_discarded_total",
                                   "Better plans dropped, because the day had changed meanwhile.")),
      seconds_saved(metrics.AddCounter("stadtmesh_buergerbus_improver_seconds_saved_total",
                                       "Seconds of driving that better plans save.")) {}

Improver::Improver(Core* core, ImproverOptions options, obs::Metrics* metrics)
    : core_(core),
      options_(std::move(options)),
      owner_(options_.owner.empty() ? RandomIdSource().NewId("improver") : options_.owner),
      counters_(*metrics) {}

Improver::~Improver() { Stop(); }

void Improver::Start() {
  if (!options_.on || thread_.joinable()) return;
  thread_ = std::thread([this] { Loop(); });
}

void Improver::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (!thread_.joinable()) return;
  thread_.join();
  for (const std::string& tenant : options_.tenants) {
    // What fails here ends by itself.
    (void)core_->repository.store().ReleaseLease(Repository::ScopeOf(tenant), kImproverLease,
                                                 owner_, absl::Now() + kPatience);
  }
}

bool Improver::Stopping() const {
  absl::MutexLock lock(&mutex_);
  return stopping_;
}

void Improver::Loop() {
  (void)setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()),
                    kLowPriority);  // of this thread alone
  absl::Duration pause = options_.pause;
  while (true) {
    {
      absl::MutexLock lock(&mutex_);
      if (mutex_.AwaitWithTimeout(absl::Condition(&stopping_), pause)) return;
    }
    bool discarded = false;
    for (const std::string& tenant : options_.tenants)
      discarded = Round(tenant) == Outcome::kDiscarded || discarded;
    pause = discarded ? std::min(2 * pause, options_.longest_pause) : options_.pause;
  }
}

bool Improver::Lead(const std::string& tenant) {
  const absl::StatusOr<bool> leads = core_->repository.store().AcquireLease(
      Repository::ScopeOf(tenant), kImproverLease, owner_, options_.lease, absl::Now() + kPatience);
  return leads.ok() && *leads;
}

Improver::Outcome Improver::Round(const std::string& tenant) {
  if (!Lead(tenant)) return Outcome::kNotLeading;
  const absl::StatusOr<SettingsCache::Entry> entry = core_->settings.Read(
      Query{auth::SystemPrincipal(tenant, "buergerbus"), absl::Now() + kPatience});
  if (!entry.ok()) return Outcome::kNothing;
  Outcome outcome = Outcome::kNothing;
  const absl::CivilDay today = BerlinDay(core_->clock->Now());
  for (int ahead = 0; ahead < options_.days && !Stopping(); ++ahead) {
    const Outcome day = ImproveDay(tenant, *entry->settings, today + ahead);
    if (day != Outcome::kNothing) outcome = day;
  }
  return outcome;
}

Improver::Outcome Improver::ImproveDay(const std::string& tenant, const Settings& settings,
                                       absl::CivilDay service_day) {
  const absl::StatusOr<Day> day =
      core_->repository.ReadDay(tenant, settings, service_day, absl::Now() + kPatience);
  if (!day.ok() || !AnythingToDo(*day)) return Outcome::kNothing;
  Fruitless& fruitless = fruitless_[absl::StrCat(tenant, "/", FormatDay(service_day))];
  const std::string versions = VersionsOf(*day);
  if (fruitless.versions != versions) fruitless = {versions, 0};
  if (fruitless.times >= kOften) return Outcome::kNothing;
  SearchBudget budget{.time = options_.search,
                      .iterations = options_.iterations,
                      .seed = ++seed_,
                      .cancelled = [this] { return Stopping(); }};
  if (options_.iterations >= 0) budget.time = absl::InfiniteDuration();
  // As of the moment when it can be committed, or no bus that stands now would be where the plan
  // wants it.
  const absl::Time then = core_->clock->Now() + 2 * options_.search;
  const absl::StatusOr<Improvement> found =
      core_->planner->Improve(settings, day->plan, budget, then);
  counters_.runs.Add();
  if (!found.ok() || found->saved < kWorthIt) {
    ++fruitless.times;
    return Outcome::kNothing;
  }
  if (before_commit_) before_commit_();
  const absl::Status committed = Commit(tenant, *day, *found);
  if (!committed.ok()) {
    counters_.discarded.Add();
    return Outcome::kDiscarded;
  }
  counters_.committed.Add();
  counters_.seconds_saved.Add(absl::ToDoubleSeconds(found->saved));
  return Outcome::kCommitted;
}

absl::Status Improver::Commit(const std::string& tenant, const Day& seen,
                              const Improvement& found) {
  const Command command = Command::OfService(tenant, "improve", RandomIdSource().NewId("improve"),
                                             absl::Now() + kPatience);
  return core_->executor
      .Run(command, QueueOf(seen.plan.day),
           [&](UnitOfWork& unit) -> absl::Status {
             ASSIGN_OR_RETURN(const std::shared_ptr<const Settings> settings, unit.ReadSettings());
             ASSIGN_OR_RETURN(Day day, unit.ReadDay(*settings, seen.plan.day));
             if (VersionsOf(day) != VersionsOf(seen))
               return absl::CancelledError("the day has changed");
             return Apply(unit, *settings, day, found.changes);
           })
      .status();
}

}  // namespace stadtmesh::buergerbus
