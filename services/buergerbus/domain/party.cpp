#include "buergerbus/domain/party.h"

#include "absl/strings/str_cat.h"
#include "base/error.h"

namespace stadtmesh::buergerbus {

Load Load::operator+(const Load& other) const {
  return {seats + other.seats, wheelchair_places + other.wheelchair_places,
          storage_places + other.storage_places};
}

Load Load::operator-(const Load& other) const {
  return {seats - other.seats, wheelchair_places - other.wheelchair_places,
          storage_places - other.storage_places};
}

bool Load::FitsIn(const Load& capacity) const {
  return seats <= capacity.seats && wheelchair_places <= capacity.wheelchair_places &&
         storage_places <= capacity.storage_places;
}

Load LoadOf(const Party& party) {
  return {party.people - party.wheelchairs, party.wheelchairs, party.walkers + party.prams};
}

absl::Status ValidateParty(absl::string_view prefix, const Party& party) {
  std::vector<FieldError> errors;
  const auto check = [&](absl::string_view name, int value, int least, int most) {
    if (value >= least && value <= most) return;
    errors.push_back({absl::StrCat(prefix, ".", name), FieldReason::kOutOfRange,
                      absl::StrCat(least, "..", most)});
  };
  check("people", party.people, 1, 16);
  check("wheelchairs", party.wheelchairs, 0, 16);
  check("walkers", party.walkers, 0, 16);
  check("prams", party.prams, 0, 16);
  if (errors.empty() && party.wheelchairs > party.people) {
    errors.push_back({absl::StrCat(prefix, ".wheelchairs"), FieldReason::kConflict, "people"});
  }
  return errors.empty() ? absl::OkStatus() : InvalidArgument(std::move(errors));
}

}  // namespace stadtmesh::buergerbus
