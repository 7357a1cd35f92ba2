// What a ride costs.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/money.h"
#include "buergerbus/domain/ids.h"

namespace stadtmesh::buergerbus {

// E.g. {"adult", "Erwachsene", 200}, {"companion", "Begleitperson", 0, free}, {"severely-disabled",
// "Schwerbehinderte mit Wertmarke", 0, free}.
struct FareCategory {
  FareCategoryId id;
  std::string name;
  Money price;               // per person and ride
  bool needs_proof = false;  // a pass that the driver looks at
  bool operator==(const FareCategory&) const = default;
};

// How many people of the party travel in which category; the counts add up to the party.
using FareSelection = std::map<FareCategoryId, int>;

enum class Payment { kCash, kPass, kFree };

struct FareLine {
  FareCategoryId category;
  int count = 0;
  Money each;
  bool operator==(const FareLine&) const = default;
};

struct Fare {
  std::vector<FareLine> lines;  // by category id
  Money total;                  // the sum of count x each, always
  bool operator==(const Fare&) const = default;
};

// Prices a party. kFareUnknown (metadata category); INVALID_ARGUMENT field "fares" when the counts
// do not add up to `people`, "fares.<category>.people" for a count that alone is too many.
absl::StatusOr<Fare> PriceOf(const std::vector<FareCategory>& categories,
                             const FareSelection& selection, int people);

}  // namespace stadtmesh::buergerbus
