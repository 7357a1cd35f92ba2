#include "buergerbus/domain/vehicle.h"

#include <algorithm>

namespace stadtmesh::buergerbus {

bool Fits(const std::vector<Load>& layouts, const Load& load) {
  return std::any_of(layouts.begin(), layouts.end(),
                     [&](const Load& layout) { return load.FitsIn(layout); });
}

}  // namespace stadtmesh::buergerbus
