// The card of a rider who books by phone. Personal data: only in this aggregate, never in events.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "buergerbus/domain/decision.h"
#include "buergerbus/domain/fares.h"
#include "buergerbus/domain/party.h"
#include "buergerbus/domain/place.h"
#include "buergerbus/domain/settings.h"

namespace stadtmesh::buergerbus {

struct UsualPlace {
  std::string name;  // "Hausarzt"
  Place place;
  bool operator==(const UsualPlace&) const = default;
};

struct RiderCard {
  RiderCardId id;
  std::string phone;  // E.164, "+4925959999"; the dispatcher's search key
  std::string name;
  std::optional<Place> home;
  std::vector<UsualPlace> usual_places;  // at most 20
  Party usual_party;                     // aids: wheelchair, walker, pram
  bool companion = false;                // is entitled to a companion who travels free
  FareSelection usual_fares;
  bool remind = false;     // agreed to be called before each ride
  std::string note;        // for the driver: "rings twice"; at most 500 characters
  absl::Time consent_at;   // when the rider agreed that the card is kept, and to whom they said so
  std::string consent_by;  // alias of the dispatcher
  bool operator==(const RiderCard&) const = default;
};

// "02595 9999", "+49 2595/9999", "0049..." -> "+4925959999". INVALID_ARGUMENT field `field`.
absl::StatusOr<std::string> NormalisePhone(absl::string_view field, absl::string_view text);

// Whether the town knows the stops, areas and fares of a card: INVALID_ARGUMENT with fields.
absl::Status CheckAgainstTown(const RiderCard& card, const Settings& settings);

struct SaveCard {
  RiderCard card;        // id, phone normalised
  bool consent = false;  // asked on the phone
  std::string dispatcher;
};
struct EraseCard {};  // the state that is left is nothing
using CardCommand = std::variant<SaveCard, EraseCard>;

// The state is absent before the first save and after erasing. INVALID_ARGUMENT with fields
// ("card.consent" where it is withdrawn: EraseCard does that), kConsentMissing, kRiderCardNotFound.
absl::StatusOr<Decision<std::optional<RiderCard>>> Decide(const std::optional<RiderCard>& card,
                                                          const CardCommand& command,
                                                          absl::Time now);

}  // namespace stadtmesh::buergerbus
