#include "buergerbus/service/privacy.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "buergerbus/domain/tour_commands.h"
#include "buergerbus/service/forgetting.h"
#include "buergerbus/service/rides.h"

namespace stadtmesh::buergerbus {
namespace {

constexpr size_t kPage = 200;

// When a service day is over: nobody is on board, and shifts have ended.
absl::Time EndOf(absl::CivilDay service_day) { return BerlinTime(service_day, kLatestTimeOfDay); }

// Whoever travels now stays known to the driver until the day is over; who asked is gone from the
// lists at once.
absl::Status ForgetLater(UnitOfWork& unit, Stored<Ride>& ride) {
  Ride next = *ride.value;
  const absl::Time over = EndOf(next.tour ? next.tour->day : BerlinDay(next.promise.pickup.begin));
  next.customer.alias.clear();
  next.customer.card.reset();
  unit.Later(absl::StrCat("forget-ride:", next.id.value()),
             std::max(over, unit.now() + absl::Hours(1)), std::string(kForgetRideTask),
             next.id.value());
  unit.Put(ride, std::move(next));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<store::Scored>> PrivacyService::AllOf(const Command& command,
                                                                 const std::string& index) {
  std::vector<store::Scored> all;
  std::optional<store::Scored> after;
  for (;;) {
    ASSIGN_OR_RETURN(std::vector<store::Scored> page,
                     core_->repository.List(command.tenant(), index, after, /*descending=*/false,
                                            kPage, command.deadline));
    all.insert(all.end(), page.begin(), page.end());
    if (page.size() < kPage) return all;
    after = page.back();
  }
}

absl::Status PrivacyService::EraseRide(const Command& command, const RideId& id, Extent extent) {
  const auto erase = [&](UnitOfWork& unit) -> absl::Status {
    ASSIGN_OR_RETURN(const std::shared_ptr<const Settings> settings, unit.ReadSettings());
    absl::StatusOr<RideOnTour> found = unit.FindRide(id);
    if (absl::IsNotFound(found.status())) return absl::OkStatus();
    RETURN_IF_ERROR(found.status());
    Stored<Ride>& ride = found->ride;
    const bool boarded = ride.value->state == RideState::kBoarded;
    if (!IsFinal(ride.value->state) && !boarded) {
      RETURN_IF_ERROR(CancelWithin(unit, *settings, *found, CancelRide{Actor::kSystem}));
      unit.receipt.rides = {id};
    }
    if (extent == Extent::kCancel) return absl::OkStatus();
    if (boarded && extent == Extent::kForgetWhenDone) return ForgetLater(unit, ride);
    RETURN_IF_ERROR(ForgetRide(unit, ride));
    if (found->tour && found->tour->value) {
      Tour tour = *found->tour->value;
      ForgetDoors(*settings, id, tour);
      unit.Put(*found->tour, std::move(tour));
    }
    return absl::OkStatus();
  };
  return core_->executor.Run(command, keys::Ride(id), erase).status();
}

absl::Status PrivacyService::ForgetRideTask(const Command& command, const RideId& id) {
  return EraseRide(command, id, Extent::kForget);
}

// One tour: shifts that have not begun are given back; with `forget`, those that are over no longer
// say who drove them.
absl::Status PrivacyService::LeaveTour(UnitOfWork& unit, const std::string& tour_key,
                                       const std::string& subject, bool forget) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Settings> settings, unit.ReadSettings());
  ASSIGN_OR_RETURN(Stored<Tour> tour, unit.Read<Tour>(tour_key));
  if (!tour.value) return absl::OkStatus();
  for (const Shift& shift : std::vector<Shift>(tour.value->shifts)) {
    if (shift.driver.value() != subject || shift.state != ShiftState::kPlanned) continue;
    ASSIGN_OR_RETURN(
        Decision<Tour> decision,
        Decide(*tour.value, AssignDriver{shift.id, DriverId()}, settings->rules, unit.now()));
    unit.Save(tour, std::move(decision));
    ++unit.receipt.count;
  }
  if (!forget) return absl::OkStatus();
  Tour next = *tour.value;
  for (Shift& shift : next.shifts) {
    if (shift.driver.value() != subject) continue;
    const absl::Time over = EndOf(next.id.day);
    if (shift.state == ShiftState::kRunning && unit.now() < over) {
      unit.Later(absl::StrCat("forget-driver:", subject), over, std::string(kForgetDriverTask),
                 subject);
      continue;
    }
    shift.driver = DriverId();
    ASSIGN_OR_RETURN(Stored<CashSheet> sheet, unit.Read<CashSheet>(keys::Cash(next.id, shift.id)));
    if (!sheet.value) continue;
    CashSheet forgotten = *sheet.value;
    forgotten.driver = DriverId();
    unit.Put(sheet, std::move(forgotten));
  }
  if (!(next == *tour.value)) unit.Put(tour, std::move(next));
  return absl::OkStatus();
}

absl::StatusOr<int> PrivacyService::LeaveTours(const Command& command, const std::string& subject,
                                               bool forget) {
  // The roster first: whatever opens or refits a tour relies on the settings' version, so no tour
  // takes the driver from them any more, and those that have are all in the index.
  RETURN_IF_ERROR(settings_->RemoveDriver(command.Step("roster"), DriverId(subject)));
  ASSIGN_OR_RETURN(const std::vector<store::Scored> tours,
                   AllOf(command, indexes::ToursOf(subject)));
  int given_back = 0;
  for (const store::Scored& entry : tours) {
    const std::string key = absl::StrCat("tour:", entry.member);
    ASSIGN_OR_RETURN(const Receipt receipt,
                     core_->executor.Run(command.Step(key), key, [&](UnitOfWork& unit) {
                       return LeaveTour(unit, key, subject, forget);
                     }));
    given_back += receipt.count;
  }
  return given_back;
}

absl::Status PrivacyService::ForgetDriverTask(const Command& command, const std::string& subject) {
  RETURN_IF_ERROR(LeaveTours(command, subject, /*forget=*/true).status());
  return core_->executor
      .Run(command, absl::StrCat("driver:", subject), [](UnitOfWork&) { return absl::OkStatus(); })
      .status();
}

absl::StatusOr<Receipt> PrivacyService::Erase(const Command& command, const std::string& subject) {
  core_->logger->Info("subject_erasure", {{"caller", command.principal.alias}});
  ASSIGN_OR_RETURN(const std::vector<store::Scored> rides,
                   AllOf(command, indexes::RidesOf(subject)));
  for (const store::Scored& entry : rides) {
    RETURN_IF_ERROR(
        EraseRide(command.Step(entry.member), RideId(entry.member), Extent::kForgetWhenDone));
  }
  RETURN_IF_ERROR(LeaveTours(command, subject, /*forget=*/true).status());
  RETURN_IF_ERROR(
      core_->repository.store()
          .EraseReplies(Repository::ScopeOf(command.tenant()), subject, command.deadline)
          .status());
  Receipt receipt;
  receipt.count = static_cast<int>(rides.size());
  return receipt;
}

absl::StatusOr<Receipt> PrivacyService::Revoke(const Command& command, const std::string& subject) {
  ASSIGN_OR_RETURN(const std::vector<store::Scored> rides,
                   AllOf(command, indexes::RidesOf(subject)));
  Receipt receipt;
  for (const store::Scored& entry : rides) {
    const RideId id(entry.member);
    ASSIGN_OR_RETURN(
        const Stored<Ride> ride,
        core_->repository.Read<Ride>(command.tenant(), keys::Ride(id), command.deadline));
    if (!ride.value || IsFinal(ride.value->state)) continue;
    RETURN_IF_ERROR(EraseRide(command.Step(entry.member), id, Extent::kCancel));
    receipt.rides.push_back(id);
  }
  ASSIGN_OR_RETURN(receipt.count, LeaveTours(command, subject, /*forget=*/false));
  return receipt;
}

absl::StatusOr<Receipt> PrivacyService::DeleteCard(const Command& command, const RiderCardId& id) {
  ASSIGN_OR_RETURN(const std::vector<store::Scored> rides,
                   AllOf(command, indexes::RidesOf(absl::StrCat("card:", id.value()))));
  for (const store::Scored& entry : rides) {
    RETURN_IF_ERROR(
        EraseRide(command.Step(entry.member), RideId(entry.member), Extent::kForgetWhenDone));
  }
  return core_->executor.Run(command, keys::Card(id), [&](UnitOfWork& unit) -> absl::Status {
    ASSIGN_OR_RETURN(Stored<RiderCard> card, unit.Read<RiderCard>(keys::Card(id)));
    ASSIGN_OR_RETURN(Decision<std::optional<RiderCard>> decision,
                     Decide(card.value, EraseCard{}, unit.now()));
    ASSIGN_OR_RETURN(Stored<CardReference> reference,
                     unit.Read<CardReference>(keys::CardPhone(card.value->phone)));
    ASSIGN_OR_RETURN(Stored<CardUse> use, unit.Read<CardUse>(keys::CardUse(id)));
    if (use.value) unit.Delete(use);
    unit.Delete(card);
    if (reference.value) unit.Delete(reference);
    unit.Publish(decision.events);
    unit.receipt.count = static_cast<int>(rides.size());
    return absl::OkStatus();
  });
}

}  // namespace stadtmesh::buergerbus
