// The manifest of one shift on paper, for the day on which the network is down.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "buergerbus/domain/ids.h"
#include "buergerbus/service/queries.h"

namespace stadtmesh::buergerbus {

// A page of HTML that needs nothing else and prints on A4. Every foreign text in it is escaped.
// German: it is for the driver.
std::string PrintManifest(const TourView& view, const ShiftId& shift);

}  // namespace stadtmesh::buergerbus
