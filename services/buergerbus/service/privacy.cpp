#include "buergerbus/service/privacy.h"

#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "buergerbus/domain/tour_commands.h"
#include "buergerbus/service/planning.h"
#include "buergerbus/service/rides.h"

namespace stadtmesh::buergerbus {
namespace {

constexpr size_t kPage = 200;

// The command of one step: repeatable on its own, and for the service rather than the caller.
Command StepOf(const Command& command, absl::string_view what) {
  Command step = command;
  step.principal = auth::SystemPrincipal(command.tenant(), kServiceName);
  if (auto* identity = std::get_if<store::ReplyIdentity>(&step.identity)) {
    identity->key = absl::StrCat(identity->key, "/", what);
    identity->subject = std::string(kServiceName);
  }
  return step;
}

void Forget(Place& place) {
  place.label.clear();
  if (place.is_door()) place.location = {};
}

void Forget(Ride& ride) {
  ride.customer.alias.clear();
  ride.customer.card.reset();
  Forget(ride.trip.origin);
  Forget(ride.trip.destination);
}

// Doors in the planning copy of a tour that is over.
void Forget(Tour& tour, const RideId& ride) {
  for (Assignment& assignment : tour.assignments) {
    if (assignment.ride != ride) continue;
    if (!assignment.origin_stop) assignment.origin = {};
    if (!assignment.destination_stop) assignment.destination = {};
  }
}

}  // namespace

absl::StatusOr<std::vector<store::Scored>> PrivacyService::AllOf(const Command& command, const std::string& index) {
  std::vector<store::Scored> all;
  std::optional<store::Scored> after;
  for (;;) {
    ASSIGN_OR_RETURN(std::vector<store::Scored> page,
                     core_->repository.List(command.tenant(), index, after, /*descending=*/false, kPage, command.deadline));
    all.insert(all.end(), page.begin(), page.end());
    if (page.size() < kPage) return all;
    after = page.back();
  }
}

absl::Status PrivacyService::EraseRide(const Command& command, const RideId& id, bool keep_record) {
  return core_->executor
      .Run(command, keys::Ride(id),
           [&](UnitOfWork& unit) -> absl::Status {
             ASSIGN_OR_RETURN(const std::shared_ptr<const Settings> settings, unit.ReadSettings());
             absl::StatusOr<RideOnTour> ride = unit.FindRide(id);
             if (absl::IsNotFound(ride.status())) return absl::OkStatus();
             RETURN_IF_ERROR(ride.status());
             const RideState state = ride->ride.value->state;
             if (!IsFinal(state) && state != RideState::kBoarded) {
               RETURN_IF_ERROR(CancelWithin(unit, *settings, *ride, Actor::kSystem));
               unit.receipt.rides = {id};
             }
             if (keep_record) return absl::OkStatus();
             Ride forgotten = *ride->ride.value;
             Forget(forgotten);
             unit.Put(ride->ride, std::move(forgotten));
             ASSIGN_OR_RETURN(Stored<Contact> contact, unit.Read<Contact>(keys::Contact(id)));
             if (contact.value) unit.Delete(contact);
             const bool over = ride->tour && ride->tour->value && ride->tour->value->id.day < BerlinDay(unit.now());
             if (over) {
               Tour tour = *ride->tour->value;
               Forget(tour, id);
               unit.Put(*ride->tour, std::move(tour));
             }
             return absl::OkStatus();
           })
      .status();
}

absl::StatusOr<int> PrivacyService::GiveShiftsBack(const Command& command, const std::string& subject) {
  ASSIGN_OR_RETURN(const std::vector<store::Scored> tours, AllOf(command, indexes::ToursOf(subject)));
  int given_back = 0;
  for (const store::Scored& entry : tours) {
    const Command step = StepOf(command, entry.member);
    absl::StatusOr<Receipt> receipt =
        core_->executor.Run(step, absl::StrCat("tour:", entry.member), [&](UnitOfWork& unit) -> absl::Status {
          ASSIGN_OR_RETURN(const std::shared_ptr<const Settings> settings, unit.ReadSettings());
          ASSIGN_OR_RETURN(Stored<Tour> tour, unit.Read<Tour>(absl::StrCat("tour:", entry.member)));
          if (!tour.value) return absl::OkStatus();
          for (const Shift& shift : std::vector<Shift>(tour.value->shifts)) {
            if (shift.driver.value() != subject || shift.state != ShiftState::kPlanned) continue;
            ASSIGN_OR_RETURN(Decision<Tour> decision,
                             Decide(*tour.value, AssignDriver{shift.id, DriverId()}, settings->rules, unit.now()));
            unit.Save(tour, std::move(decision));
            ++unit.receipt.count;
          }
          return absl::OkStatus();
        });
    RETURN_IF_ERROR(receipt.status());
    given_back += receipt->count;
  }
  return given_back;
}

absl::StatusOr<Receipt> PrivacyService::Erase(const Command& command, const std::string& subject) {
  core_->logger->Info("subject_erasure", {{"caller", command.principal.alias}});
  ASSIGN_OR_RETURN(const std::vector<store::Scored> rides, AllOf(command, indexes::RidesOf(subject)));
  for (const store::Scored& entry : rides) {
    RETURN_IF_ERROR(EraseRide(StepOf(command, entry.member), RideId(entry.member), /*keep_record=*/false));
  }
  RETURN_IF_ERROR(GiveShiftsBack(command, subject).status());
  RETURN_IF_ERROR(core_->repository.store()
                      .EraseReplies(Repository::ScopeOf(command.tenant()), subject, command.deadline)
                      .status());
  Receipt receipt;
  receipt.count = static_cast<int>(rides.size());
  return receipt;
}

absl::StatusOr<Receipt> PrivacyService::Revoke(const Command& command, const std::string& subject) {
  ASSIGN_OR_RETURN(const std::vector<store::Scored> rides, AllOf(command, indexes::RidesOf(subject)));
  Receipt receipt;
  for (const store::Scored& entry : rides) {
    const RideId id(entry.member);
    ASSIGN_OR_RETURN(const Stored<Ride> ride,
                     core_->repository.Read<Ride>(command.tenant(), keys::Ride(id), command.deadline));
    if (!ride.value || IsFinal(ride.value->state)) continue;
    RETURN_IF_ERROR(EraseRide(StepOf(command, entry.member), id, /*keep_record=*/true));
    receipt.rides.push_back(id);
  }
  ASSIGN_OR_RETURN(receipt.count, GiveShiftsBack(command, subject));
  return receipt;
}

absl::StatusOr<Receipt> PrivacyService::DeleteCard(const Command& command, const RiderCardId& id) {
  ASSIGN_OR_RETURN(const std::vector<store::Scored> rides,
                   AllOf(command, indexes::RidesOf(absl::StrCat("card:", id.value()))));
  for (const store::Scored& entry : rides) {
    RETURN_IF_ERROR(EraseRide(StepOf(command, entry.member), RideId(entry.member), /*keep_record=*/false));
  }
  return core_->executor.Run(command, keys::Card(id), [&](UnitOfWork& unit) -> absl::Status {
    ASSIGN_OR_RETURN(Stored<RiderCard> card, unit.Read<RiderCard>(keys::Card(id)));
    ASSIGN_OR_RETURN(Decision<std::optional<RiderCard>> decision, Decide(card.value, EraseCard{}, unit.now()));
    ASSIGN_OR_RETURN(Stored<CardReference> reference, unit.Read<CardReference>(keys::CardPhone(card.value->phone)));
    unit.Delete(card);
    if (reference.value) unit.Delete(reference);
    unit.Publish(decision.events);
    unit.receipt.count = static_cast<int>(rides.size());
    return absl::OkStatus();
  });
}

}  // namespace stadtmesh::buergerbus
