// The settings document <-> the domain's Settings.
#pragma once

#include "absl/status/statusor.h"
#include "buergerbus/domain/settings.h"
#include "stadtmesh/buergerbus/v1/settings.pb.h"

namespace stadtmesh::buergerbus {

// Reads and validates the whole document. INVALID_ARGUMENT with every field at fault, from the
// document's root.
absl::StatusOr<Settings> SettingsFromWire(const v1::Settings& settings);
// The same without the rules of ValidateSettings: what is stored kept those of its day, and a newer
// version that asks more must not refuse to read it.
absl::StatusOr<Settings> StoredSettingsFromWire(const v1::Settings& settings);

v1::Settings ToWire(const Settings& settings);
v1::ServiceHours ToWire(const ServiceHours& hours);
v1::Calendar ToWire(const Calendar& calendar);
v1::BookingRules ToWire(const BookingRules& rules);
v1::Stop ToWire(const Stop& stop);
v1::FareCategory ToWire(const FareCategory& category);

}  // namespace stadtmesh::buergerbus
