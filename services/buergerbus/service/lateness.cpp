#include "buergerbus/service/lateness.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "buergerbus/domain/lateness.h"
#include "buergerbus/domain/tour_commands.h"
#include "buergerbus/service/calls.h"

namespace stadtmesh::buergerbus {
namespace {

constexpr size_t kMostToldAtOnce = 20;  // each costs up to a dozen operations of one transaction
constexpr absl::Duration kWatching = absl::Seconds(30);
constexpr absl::Duration kResting = absl::Minutes(5);

// When something can be late next: nobody is before they were to be picked up.
absl::Time NextLook(const std::vector<Tour>& tours, absl::Time now) {
  absl::Time next = now + kResting;
  for (const Tour& tour : tours) next = std::min(next, NextPickup(tour, now));
  return std::max(next, now + kWatching);
}

}  // namespace

absl::Status TellRiders(UnitOfWork& unit, const Settings& settings, Stored<Tour>& tour) {
  size_t told = 0;
  for (const Pickup& pickup : NewsOfPickups(*tour.value, unit.now())) {
    if (told == kMostToldAtOnce) break;
    ASSIGN_OR_RETURN(Stored<Ride> ride, unit.Read<Ride>(keys::Ride(pickup.ride)));
    if (!ride.value || ride.value->state != RideState::kBooked) continue;
    ASSIGN_OR_RETURN(Decision<Ride> announced, Decide(ride.value, AnnounceDelay{pickup.expected},
                                                      settings.rules, unit.now()));
    RETURN_IF_ERROR(SaveRide(unit, ride, std::move(announced)));
    ASSIGN_OR_RETURN(Decision<Tour> noted,
                     Decide(*tour.value, NoteAnnounced{pickup.ride, ride.value->announced},
                            settings.rules, unit.now()));
    unit.Save(tour, std::move(noted));
    ++told;
  }
  return absl::OkStatus();
}

absl::Status LatenessWatch::Schedule(const std::string& tenant, absl::Time deadline) {
  const Command command =
      Command::OfService(tenant, "schedule-lateness", FormatRfc3339(core_->clock->Now()), deadline);
  return core_->executor
      .Run(command, std::string(kLatenessTask),
           [](UnitOfWork& unit) -> absl::Status {
             unit.Later(std::string(kLatenessTask), unit.now(), std::string(kLatenessTask), "");
             return absl::OkStatus();
           })
      .status();
}

absl::Status LatenessWatch::Run(const Command& command) {
  ASSIGN_OR_RETURN(const std::vector<Tour> tours, ReadTours(command));
  for (const Tour& tour : tours) {
    if (NewsOfPickups(tour, core_->clock->Now()).empty()) continue;
    const absl::Status told = Tell(command, tour.id);
    if (told.ok()) continue;  // the others hear of theirs all the same
    core_->logger->Warning("riders_not_told",
                           {{"tour", tour.id.ToString()}, {"error", told.ToString()}});
  }
  return core_->executor
      .Run(command, std::string(kLatenessTask),
           [&](UnitOfWork& unit) -> absl::Status {
             unit.Later(std::string(kLatenessTask), NextLook(tours, unit.now()),
                        std::string(kLatenessTask), "");
             return absl::OkStatus();
           })
      .status();
}

absl::StatusOr<std::vector<Tour>> LatenessWatch::ReadTours(const Command& command) const {
  const absl::StatusOr<SettingsCache::Entry> entry = core_->settings.Read(command.AsQuery());
  if (absl::IsNotFound(entry.status())) return std::vector<Tour>();  // a town before its first day
  RETURN_IF_ERROR(entry.status());
  std::vector<Tour> tours;
  const absl::CivilDay today = BerlinDay(core_->clock->Now());
  for (const absl::CivilDay day : {today - 1, today}) {
    ASSIGN_OR_RETURN(Day found, core_->repository.ReadDay(command.tenant(), *entry->settings, day,
                                                          command.deadline));
    for (Tour& tour : found.plan.tours) tours.push_back(std::move(tour));
  }
  return tours;
}

absl::Status LatenessWatch::Tell(const Command& command, const TourId& id) const {
  return core_->executor
      .Run(command.Step(absl::StrCat("late/", id.ToString())), QueueOf(id.day),
           [&](UnitOfWork& unit) -> absl::Status {
             ASSIGN_OR_RETURN(const std::shared_ptr<const Settings> settings, unit.ReadSettings());
             ASSIGN_OR_RETURN(Stored<Tour> tour, unit.Read<Tour>(keys::Tour(id)));
             return tour.value ? TellRiders(unit, *settings, tour) : absl::OkStatus();
           })
      .status();
}

}  // namespace stadtmesh::buergerbus
