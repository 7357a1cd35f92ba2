#include "buergerbus/domain/rider_card.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/error.h"
#include "base/status.h"
#include "base/text.h"

namespace stadtmesh::buergerbus {
namespace {

using State = std::optional<RiderCard>;

constexpr absl::string_view kPhoneForms = "02595 9999, +49 2595 9999";

absl::Status Validate(const RiderCard& card) {
  std::vector<FieldError> errors;
  const auto longest = [&](absl::string_view field, size_t size, size_t most) {
    if (size > most)
      errors.push_back({std::string(field), FieldReason::kTooLong, absl::StrCat(most)});
  };
  if (card.name.empty()) errors.push_back({"card.name", FieldReason::kRequired});
  longest("card.name", CodePoints(card.name), 100);
  longest("card.note", CodePoints(card.note), 500);
  longest("card.usual_places", card.usual_places.size(), 20);
  for (size_t i = 0; i < card.usual_places.size(); ++i) {
    const std::string field = absl::StrCat("card.usual_places[", i, "]");
    if (card.usual_places[i].name.empty())
      errors.push_back({field + ".name", FieldReason::kRequired});
    longest(field + ".name", CodePoints(card.usual_places[i].name), 100);
    longest(field + ".place.label", CodePoints(card.usual_places[i].place.label), 200);
    if (!IsValid(card.usual_places[i].place.location)) {
      errors.push_back({field + ".place.location", FieldReason::kOutOfRange});
    }
  }
  if (card.home && !IsValid(card.home->location))
    errors.push_back({"card.home.location", FieldReason::kOutOfRange});
  if (!errors.empty()) return InvalidArgument(std::move(errors));
  return ValidateParty("card.usual_party", card.usual_party);
}

void CheckPlace(const std::string& field, const Place& place, const Settings& settings,
                std::vector<FieldError>& errors) {
  if (place.stop && FindStop(settings, *place.stop) == nullptr) {
    errors.push_back({field + ".stop_id", FieldReason::kUnknownValue});
  } else if (!place.stop && !settings.area.Contains(place.location)) {
    errors.push_back({field + ".location", FieldReason::kOutsideArea});
  }
}

// Everything but the record of the consent.
bool SameContent(RiderCard a, const RiderCard& b) {
  a.consent_at = b.consent_at;
  a.consent_by = b.consent_by;
  return a == b;
}

// There is no card without consent, and nothing of it goes silently: who withdraws it wants the
// card to be deleted, which cancels their rides too.
absl::Status ConsentWithdrawn() {
  const absl::Status required = InvalidField("card.consent", FieldReason::kRequired, "true");
  ErrorInfo info = *GetErrorInfo(required);
  info.metadata["instead"] = "DeleteRiderCard";
  return MakeError(required.code(), info, "consent is withdrawn by deleting the card");
}

absl::StatusOr<Decision<State>> Save(const State& card, const SaveCard& command, absl::Time now) {
  if (!command.consent) return card ? ConsentWithdrawn() : Refuse(Reason::kConsentMissing);
  if (card && card->id != command.card.id) return Refuse(Reason::kRiderCardExists);
  RiderCard next = command.card;
  ASSIGN_OR_RETURN(next.phone, NormalisePhone("card.phone", command.card.phone));
  RETURN_IF_ERROR(Validate(next));
  next.consent_at = card ? card->consent_at : now;
  next.consent_by = card ? card->consent_by : command.dispatcher;
  if (card && SameContent(next, *card)) return Decision<State>{card, {}};
  RiderCardSaved event{next.id};
  return Decision<State>{std::move(next), {std::move(event)}};
}

}  // namespace

absl::StatusOr<std::string> NormalisePhone(absl::string_view field, absl::string_view text) {
  std::string digits;
  const absl::string_view trimmed = absl::StripAsciiWhitespace(text);
  const bool international = absl::StartsWith(trimmed, "+");
  for (const char c : international ? trimmed.substr(1) : trimmed) {
    if (absl::ascii_isdigit(c)) {
      digits += c;
    } else if (!absl::StrContains(" /-().", absl::string_view(&c, 1))) {
      return InvalidField(field, FieldReason::kInvalidFormat, kPhoneForms);
    }
  }
  if (!international) {
    if (absl::StartsWith(digits, "00")) {
      digits = digits.substr(2);
    } else if (absl::StartsWith(digits, "0")) {
      digits = absl::StrCat("49", digits.substr(1));
    } else {
      return InvalidField(field, FieldReason::kInvalidFormat, kPhoneForms);
    }
  }
  // "+49 (0) 2595" is written often and means +49 2595.
  if (absl::StartsWith(digits, "490")) digits.erase(2, 1);
  if (digits.size() < 7 || digits.size() > 15 || digits[0] == '0')
    return InvalidField(field, FieldReason::kInvalidFormat, kPhoneForms);
  return absl::StrCat("+", digits);
}

absl::Status CheckAgainstTown(const RiderCard& card, const Settings& settings) {
  std::vector<FieldError> errors;
  if (card.home) CheckPlace("card.home", *card.home, settings, errors);
  for (size_t i = 0; i < card.usual_places.size(); ++i)
    CheckPlace(absl::StrCat("card.usual_places[", i, "].place"), card.usual_places[i].place,
               settings, errors);
  for (const auto& [category, people] : card.usual_fares) {
    const bool known =
        std::any_of(settings.fares.begin(), settings.fares.end(),
                    [id = category](const FareCategory& fare) { return fare.id == id; });
    if (!known)
      errors.push_back({absl::StrCat("card.usual_fares.", category.value(), ".category_id"),
                        FieldReason::kUnknownValue});
  }
  return errors.empty() ? absl::OkStatus() : InvalidArgument(std::move(errors));
}

absl::StatusOr<Decision<State>> Decide(const State& card, const CardCommand& command,
                                       absl::Time now) {
  if (const auto* save = std::get_if<SaveCard>(&command)) return Save(card, *save, now);
  if (!card) return Refuse(Reason::kRiderCardNotFound);
  return Decision<State>{std::nullopt, {RiderCardErased{card->id}}};
}

}  // namespace stadtmesh::buergerbus
