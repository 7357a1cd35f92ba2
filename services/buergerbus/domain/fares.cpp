#include "buergerbus/domain/fares.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/error.h"
#include "buergerbus/domain/error.h"

namespace stadtmesh::buergerbus {

absl::StatusOr<Fare> PriceOf(const std::vector<FareCategory>& categories,
                             const FareSelection& selection, int people) {
  Fare fare;
  int counted = 0;
  for (const auto& [id, count] : selection) {
    const auto category = std::find_if(categories.begin(), categories.end(),
                                       [&id = id](const FareCategory& c) { return c.id == id; });
    if (category == categories.end())
      return Refuse(Reason::kFareUnknown, {{"category", id.value()}});
    if (count < 1 || count > people) {
      return InvalidField(absl::StrCat("fares.", id.value(), ".people"), FieldReason::kOutOfRange,
                          absl::StrCat("1..", people));
    }
    counted += count;
    fare.lines.push_back({id, count, category->price});
    fare.total += category->price * count;
  }
  if (counted != people) return InvalidField("fares", FieldReason::kConflict, "party.people");
  return fare;
}

}  // namespace stadtmesh::buergerbus
