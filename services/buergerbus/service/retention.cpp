#include "buergerbus/service/retention.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "buergerbus/service/forgetting.h"

namespace stadtmesh::buergerbus {
namespace {

constexpr size_t kMembersPerStep = 20;                 // each costs a handful of operations
constexpr absl::Duration kReserve = absl::Seconds(3);  // of the task's time, for its own commit
constexpr absl::Duration kNight = absl::Hours(3);

absl::Time NextNight(absl::Time now) {
  const absl::Time tonight = BerlinTime(BerlinDay(now), kNight);
  return now < tonight ? tonight : BerlinTime(BerlinDay(now) + 1, kNight);
}

absl::Status ForgetRideOf(UnitOfWork& unit, const std::string& member) {
  ASSIGN_OR_RETURN(Stored<Ride> ride, unit.Read<Ride>(keys::Ride(RideId(member))));
  return ride.value ? ForgetRide(unit, ride) : absl::OkStatus();
}

template <typename T>
absl::Status DeleteAt(UnitOfWork& unit, const std::string& key) {
  ASSIGN_OR_RETURN(Stored<T> stored, unit.Read<T>(key));
  if (stored.value) unit.Delete(stored);
  return absl::OkStatus();
}

absl::Status ForgetDriverOf(UnitOfWork& unit, const std::string& key) {
  ASSIGN_OR_RETURN(Stored<CashSheet> stored, unit.Read<CashSheet>(key));
  if (!stored.value) return absl::OkStatus();
  CashSheet sheet = *stored.value;
  sheet.driver = DriverId();
  unit.Put(stored, std::move(sheet));
  return absl::OkStatus();
}

}  // namespace

absl::Status RetentionService::Schedule(const std::string& tenant, absl::Time deadline) {
  const std::string key(keys::kRetention);
  ASSIGN_OR_RETURN(const Stored<RetentionRun> known,
                   core_->repository.Read<RetentionRun>(tenant, key, deadline));
  if (known.value) return absl::OkStatus();
  const Command command = Command::OfService(tenant, "schedule-retention",
                                             FormatRfc3339(core_->clock->Now()), deadline);
  return core_->executor
      .Run(command, key,
           [&](UnitOfWork& unit) -> absl::Status {
             ASSIGN_OR_RETURN(Stored<RetentionRun> run, unit.Read<RetentionRun>(key));
             if (run.value) return absl::OkStatus();  // another replica was faster
             unit.Put(run, RetentionRun{});
             unit.Later(std::string(kRetentionTask), NextNight(unit.now()),
                        std::string(kRetentionTask), "");
             return absl::OkStatus();
           })
      .status();
}

absl::StatusOr<bool> RetentionService::Sweep(const Command& command, absl::string_view index,
                                             double before, const Step& step) {
  for (;;) {
    if (absl::Now() > command.deadline - kReserve) return false;
    ASSIGN_OR_RETURN(const std::vector<store::Scored> members,
                     core_->repository.ListBetween(command.tenant(), index,
                                                   -std::numeric_limits<double>::infinity(),
                                                   before - 1, kMembersPerStep, command.deadline));
    if (members.empty()) return true;
    const std::string what = absl::StrCat(index, "/", members.front().member);
    const auto all = [&](UnitOfWork& unit) -> absl::Status {
      for (const store::Scored& member : members) {
        RETURN_IF_ERROR(step(unit, member.member));
        unit.Unindex(index, member.member);
      }
      return absl::OkStatus();
    };
    RETURN_IF_ERROR(
        core_->executor.Run(command.Step(what), std::string(keys::kRetention), all).status());
  }
}

absl::StatusOr<bool> RetentionService::SweepCards(const Command& command, double before) {
  for (;;) {
    if (absl::Now() > command.deadline - kReserve) return false;
    ASSIGN_OR_RETURN(const std::vector<store::Scored> cards,
                     core_->repository.ListBetween(command.tenant(), indexes::kRiderCards,
                                                   -std::numeric_limits<double>::infinity(),
                                                   before - 1, 1, command.deadline));
    if (cards.empty()) return true;
    const std::string& card = cards.front().member;
    RETURN_IF_ERROR(
        privacy_->DeleteCard(command.Step(absl::StrCat("card/", card)), RiderCardId(card))
            .status());
  }
}

absl::StatusOr<bool> RetentionService::SweepAll(const Command& command, const Retention& kept) {
  const absl::CivilDay today = BerlinDay(core_->clock->Now());
  const auto instant = [&](int days) {
    return ScoreOf(BerlinTime(today - days, absl::ZeroDuration()));
  };
  const auto delete_call = [](UnitOfWork& unit, const std::string& member) {
    return DeleteAt<Call>(unit, keys::Call(CallId(member)));
  };
  ASSIGN_OR_RETURN(const bool rides,
                   Sweep(command, indexes::kPersonalRides, instant(kept.rides), ForgetRideOf));
  ASSIGN_OR_RETURN(const bool tours, Sweep(command, indexes::kTours, ScoreOf(today - kept.rides),
                                           [](UnitOfWork& unit, const std::string& member) {
                                             return DeleteAt<Tour>(unit,
                                                                   absl::StrCat("tour:", member));
                                           }));
  ASSIGN_OR_RETURN(const bool open,
                   Sweep(command, indexes::kOpenCalls, instant(kept.calls), delete_call));
  ASSIGN_OR_RETURN(const bool done,
                   Sweep(command, indexes::kDoneCalls, instant(kept.calls), delete_call));
  ASSIGN_OR_RETURN(const bool sheets, Sweep(command, indexes::kCashSheets,
                                            ScoreOf(today - kept.cash_sheets), ForgetDriverOf));
  ASSIGN_OR_RETURN(const bool cards, SweepCards(command, instant(kept.rider_cards)));
  return rides && tours && open && done && sheets && cards;
}

// Not every Redis lets its users do that (managed ones do not): the night's job is done all the
// same.
void RetentionService::RewriteLog(const Command& command) {
  const absl::Status asked =
      core_->repository.store().RewriteLog(Repository::ScopeOf(command.tenant()), command.deadline);
  if (!asked.ok()) core_->logger->Warning("log_not_rewritten", {{"error", asked.ToString()}});
}

absl::Status RetentionService::Run(const Command& command) {
  Retention kept;
  if (absl::StatusOr<SettingsCache::Entry> entry = core_->settings.Read(command.AsQuery());
      entry.ok()) {
    kept = entry->settings->retention;
  } else if (!absl::IsNotFound(entry.status())) {
    return entry.status();
  }
  ASSIGN_OR_RETURN(const bool finished, SweepAll(command, kept));
  if (finished) RewriteLog(command);
  const std::string key(keys::kRetention);
  return core_->executor
      .Run(command, key,
           [&](UnitOfWork& unit) -> absl::Status {
             ASSIGN_OR_RETURN(Stored<RetentionRun> run, unit.Read<RetentionRun>(key));
             unit.Put(run, RetentionRun{unit.now()});
             unit.Later(std::string(kRetentionTask), finished ? NextNight(unit.now()) : unit.now(),
                        std::string(kRetentionTask), "");
             return absl::OkStatus();
           })
      .status();
}

}  // namespace stadtmesh::buergerbus
