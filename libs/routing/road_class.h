// The kinds of road the graph knows: OpenStreetMap's highway classes, links folded into their
// class. Pure.
#pragma once

#include <cstdint>

namespace stadtmesh::routing {

enum class RoadClass : uint8_t {
  kMotorway,
  kTrunk,
  kPrimary,
  kSecondary,
  kTertiary,
  kUnclassified,
  kResidential,
  kLivingStreet,
  kService,
  kTrack,
};
inline constexpr int kRoadClassCount = 10;

}  // namespace stadtmesh::routing
