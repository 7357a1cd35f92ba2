#include <cmath>

#include "absl/strings/ascii.h"
#include "base/status.h"
#include "buergerbus/domain/settings_limits.h"
#include "buergerbus/wire/enums.h"
#include "buergerbus/wire/problems.h"
#include "buergerbus/wire/settings.h"
#include "buergerbus/wire/values.h"

namespace stadtmesh::buergerbus {
namespace {

// Of any list; keeps the work on foreign input small. The domain refuses what is beyond its limits,
// also of names.
constexpr size_t kMostElements = 5000;

// Applies `read(field, element)` to every element of a list. `most` is what the domain allows.
template <typename List, typename Read>
auto Each(const std::string& field, const List& list, Problems& problems, Read read,
          size_t most = kMostElements) {
  std::vector<decltype(read(field, list.Get(0)))> result;
  if (static_cast<size_t>(list.size()) > kMostElements) {
    problems.Add(field, FieldReason::kTooLong, absl::StrCat(most));
    return result;
  }
  result.reserve(list.size());
  for (int i = 0; i < list.size(); ++i) result.push_back(read(Element(field, i), list.Get(i)));
  return result;
}

constexpr absl::string_view kStates =
    "DE-BW, DE-BY, DE-BE, DE-BB, DE-HB, DE-HH, DE-HE, DE-MV, DE-NI, DE-NW, DE-RP, DE-SL, DE-SN, "
    "DE-ST, DE-SH, DE-TH";

TimeOfDay ReadTimeOfDay(const std::string& field, const std::string& text, Problems& problems) {
  if (text.empty()) {
    problems.Add(field, FieldReason::kRequired);
    return {};
  }
  const auto digit = [&](size_t i) { return text[i] - '0'; };
  const bool form = text.size() == 5 && absl::ascii_isdigit(text[0]) &&
                    absl::ascii_isdigit(text[1]) && text[2] == ':' &&
                    absl::ascii_isdigit(text[3]) && absl::ascii_isdigit(text[4]);
  const int minutes = form ? (digit(0) * 10 + digit(1)) * 60 + digit(3) * 10 + digit(4) : -1;
  if (!form || digit(3) > 5 || minutes > 30 * 60) {
    problems.Add(field, FieldReason::kInvalidFormat, "HH:MM, 00:00..30:00");
    return {};
  }
  return absl::Minutes(minutes);
}

template <typename Table, typename WireEnum>
auto ReadEnum(const std::string& field, const Table& table, WireEnum value, Problems& problems) {
  const auto found = table.FromWire(value);
  if (!found) problems.Add(field, value == 0 ? FieldReason::kRequired : FieldReason::kUnknownValue);
  return found.value_or(table.pairs[0].first);
}

template <typename Table, typename List>
auto ReadEnumSet(const std::string& field, const Table& table, const List& list,
                 Problems& problems) {
  std::set<std::decay_t<decltype(table.pairs[0].first)>> result;
  if (!problems.Count(field, list.size(), 20)) return result;
  for (int i = 0; i < list.size(); ++i) {
    using WireEnum = std::decay_t<decltype(table.pairs[0].second)>;
    result.insert(ReadEnum(Element(field, i), table, static_cast<WireEnum>(list.Get(i)), problems));
  }
  return result;
}

DayRule ReadDayRule(const std::string& field, const v1::DayRule& rule, Problems& problems) {
  return {.weekdays = ReadEnumSet(Join(field, "weekdays"), kWeekdays, rule.weekdays(), problems),
          .kinds = ReadEnumSet(Join(field, "kinds"), kDayKinds, rule.kinds(), problems)};
}

Approval ReadApproval(const std::string& field, const v1::Approval& approval, Problems& problems) {
  Approval result{.granted = approval.granted(), .reference = approval.reference()};
  if (!approval.valid_from().empty()) {
    result.valid_from = DayFromWire(Join(field, "valid_from"), approval.valid_from(), problems);
  }
  if (!approval.valid_until().empty()) {
    result.valid_until = DayFromWire(Join(field, "valid_until"), approval.valid_until(), problems);
  }
  return result;
}

LatLon ReadRequiredLocation(const std::string& field, bool present, const v1::Location& location,
                            Problems& problems) {
  if (!present) problems.Add(field, FieldReason::kRequired);
  return FromWire(field, location, problems);
}

Calendar ReadCalendar(const v1::Calendar& calendar, Problems& problems) {
  Calendar result;
  const std::optional<FederalState> state = FederalStateFromCode(calendar.state());
  if (!state && !calendar.state().empty())
    problems.Add("calendar.state", FieldReason::kUnknownValue, kStates);
  result.state = state.value_or(result.state);
  result.municipal_holidays = ReadEnumSet("calendar.municipal_holidays", kMunicipalHolidays,
                                          calendar.municipal_holidays(), problems);
  result.school_holidays =
      Each("calendar.school_holidays", calendar.school_holidays(), problems,
           [&](const std::string& at, const v1::DayRange& range) {
             return DayRange{DayFromWire(Join(at, "first"), range.first(), problems),
                             DayFromWire(Join(at, "last"), range.last(), problems)};
           });
  const auto days = Each("calendar.extra_public_holidays", calendar.extra_public_holidays(),
                         problems, [&](const std::string& at, const std::string& day) {
                           return DayFromWire(at, day, problems);
                         });
  result.extra_public_holidays.insert(days.begin(), days.end());
  return result;
}

template <typename List>
std::vector<OpenHours> ReadOpenHours(const std::string& field, const List& list,
                                     Problems& problems) {
  return Each(field, list, problems, [&](const std::string& at, const v1::OpenHours& hours) {
    return OpenHours{ReadTimeOfDay(Join(at, "begin"), hours.begin(), problems),
                     ReadTimeOfDay(Join(at, "end"), hours.end(), problems)};
  });
}

ServiceHours ReadHours(const v1::ServiceHours& hours, Problems& problems) {
  ServiceHours result;
  result.rules = Each(
      "hours.rules", hours.rules(), problems,
      [&](const std::string& at, const v1::ServiceHours::Rule& rule) {
        return HoursRule{.days = ReadDayRule(Join(at, "days"), rule.days(), problems),
                         .hours = ReadOpenHours(Join(at, "hours"), rule.hours(), problems)};
      },
      kMostHoursRules);
  if (!problems.Count("hours.exceptions", hours.exceptions_size(), kMostElements)) return result;
  for (int i = 0; i < hours.exceptions_size(); ++i) {
    const std::string at = Element("hours.exceptions", i);
    const absl::CivilDay day = DayFromWire(Join(at, "day"), hours.exceptions(i).day(), problems);
    if (!result.exceptions
             .emplace(day, ReadOpenHours(Join(at, "hours"), hours.exceptions(i).hours(), problems))
             .second) {
      problems.Add(Join(at, "day"), FieldReason::kDuplicate);
    }
  }
  return result;
}

// A ring of two points says how many there must be; none at all is left to the domain.
template <typename List>
Polygon ReadArea(const List& list, Problems& problems) {
  if (list.size() == 1 || list.size() == 2)
    problems.Add("area", FieldReason::kOutOfRange, "3..5000");
  return Polygon(
      Each("area", list, problems, [&](const std::string& at, const v1::Location& point) {
        return FromWire(at, point, problems);
      }));
}

Stop ReadStop(const std::string& at, const v1::Stop& stop, Problems& problems) {
  return {.id = StopId(stop.id()),
          .name = stop.name(),
          .location = ReadRequiredLocation(Join(at, "location"), stop.has_location(),
                                           stop.location(), problems),
          .approval = ReadApproval(Join(at, "approval"), stop.approval(), problems),
          .step_free = stop.step_free()};
}

Vehicle ReadVehicle(const std::string& at, const v1::Vehicle& vehicle, Problems& problems) {
  return {.id = VehicleId(vehicle.id()),
          .name = vehicle.name(),
          .plate = vehicle.plate(),
          .layouts = Each(
              Join(at, "layouts"), vehicle.layouts(), problems,
              [](const std::string&, const v1::Layout& layout) { return FromWire(layout); },
              kMostLayouts),
          .depot = ReadRequiredLocation(Join(at, "depot"), vehicle.has_depot(), vehicle.depot(),
                                        problems)};
}

ShiftTemplate ReadShift(const std::string& at, const v1::Shift& shift, Problems& problems) {
  return {.id = ShiftId(shift.id()),
          .vehicle = VehicleId(shift.vehicle()),
          .driver = DriverId(problems.OptionalId(Join(at, "driver"), shift.driver())),
          .days = ReadDayRule(Join(at, "days"), shift.days(), problems),
          .begin = ReadTimeOfDay(Join(at, "begin"), shift.begin(), problems),
          .end = ReadTimeOfDay(Join(at, "end"), shift.end(), problems),
          .breaks = Each(
              Join(at, "breaks"), shift.breaks(), problems,
              [&](const std::string& field, const v1::Break& pause) {
                return BreakTemplate{
                    ReadTimeOfDay(Join(field, "earliest_start"), pause.earliest_start(), problems),
                    ReadTimeOfDay(Join(field, "latest_start"), pause.latest_start(), problems),
                    FromWire(Join(field, "length"), pause.length(), problems)};
              })};
}

Notice ReadNotice(const v1::Notice& notice, Problems& problems) {
  if (notice.has_ahead() && !notice.day_before_by().empty()) {
    problems.Add("rules.notice.day_before_by", FieldReason::kConflict, "ahead");
  }
  if (!notice.day_before_by().empty()) {
    return NoticeDayBefore{
        ReadTimeOfDay("rules.notice.day_before_by", notice.day_before_by(), problems)};
  }
  if (!notice.has_ahead()) problems.Add("rules.notice.ahead", FieldReason::kRequired);
  return NoticeAhead{FromWire("rules.notice.ahead", notice.ahead(), problems)};
}

// A duration that is not given keeps the rule's default.
void ReadRule(const std::string& field, bool present, const google::protobuf::Duration& wire,
              absl::Duration& value, Problems& problems) {
  if (present) value = FromWire(field, wire, problems);
}

BookingRules ReadRules(const v1::BookingRules& wire, Problems& problems) {
  BookingRules rules;
  rules.notice = ReadNotice(wire.notice(), problems);
  rules.days_ahead = wire.days_ahead();
  rules.largest_party = wire.largest_party();
  rules.walking_metres = wire.walking_metres();
  if (wire.open_rides_per_person() != 0) rules.open_rides_per_person = wire.open_rides_per_person();
  rules.trip_mode = ReadEnum("rules.trip_mode", kTripModes, wire.trip_mode(), problems);
  const auto read = [&](absl::string_view name, bool present,
                        const google::protobuf::Duration& from, absl::Duration& to) {
    ReadRule(Join("rules", name), present, from, to, problems);
  };
  read("longest_wait", wire.has_longest_wait(), wire.longest_wait(), rules.longest_wait);
  read("pickup_window", wire.has_pickup_window(), wire.pickup_window(), rules.pickup_window);
  read("offer_grid", wire.has_offer_grid(), wire.offer_grid(), rules.offer_grid);
  read("hold", wire.has_hold(), wire.hold(), rules.hold);
  read("cancel_until", wire.has_cancel_until(), wire.cancel_until(), rules.cancel_until);
  read("no_show_wait", wire.has_no_show_wait(), wire.no_show_wait(), rules.no_show_wait);
  read("freeze", wire.has_freeze(), wire.freeze(), rules.freeze);
  read("shortest_stay", wire.has_shortest_stay(), wire.shortest_stay(), rules.shortest_stay);
  if (wire.has_ride_time()) rules.ride_time.factor = wire.ride_time().factor();
  read("ride_time.constant", wire.ride_time().has_constant(), wire.ride_time().constant(),
       rules.ride_time.constant);
  const v1::BoardingTimes& boarding = wire.boarding();
  read("boarding.per_halt", boarding.has_per_halt(), boarding.per_halt(), rules.boarding.per_halt);
  read("boarding.per_person", boarding.has_per_person(), boarding.per_person(),
       rules.boarding.per_person);
  read("boarding.per_wheelchair", boarding.has_per_wheelchair(), boarding.per_wheelchair(),
       rules.boarding.per_wheelchair);
  read("boarding.per_walker_or_pram", boarding.has_per_walker_or_pram(),
       boarding.per_walker_or_pram(), rules.boarding.per_walker_or_pram);
  return rules;
}

// What is not given keeps its default.
Retention ReadRetention(const v1::Retention& wire) {
  Retention retention;
  const auto read = [](int32_t from, int& to) { to = from == 0 ? to : from; };
  read(wire.rides_days(), retention.rides);
  read(wire.calls_days(), retention.calls);
  read(wire.rider_cards_days(), retention.rider_cards);
  read(wire.cash_sheets_days(), retention.cash_sheets);
  return retention;
}

Reminders ReadReminders(const v1::Reminders& wire, Problems& problems) {
  Reminders reminders;
  if (!wire.evening().empty())
    reminders.evening = ReadTimeOfDay("reminders.evening", wire.evening(), problems);
  ReadRule("reminders.ahead", wire.has_ahead(), wire.ahead(), reminders.ahead, problems);
  return reminders;
}

}  // namespace

absl::StatusOr<Settings> StoredSettingsFromWire(const v1::Settings& wire) {
  Problems problems;
  Settings settings;
  settings.name = wire.name();
  settings.phone = problems.Bounded("phone", wire.phone(), 30);
  settings.area = ReadArea(wire.area(), problems);
  settings.stops = Each(
      "stops", wire.stops(), problems,
      [&](const std::string& at, const v1::Stop& stop) { return ReadStop(at, stop, problems); },
      kMostStops);
  settings.doors = ReadApproval("doors", wire.doors(), problems);
  settings.calendar = ReadCalendar(wire.calendar(), problems);
  settings.hours = ReadHours(wire.hours(), problems);
  settings.vehicles = Each(
      "vehicles", wire.vehicles(), problems,
      [&](const std::string& at, const v1::Vehicle& vehicle) {
        return ReadVehicle(at, vehicle, problems);
      },
      kMostVehicles);
  settings.shifts = Each(
      "shifts", wire.shifts(), problems,
      [&](const std::string& at, const v1::Shift& shift) { return ReadShift(at, shift, problems); },
      kMostShifts);
  settings.rules = ReadRules(wire.rules(), problems);
  settings.fares = Each(
      "fares", wire.fares(), problems,
      [](const std::string&, const v1::FareCategory& fare) {
        return FareCategory{FareCategoryId(fare.id()), fare.name(), Money{fare.price_cents()},
                            fare.needs_proof()};
      },
      kMostFares);
  settings.retention = ReadRetention(wire.retention());
  settings.reminders = ReadReminders(wire.reminders(), problems);
  RETURN_IF_ERROR(std::move(problems).Take());
  return settings;
}

absl::StatusOr<Settings> SettingsFromWire(const v1::Settings& wire) {
  ASSIGN_OR_RETURN(Settings settings, StoredSettingsFromWire(wire));
  RETURN_IF_ERROR(ValidateSettings(settings));
  return settings;
}

}  // namespace stadtmesh::buergerbus
