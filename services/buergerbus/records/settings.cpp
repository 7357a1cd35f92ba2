#include "buergerbus/wire/settings.h"

#include "buergerbus/records/support.h"

namespace stadtmesh::buergerbus {

template <>
absl::StatusOr<Settings> Decode<Settings>(absl::string_view bytes) {
  ASSIGN_OR_RETURN(const v1::SettingsRecord record, Parse<v1::SettingsRecord>(bytes));
  absl::StatusOr<Settings> settings = StoredSettingsFromWire(record.settings());
  if (!settings.ok()) return Corrupt("settings");
  return settings;
}

std::string Encode(const Settings& settings, absl::string_view previous) {
  v1::SettingsRecord record = Previous<v1::SettingsRecord>(previous);
  *record.mutable_settings() = ToWire(settings);
  return record.SerializeAsString();
}

}  // namespace stadtmesh::buergerbus
