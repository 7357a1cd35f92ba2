// Riders who book by phone: their cards.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "buergerbus/domain/rider_card.h"
#include "buergerbus/service/core.h"

namespace stadtmesh::buergerbus {

// Thread-safe. Personal data: every read is written to the audit log before it is answered.
class RiderService {
 public:
  explicit RiderService(Core* core) : core_(core) {}

  struct Card {
    RiderCard card;
    std::string etag;
  };
  // RIDER_CARD_NOT_FOUND; INVALID_ARGUMENT field `phone`.
  absl::StatusOr<Card> Find(const Query& query, const std::string& phone);
  absl::StatusOr<Card> Get(const Query& query, const RiderCardId& id);

  // The receipt's id is the card's. RIDER_CARD_EXISTS for a number that has one; CONSENT_MISSING;
  // INVALID_ARGUMENT.
  absl::StatusOr<Receipt> Create(const Command& command, const RiderCard& card, bool consent);
  // FAILED_PRECONDITION, reason PRECONDITION_FAILED, when `etag` is not that of the card.
  absl::StatusOr<Receipt> Update(const Command& command, const RiderCard& card, bool consent,
                                 const std::string& etag);

 private:
  // Stops as the town names and places them now; those that are gone stay as they are.
  void ShowPlaces(const Query& query, RiderCard& card);
  absl::Status Save(UnitOfWork& unit, Stored<RiderCard>& stored, RiderCard card, bool consent);

  Core* core_;
};

// The card is used now: it will be kept for some time from here.
absl::Status NoteUse(UnitOfWork& unit, const RiderCardId& card);

// What dispatchers' bookings say instead of an alias, and under which a card's rides are listed.
std::string CustomerAliasOf(const RiderCardId& card);

}  // namespace stadtmesh::buergerbus
