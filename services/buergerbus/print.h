// The manifest of one shift on paper, for the day on which the network is down.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "buergerbus/domain/ids.h"
#include "buergerbus/service/queries.h"

namespace stadtmesh::buergerbus {

// A page of HTML that needs nothing else and prints on A4, in German or English ("de", "en"). Every
// foreign text in it is escaped. A ride that is only held is marked as such. kShiftUnknown.
absl::StatusOr<std::string> PrintManifest(const TourView& view, const ShiftId& shift,
                                          absl::string_view language);

}  // namespace stadtmesh::buergerbus
