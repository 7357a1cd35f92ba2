#include "buergerbus/domain/settings.h"

#include <algorithm>

namespace stadtmesh::buergerbus {

const Stop* FindStop(const Settings& settings, const StopId& id) {
  const auto found = std::find_if(settings.stops.begin(), settings.stops.end(),
                                  [&](const Stop& stop) { return stop.id == id; });
  return found == settings.stops.end() ? nullptr : &*found;
}

const Vehicle* FindVehicle(const Settings& settings, const VehicleId& id) {
  const auto found = std::find_if(settings.vehicles.begin(), settings.vehicles.end(),
                                  [&](const Vehicle& vehicle) { return vehicle.id == id; });
  return found == settings.vehicles.end() ? nullptr : &*found;
}

}  // namespace stadtmesh::buergerbus
