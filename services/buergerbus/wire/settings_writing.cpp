#include "absl/strings/str_format.h"
#include "buergerbus/wire/enums.h"
#include "buergerbus/wire/settings.h"
#include "buergerbus/wire/values.h"

namespace stadtmesh::buergerbus {
namespace {

std::string WriteTimeOfDay(TimeOfDay time) {
  const int64_t minutes = absl::ToInt64Minutes(time);
  return absl::StrFormat("%02d:%02d", minutes / 60, minutes % 60);
}

v1::DayRule Write(const DayRule& rule) {
  v1::DayRule wire;
  for (absl::Weekday day : rule.weekdays) wire.add_weekdays(kWeekdays.ToWire(day));
  for (DayKind kind : rule.kinds) wire.add_kinds(kDayKinds.ToWire(kind));
  return wire;
}

v1::OpenHours Write(const OpenHours& hours) {
  v1::OpenHours wire;
  wire.set_begin(WriteTimeOfDay(hours.begin));
  wire.set_end(WriteTimeOfDay(hours.end));
  return wire;
}

v1::Approval Write(const Approval& approval) {
  v1::Approval wire;
  wire.set_granted(approval.granted);
  wire.set_reference(approval.reference);
  if (approval.valid_from) wire.set_valid_from(FormatDay(*approval.valid_from));
  if (approval.valid_until) wire.set_valid_until(FormatDay(*approval.valid_until));
  return wire;
}

v1::Vehicle Write(const Vehicle& vehicle) {
  v1::Vehicle wire;
  wire.set_id(vehicle.id.value());
  wire.set_name(vehicle.name);
  wire.set_plate(vehicle.plate);
  for (const Load& layout : vehicle.layouts) *wire.add_layouts() = ToWire(layout);
  *wire.mutable_depot() = ToWire(vehicle.depot);
  return wire;
}

v1::Shift Write(const ShiftTemplate& shift) {
  v1::Shift wire;
  wire.set_id(shift.id.value());
  wire.set_vehicle(shift.vehicle.value());
  wire.set_driver(shift.driver.value());
  *wire.mutable_days() = Write(shift.days);
  wire.set_begin(WriteTimeOfDay(shift.begin));
  wire.set_end(WriteTimeOfDay(shift.end));
  for (const BreakTemplate& pause : shift.breaks) {
    v1::Break& target = *wire.add_breaks();
    target.set_earliest_start(WriteTimeOfDay(pause.earliest_start));
    target.set_latest_start(WriteTimeOfDay(pause.latest_start));
    *target.mutable_length() = ToWire(pause.length);
  }
  return wire;
}

}  // namespace

v1::ServiceHours ToWire(const ServiceHours& hours) {
  v1::ServiceHours wire;
  for (const HoursRule& rule : hours.rules) {
    v1::ServiceHours::Rule& target = *wire.add_rules();
    *target.mutable_days() = Write(rule.days);
    for (const OpenHours& open : rule.hours) *target.add_hours() = Write(open);
  }
  for (const auto& [day, open_hours] : hours.exceptions) {
    v1::ServiceHours::Exception& target = *wire.add_exceptions();
    target.set_day(FormatDay(day));
    for (const OpenHours& open : open_hours) *target.add_hours() = Write(open);
  }
  return wire;
}

v1::Calendar ToWire(const Calendar& calendar) {
  v1::Calendar wire;
  for (const DayRange& range : calendar.school_holidays) {
    v1::DayRange& target = *wire.add_school_holidays();
    target.set_first(FormatDay(range.first));
    target.set_last(FormatDay(range.last));
  }
  wire.set_state(std::string(CodeOf(calendar.state)));
  for (MunicipalHoliday holiday : calendar.municipal_holidays)
    wire.add_municipal_holidays(kMunicipalHolidays.ToWire(holiday));
  for (absl::CivilDay day : calendar.extra_public_holidays)
    wire.add_extra_public_holidays(FormatDay(day));
  return wire;
}

v1::BookingRules ToWire(const BookingRules& rules) {
  v1::BookingRules wire;
  if (const auto* ahead = std::get_if<NoticeAhead>(&rules.notice)) {
    *wire.mutable_notice()->mutable_ahead() = ToWire(ahead->duration);
  } else {
    wire.mutable_notice()->set_day_before_by(
        WriteTimeOfDay(std::get<NoticeDayBefore>(rules.notice).by));
  }
  wire.set_days_ahead(rules.days_ahead);
  *wire.mutable_longest_wait() = ToWire(rules.longest_wait);
  *wire.mutable_pickup_window() = ToWire(rules.pickup_window);
  *wire.mutable_offer_grid() = ToWire(rules.offer_grid);
  wire.mutable_ride_time()->set_factor(rules.ride_time.factor);
  *wire.mutable_ride_time()->mutable_constant() = ToWire(rules.ride_time.constant);
  *wire.mutable_boarding()->mutable_per_halt() = ToWire(rules.boarding.per_halt);
  *wire.mutable_boarding()->mutable_per_person() = ToWire(rules.boarding.per_person);
  *wire.mutable_boarding()->mutable_per_wheelchair() = ToWire(rules.boarding.per_wheelchair);
  *wire.mutable_boarding()->mutable_per_walker_or_pram() =
      ToWire(rules.boarding.per_walker_or_pram);
  wire.set_trip_mode(kTripModes.ToWire(rules.trip_mode));
  wire.set_largest_party(rules.largest_party);
  *wire.mutable_hold() = ToWire(rules.hold);
  *wire.mutable_cancel_until() = ToWire(rules.cancel_until);
  *wire.mutable_no_show_wait() = ToWire(rules.no_show_wait);
  *wire.mutable_freeze() = ToWire(rules.freeze);
  *wire.mutable_shortest_stay() = ToWire(rules.shortest_stay);
  wire.set_walking_metres(rules.walking_metres);
  wire.set_open_rides_per_person(rules.open_rides_per_person);
  return wire;
}

v1::Stop ToWire(const Stop& stop) {
  v1::Stop wire;
  wire.set_id(stop.id.value());
  wire.set_name(stop.name);
  *wire.mutable_location() = ToWire(stop.location);
  *wire.mutable_approval() = Write(stop.approval);
  wire.set_step_free(stop.step_free);
  return wire;
}

v1::FareCategory ToWire(const FareCategory& category) {
  v1::FareCategory wire;
  wire.set_id(category.id.value());
  wire.set_name(category.name);
  wire.set_price_cents(static_cast<int32_t>(category.price.cents));
  wire.set_needs_proof(category.needs_proof);
  return wire;
}

v1::Settings ToWire(const Settings& settings) {
  v1::Settings wire;
  wire.set_name(settings.name);
  wire.set_phone(settings.phone);
  for (const LatLon& point : settings.area.ring()) *wire.add_area() = ToWire(point);
  for (const Stop& stop : settings.stops) *wire.add_stops() = ToWire(stop);
  *wire.mutable_doors() = Write(settings.doors);
  *wire.mutable_calendar() = ToWire(settings.calendar);
  *wire.mutable_hours() = ToWire(settings.hours);
  for (const Vehicle& vehicle : settings.vehicles) *wire.add_vehicles() = Write(vehicle);
  for (const ShiftTemplate& shift : settings.shifts) *wire.add_shifts() = Write(shift);
  *wire.mutable_rules() = ToWire(settings.rules);
  for (const FareCategory& fare : settings.fares) *wire.add_fares() = ToWire(fare);
  wire.mutable_retention()->set_rides_days(settings.retention.rides);
  wire.mutable_retention()->set_calls_days(settings.retention.calls);
  wire.mutable_retention()->set_rider_cards_days(settings.retention.rider_cards);
  wire.mutable_retention()->set_cash_sheets_days(settings.retention.cash_sheets);
  wire.mutable_reminders()->set_evening(WriteTimeOfDay(settings.reminders.evening));
  *wire.mutable_reminders()->mutable_ahead() = ToWire(settings.reminders.ahead);
  return wire;
}

}  // namespace stadtmesh::buergerbus
