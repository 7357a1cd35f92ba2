#include "buergerbus/service/settings.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/error.h"
#include "base/status.h"
#include "buergerbus/service/day_review.h"

namespace stadtmesh::buergerbus {

absl::StatusOr<SettingsService::Document> SettingsService::Get(const Query& query) {
  core_->settings.Forget(query.tenant());
  ASSIGN_OR_RETURN(SettingsCache::Entry entry, core_->settings.Read(query));
  return Document{entry.settings, entry.version};
}

// A bus that cannot leave its depot and a stop where none can come serve nobody. What is stored is
// not asked again: with another map it would keep the town from changing anything else.
absl::Status SettingsService::CheckRoads(const Query& query, const Settings& settings) const {
  const absl::StatusOr<SettingsCache::Entry> stored = core_->settings.Read(query);
  if (!stored.ok() && !absl::IsNotFound(stored.status())) return stored.status();
  const Settings before = stored.ok() ? *stored->settings : Settings();
  std::vector<std::string> fields;
  std::vector<LatLon> points;
  for (size_t i = 0; i < settings.stops.size(); ++i) {
    const Stop* known = FindStop(before, settings.stops[i].id);
    if (known != nullptr && known->location == settings.stops[i].location) continue;
    fields.push_back(absl::StrCat("settings.stops[", i, "].location"));
    points.push_back(settings.stops[i].location);
  }
  for (size_t i = 0; i < settings.vehicles.size(); ++i) {
    const Vehicle* known = FindVehicle(before, settings.vehicles[i].id);
    if (known != nullptr && known->depot == settings.vehicles[i].depot) continue;
    fields.push_back(absl::StrCat("settings.vehicles[", i, "].depot"));
    points.push_back(settings.vehicles[i].depot);
  }
  ASSIGN_OR_RETURN(const std::vector<bool> on_roads, core_->planner->OnRoads(points));
  std::vector<FieldError> errors;
  for (size_t i = 0; i < points.size(); ++i) {
    // What it contradicts is the process's setting: its map knows no road near.
    if (!on_roads[i]) errors.push_back({fields[i], FieldReason::kConflict, "buergerbus.map"});
  }
  return errors.empty() ? absl::OkStatus() : InvalidArgument(std::move(errors));
}

// A document that could be written but not read would close the town: nobody could mend it either.
absl::Status SettingsService::CheckReadable(const Settings& settings) {
  const std::string bytes = Encode(settings, "");
  const absl::StatusOr<Settings> again = Decode<Settings>(bytes);
  if (again.ok() && ValidateSettings(*again).ok() && Encode(*again, "") == bytes)
    return absl::OkStatus();
  core_->logger->Error("settings_unreadable", {{"error", again.status().ToString()}});
  return InvalidField("settings", FieldReason::kInvalidFormat);
}

absl::StatusOr<Receipt> SettingsService::Update(const Command& command, const Settings& settings,
                                                const std::string& etag) {
  RETURN_IF_ERROR(CheckRoads(command.AsQuery(), settings));
  RETURN_IF_ERROR(CheckReadable(settings));
  const std::string key(keys::kSettings);
  absl::StatusOr<Receipt> receipt =
      core_->executor.Run(command, key, [&](UnitOfWork& unit) -> absl::Status {
        ASSIGN_OR_RETURN(Stored<Settings> stored, unit.Read<Settings>(key));
        if (stored.version != etag) {
          return CommonError(absl::StatusCode::kFailedPrecondition, "PRECONDITION_FAILED",
                             "the settings have changed meanwhile");
        }
        if (stored.value)
          ReviewLater(unit, unit.now(),
                      Whom::kAffectedToo);  // planned days follow what has changed
        unit.Put(stored, settings);
        unit.Publish({SettingsChanged{}});
        return absl::OkStatus();
      });
  core_->settings.Forget(command.tenant());
  return receipt;
}

absl::Status SettingsService::RemoveDriver(const Command& command, const DriverId& driver) {
  const std::string key(keys::kSettings);
  const auto remove = [&](UnitOfWork& unit) -> absl::Status {
    ASSIGN_OR_RETURN(Stored<Settings> stored, unit.Read<Settings>(key));
    if (!stored.value) return absl::OkStatus();
    Settings next = *stored.value;
    for (ShiftTemplate& shift : next.shifts) {
      if (shift.driver == driver) shift.driver = DriverId();
    }
    if (next.shifts == stored.value->shifts) return absl::OkStatus();
    // Planned days need no review: who drives changes no plan, and what they have copied of the
    // driver is theirs to give back.
    unit.Put(stored, std::move(next));
    unit.Publish({SettingsChanged{}});
    return absl::OkStatus();
  };
  const absl::Status removed = core_->executor.Run(command, key, remove).status();
  core_->settings.Forget(command.tenant());
  return removed;
}

}  // namespace stadtmesh::buergerbus
