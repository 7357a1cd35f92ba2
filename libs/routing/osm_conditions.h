// Conditional tags ("no @ (Mo-Fr 07:00-09:00); yes @ bus"): which of their values bind a minibus.
// Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace stadtmesh::routing {

// The bus that the roads are read for: at most nine seats, driven with a car's licence.
inline constexpr double kVehicleTonnes = 3.5;
inline constexpr double kVehicleHeightMetres = 2.9;
inline constexpr double kVehicleWidthMetres = 2.1;
inline constexpr double kVehicleLengthMetres = 7.0;

// The values whose condition may hold for the bus at some time of a day's service. One graph serves
// all hours, so what holds at times counts always, except what holds at night only (between 22:00
// and 06:00), and what concerns other vehicles, heavier or larger ones.
std::vector<std::string> ValuesThatMayBind(absl::string_view conditional,
                                           bool public_service_vehicle);

// "2.5", "2.5 m", "3.5 t": the number, or a negative one.
double ParseMeasure(absl::string_view value);

}  // namespace stadtmesh::routing
