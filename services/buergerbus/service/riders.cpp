#include "buergerbus/service/riders.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/error.h"
#include "base/status.h"

namespace stadtmesh::buergerbus {

std::string CustomerAliasOf(const RiderCardId& card) { return absl::StrCat("card:", card.value()); }

absl::Status NoteUse(UnitOfWork& unit, const RiderCardId& card) {
  ASSIGN_OR_RETURN(Stored<CardUse> use, unit.Read<CardUse>(keys::CardUse(card)));
  unit.Put(use, CardUse{card, unit.now()});
  return absl::OkStatus();
}

absl::StatusOr<RiderService::Card> RiderService::Find(const Query& query,
                                                      const std::string& phone) {
  ASSIGN_OR_RETURN(const std::string number, NormalisePhone("phone", phone));
  ASSIGN_OR_RETURN(const Stored<CardReference> reference,
                   core_->repository.Read<CardReference>(query.tenant(), keys::CardPhone(number),
                                                         query.deadline));
  if (!reference.value) return Refuse(Reason::kRiderCardNotFound);
  return Get(query, reference.value->card);
}

absl::StatusOr<RiderService::Card> RiderService::Get(const Query& query, const RiderCardId& id) {
  core_->logger->Info("personal_data_read",
                      {{"subject", query.principal.alias}, {"rider_card", id.value()}});
  ASSIGN_OR_RETURN(Stored<RiderCard> stored, core_->repository.Read<RiderCard>(
                                                 query.tenant(), keys::Card(id), query.deadline));
  if (!stored.value) return Refuse(Reason::kRiderCardNotFound);
  ShowPlaces(query, *stored.value);
  return Card{*std::move(stored.value), stored.version};
}

void RiderService::ShowPlaces(const Query& query, RiderCard& card) {
  const absl::StatusOr<SettingsCache::Entry> entry = core_->settings.Read(query);
  if (!entry.ok()) return;
  const auto show = [&](Place& place) {
    const Stop* stop = place.stop ? FindStop(*entry->settings, *place.stop) : nullptr;
    if (stop == nullptr) return;
    place.location = stop->location;
    place.label = stop->name;
  };
  if (card.home) show(*card.home);
  for (UsualPlace& usual : card.usual_places) show(usual.place);
}

absl::Status RiderService::Save(UnitOfWork& unit, Stored<RiderCard>& stored, RiderCard card,
                                bool consent) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Settings> settings, unit.ReadSettings());
  RETURN_IF_ERROR(CheckAgainstTown(card, *settings));
  const std::string former_phone = stored.value ? stored.value->phone : "";
  const SaveCard save{std::move(card), consent, unit.command().principal.alias};
  ASSIGN_OR_RETURN(Decision<std::optional<RiderCard>> decision,
                   Decide(stored.value, save, unit.now()));
  const RiderCard next = *decision.state;
  unit.receipt.id = next.id.value();
  if (next.phone != former_phone) {
    ASSIGN_OR_RETURN(Stored<CardReference> reference,
                     unit.Read<CardReference>(keys::CardPhone(next.phone)));
    if (reference.value) return Refuse(Reason::kRiderCardExists);
    unit.Put(reference, CardReference{next.id});
    if (!former_phone.empty()) {
      ASSIGN_OR_RETURN(Stored<CardReference> former,
                       unit.Read<CardReference>(keys::CardPhone(former_phone)));
      unit.Delete(former);
    }
  }
  unit.Save(stored, Decision<RiderCard>{next, std::move(decision.events)});
  return NoteUse(unit, next.id);
}

absl::StatusOr<Receipt> RiderService::Create(const Command& command, const RiderCard& card,
                                             bool consent) {
  ASSIGN_OR_RETURN(const std::string number, NormalisePhone("card.phone", card.phone));
  return core_->executor.Run(command, keys::CardPhone(number),
                             [&](UnitOfWork& unit) -> absl::Status {
                               RiderCard made = card;
                               made.id = RiderCardId(unit.NewId("card"));
                               Stored<RiderCard> stored{.key = keys::Card(made.id)};
                               return Save(unit, stored, std::move(made), consent);
                             });
}

absl::StatusOr<Receipt> RiderService::Update(const Command& command, const RiderCard& card,
                                             bool consent, const std::string& etag) {
  return core_->executor.Run(command, keys::Card(card.id), [&](UnitOfWork& unit) -> absl::Status {
    ASSIGN_OR_RETURN(Stored<RiderCard> stored, unit.Read<RiderCard>(keys::Card(card.id)));
    if (!stored.value) return Refuse(Reason::kRiderCardNotFound);
    if (stored.version != etag) {
      return CommonError(absl::StatusCode::kFailedPrecondition, "PRECONDITION_FAILED",
                         "the card has changed meanwhile");
    }
    return Save(unit, stored, card, consent);
  });
}

}  // namespace stadtmesh::buergerbus
