#include "buergerbus/records/support.h"

namespace stadtmesh::buergerbus {

namespace {

Shift ReadShift(const v1::TourRecord::Shift& record, Problems& problems) {
  Shift shift{.id = ShiftId(record.shift_id()),
              .driver = DriverId(record.driver()),
              .begin = FromWire("", record.begin(), problems),
              .end = FromWire("", record.end(), problems),
              .depot = FromWire("", record.depot(), problems),
              .state = kShiftStates.FromWire(record.state()).value_or(ShiftState::kPlanned)};
  for (const v1::TourRecord::Break& pause : record.breaks()) {
    shift.breaks.push_back({FromWire("", pause.earliest_start(), problems),
                            FromWire("", pause.latest_start(), problems),
                            FromWire("", pause.length(), problems)});
  }
  return shift;
}

Assignment ReadAssignment(const v1::TourRecord::Assignment& record, Problems& problems) {
  return {.ride = RideId(record.ride_id()),
          .origin = FromWire("", record.origin(), problems),
          .destination = FromWire("", record.destination(), problems),
          .origin_stop = OptionalId<StopId>(record.origin_stop_id()),
          .destination_stop = OptionalId<StopId>(record.destination_stop_id()),
          .load = FromWire(record.load()),
          .promise = FromWire("", record.promise(), problems),
          .boarding = FromWire("", record.boarding(), problems),
          .alighting = FromWire("", record.alighting(), problems),
          .announced =
              OptionalTime(record.has_announced_pickup(), record.announced_pickup(), problems)};
}

Visit ReadVisit(const v1::TourRecord::Visit& record, Problems& problems) {
  Visit visit{.kind = kVisitKinds.FromWire(record.kind()).value_or(VisitKind::kBreak),
              .shift = record.shift(),
              .ride = RideId(record.ride_id()),
              .break_index = record.break_index(),
              .drive = FromWire("", record.drive(), problems),
              .arrival = FromWire("", record.arrival(), problems),
              .begin = FromWire("", record.begin(), problems),
              .end = FromWire("", record.end(), problems),
              .load_after = FromWire(record.load_after()),
              .arrived_at = OptionalTime(record.has_arrived_at(), record.arrived_at(), problems),
              .begun_at = OptionalTime(record.has_begun_at(), record.begun_at(), problems)};
  if (record.has_place()) visit.place = FromWire("", record.place(), problems);
  return visit;
}

void Write(const Shift& shift, v1::TourRecord::Shift& record) {
  record.set_shift_id(shift.id.value());
  record.set_driver(shift.driver.value());
  *record.mutable_begin() = ToWire(shift.begin);
  *record.mutable_end() = ToWire(shift.end);
  *record.mutable_depot() = ToWire(shift.depot);
  record.set_state(kShiftStates.ToWire(shift.state));
  record.clear_breaks();
  for (const Break& pause : shift.breaks) {
    v1::TourRecord::Break& target = *record.add_breaks();
    *target.mutable_earliest_start() = ToWire(pause.earliest_start);
    *target.mutable_latest_start() = ToWire(pause.latest_start);
    *target.mutable_length() = ToWire(pause.length);
  }
}

void Write(const Assignment& assignment, v1::TourRecord::Assignment& record) {
  record.set_ride_id(assignment.ride.value());
  *record.mutable_origin() = ToWire(assignment.origin);
  *record.mutable_destination() = ToWire(assignment.destination);
  record.set_origin_stop_id(assignment.origin_stop ? assignment.origin_stop->value() : "");
  record.set_destination_stop_id(assignment.destination_stop ? assignment.destination_stop->value()
                                                             : "");
  *record.mutable_load() = ToWire(assignment.load);
  *record.mutable_promise() = ToWire(assignment.promise);
  *record.mutable_boarding() = ToWire(assignment.boarding);
  *record.mutable_alighting() = ToWire(assignment.alighting);
  STADTMESH_SET_OPTIONAL_TIME(record, announced_pickup, assignment.announced);
}

void Write(const Visit& visit, v1::TourRecord::Visit& record) {
  record.set_kind(kVisitKinds.ToWire(visit.kind));
  record.set_shift(visit.shift);
  record.set_ride_id(visit.ride.value());
  record.set_break_index(visit.break_index);
  *record.mutable_drive() = ToWire(visit.drive);
  *record.mutable_arrival() = ToWire(visit.arrival);
  *record.mutable_begin() = ToWire(visit.begin);
  *record.mutable_end() = ToWire(visit.end);
  *record.mutable_load_after() = ToWire(visit.load_after);
  record.clear_place();
  if (visit.place) *record.mutable_place() = ToWire(*visit.place);
  STADTMESH_SET_OPTIONAL_TIME(record, arrived_at, visit.arrived_at);
  STADTMESH_SET_OPTIONAL_TIME(record, begun_at, visit.begun_at);
}

std::string VisitKey(v1::VisitKind kind, const std::string& ride, int shift, int break_index) {
  return absl::StrCat(kind, "/", ride, "/", shift, "/", break_index);
}

}  // namespace

template <>
absl::StatusOr<Tour> Decode<Tour>(absl::string_view bytes) {
  ASSIGN_OR_RETURN(const v1::TourRecord record, Parse<v1::TourRecord>(bytes));
  Problems problems;
  Tour tour{
      .id = {VehicleId(record.vehicle_id()), DayFromWire("", record.day(), problems)},
      .executed = record.executed(),
      .plan_revision = record.plan_revision(),
      .delay = FromWire("", record.delay(), problems),
      .delayed_until = OptionalTime(record.has_delayed_until(), record.delayed_until(), problems)};
  tour.outages = ReadSpans(record.outages(), problems);
  if (record.has_out_from()) {
    tour.outages.push_back({FromWire("", record.out_from(), problems),
                            OptionalTime(record.has_out_until(), record.out_until(), problems)
                                .value_or(absl::InfiniteFuture())});
  }
  for (const v1::Layout& layout : record.layouts()) tour.layouts.push_back(FromWire(layout));
  for (const v1::TourRecord::Shift& shift : record.shifts())
    tour.shifts.push_back(ReadShift(shift, problems));
  for (const v1::TourRecord::Assignment& assignment : record.assignments()) {
    tour.assignments.push_back(ReadAssignment(assignment, problems));
  }
  for (const v1::TourRecord::Visit& visit : record.visits())
    tour.visits.push_back(ReadVisit(visit, problems));
  for (const std::string& ride : record.stranded_ride_ids()) tour.stranded.emplace_back(ride);
  return Finish(std::move(tour), problems, "tour");
}

std::string Encode(const Tour& tour, absl::string_view previous) {
  v1::TourRecord record = Previous<v1::TourRecord>(previous);
  record.set_vehicle_id(tour.id.vehicle.value());
  record.set_day(FormatDay(tour.id.day));
  record.clear_layouts();
  for (const Load& layout : tour.layouts) *record.add_layouts() = ToWire(layout);
  Former shifts(record.mutable_shifts(),
                [](const v1::TourRecord::Shift& shift) { return shift.shift_id(); });
  for (const Shift& shift : tour.shifts)
    Write(shift, *record.add_shifts() = shifts.Take(shift.id.value()));
  Former assignments(record.mutable_assignments(),
                     [](const v1::TourRecord::Assignment& a) { return a.ride_id(); });
  for (const Assignment& assignment : tour.assignments) {
    Write(assignment, *record.add_assignments() = assignments.Take(assignment.ride.value()));
  }
  Former visits(record.mutable_visits(), [](const v1::TourRecord::Visit& visit) {
    return VisitKey(visit.kind(), visit.ride_id(), visit.shift(), visit.break_index());
  });
  for (const Visit& visit : tour.visits) {
    Write(visit,
          *record.add_visits() = visits.Take(VisitKey(
              kVisitKinds.ToWire(visit.kind), visit.ride.value(), visit.shift, visit.break_index)));
  }
  record.set_executed(tour.executed);
  record.set_plan_revision(tour.plan_revision);
  *record.mutable_delay() = ToWire(tour.delay);
  STADTMESH_SET_OPTIONAL_TIME(record, delayed_until, tour.delayed_until);
  record.clear_out_from();
  record.clear_out_until();
  record.clear_outages();
  for (const TimeWindow& span : tour.outages) *record.add_outages() = ToWire(span);
  record.clear_stranded_ride_ids();
  for (const RideId& ride : tour.stranded) record.add_stranded_ride_ids(ride.value());
  return record.SerializeAsString();
}

}  // namespace stadtmesh::buergerbus
