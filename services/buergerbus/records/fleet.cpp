#include "buergerbus/records/support.h"

namespace stadtmesh::buergerbus {

template <>
absl::StatusOr<VehicleStatus> Decode<VehicleStatus>(absl::string_view bytes) {
  ASSIGN_OR_RETURN(const v1::VehicleStatusRecord record, Parse<v1::VehicleStatusRecord>(bytes));
  Problems problems;
  VehicleStatus status{VehicleId(record.vehicle_id()), ReadSpans(record.outages(), problems)};
  return Finish(std::move(status), problems, "vehicle status");
}

std::string Encode(const VehicleStatus& status, absl::string_view previous) {
  v1::VehicleStatusRecord record = Previous<v1::VehicleStatusRecord>(previous);
  record.set_vehicle_id(status.vehicle.value());
  record.clear_outages();
  for (const TimeWindow& span : status.outages) *record.add_outages() = ToWire(span);
  return record.SerializeAsString();
}

template <>
absl::StatusOr<StopStatus> Decode<StopStatus>(absl::string_view bytes) {
  ASSIGN_OR_RETURN(const v1::StopStatusRecord record, Parse<v1::StopStatusRecord>(bytes));
  Problems problems;
  StopStatus status{StopId(record.stop_id()), ReadSpans(record.blocked(), problems)};
  return Finish(std::move(status), problems, "stop status");
}

std::string Encode(const StopStatus& status, absl::string_view previous) {
  v1::StopStatusRecord record = Previous<v1::StopStatusRecord>(previous);
  record.set_stop_id(status.stop.value());
  record.clear_blocked();
  for (const TimeWindow& span : status.blocked) *record.add_blocked() = ToWire(span);
  return record.SerializeAsString();
}

}  // namespace stadtmesh::buergerbus
