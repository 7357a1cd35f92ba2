#include "buergerbus/print.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/money.h"
#include "base/time.h"

namespace stadtmesh::buergerbus {
namespace {

std::string Escape(absl::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

// What the page says, in one language.
struct Words {
  const char *language, *title, *shift, *time, *place, *rider, *places, *price, *promised, *wait;
  const char *board, *alight, *pause, *until, *by, *held;
  const char *person, *people, *wheelchair, *walker, *pram;
  const char* weekdays[7];  // from Monday
};

constexpr Words kGerman = {
    "de",
    "Fahrerliste",
    "Dienst",
    "Zeit",
    "Ort",
    "Fahrgast",
    "Plätze",
    "Preis",
    "Zugesagt",
    "Warten bis",
    "ein",
    "aus",
    "Pause",
    "bis",
    "spätestens",
    "nur vorgemerkt, noch nicht gebucht",
    "Person",
    "Personen",
    "Rollstuhl",
    "Rollator",
    "Kinderwagen",
    {"Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"}};
constexpr Words kEnglish = {
    "en",         "Driver's list",
    "Shift",      "Time",
    "Place",      "Rider",
    "Places",     "Price",
    "Promised",   "Wait until",
    "on",         "off",
    "Break",      "until",
    "by",         "only held, not booked yet",
    "person",     "people",
    "wheelchair", "walker",
    "pram",       {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}};

std::string DayText(absl::CivilDay day, const Words& words) {
  const char* weekday = words.weekdays[static_cast<int>(absl::GetWeekday(day))];
  if (&words == &kEnglish) return absl::StrCat(weekday, ", ", FormatDay(day));
  return absl::StrFormat("%s, %02d.%02d.%d", weekday, day.day(), day.month(), day.year());
}

// "08:05". The hour that summer time ends in comes twice: "02A:05" and "02B:05"
// (Sommerzeitverordnung, § 2).
std::string ClockTime(absl::Time time) {
  const absl::TimeZone::TimeInfo local = Berlin().At(Berlin().At(time).cs);
  if (local.kind != absl::TimeZone::TimeInfo::REPEATED)
    return absl::FormatTime("%H:%M", time, Berlin());
  return absl::FormatTime(time < local.trans ? "%HA:%M" : "%HB:%M", time, Berlin());
}

std::string PartyText(const Party& party, const Words& words) {
  std::string text =
      absl::StrCat(party.people, " ", party.people == 1 ? words.person : words.people);
  if (party.wheelchairs > 0) absl::StrAppend(&text, ", ", party.wheelchairs, " ", words.wheelchair);
  if (party.walkers > 0) absl::StrAppend(&text, ", ", party.walkers, " ", words.walker);
  if (party.prams > 0) absl::StrAppend(&text, ", ", party.prams, " ", words.pram);
  return text;
}

const RideView* FindRide(const TourView& view, const RideId& id) {
  for (const RideView& ride : view.rides) {
    if (ride.ride.id == id) return &ride;
  }
  return nullptr;
}

// Until when the bus waits for a party that does not come, if it arrives as expected.
std::string WaitUntil(const TourView& view, const Visit& visit) {
  const auto waiting = view.waiting.find(visit.ride);
  if (visit.kind != VisitKind::kPickup || waiting == view.waiting.end()) return "";
  return ClockTime(waiting->second.no_show_from);
}

// "08:00–08:15" at the pick-up, "spätestens 08:50" at the destination.
std::string Promised(const Promise& promise, bool pickup, const Words& words) {
  if (!pickup) return absl::StrCat(words.by, " ", ClockTime(promise.latest_arrival));
  return absl::StrCat(ClockTime(promise.pickup.begin), "–", ClockTime(promise.pickup.end));
}

std::string Cells(const std::vector<std::string>& cells) {
  std::string row = "<tr>";
  for (const std::string& cell : cells) absl::StrAppend(&row, "<td>", cell, "</td>");
  return row + "</tr>\n";
}

std::string Row(const TourView& view, const Visit& visit, const Words& words) {
  if (visit.kind == VisitKind::kBreak) {
    return absl::StrCat("<tr><td>", ClockTime(visit.begin), "</td><td>", words.pause,
                        "</td><td colspan=\"6\">", words.until, " ", ClockTime(visit.end),
                        "</td></tr>\n");
  }
  const RideView* ride = FindRide(view, visit.ride);
  if (ride == nullptr) return "";
  const bool pickup = visit.kind == VisitKind::kPickup;
  const Place& place = pickup ? ride->ride.trip.origin : ride->ride.trip.destination;
  const Contact contact = ride->contact.value_or(Contact{});
  std::string who = absl::StrCat(Escape(contact.name), "<br>", Escape(contact.phone));
  if (ride->ride.state == RideState::kHeld) absl::StrAppend(&who, "<br><b>", words.held, "</b>");
  return Cells({ClockTime(visit.begin), pickup ? words.board : words.alight, Escape(place.label),
                who,
                absl::StrCat(PartyText(ride->ride.trip.party, words), "<br>", Escape(contact.note)),
                Promised(ride->ride.promise, pickup, words),
                pickup ? FormatGerman(ride->ride.fare.total) : "", WaitUntil(view, visit)});
}

constexpr absl::string_view kStyle =
    "<style>body{font:11pt sans-serif}table{border-collapse:collapse;width:100%}"
    "td,th{border:1px solid #000;padding:3pt;text-align:left;vertical-align:top}"
    "tr{break-inside:avoid}@page{size:A4;margin:12mm}</style>";

std::string Table(const std::string& rows, const Words& words) {
  std::string head;
  for (const char* name : {words.time, "", words.place, words.rider, words.places, words.promised,
                           words.price, words.wait}) {
    absl::StrAppend(&head, "<th>", name, "</th>");
  }
  return absl::StrCat("<table><thead><tr>", head, "</tr></thead><tbody>\n", rows,
                      "</tbody></table>\n");
}

}  // namespace

absl::StatusOr<std::string> PrintManifest(const TourView& view, const ShiftId& shift,
                                          absl::string_view language) {
  const Words& words = language == "en" ? kEnglish : kGerman;
  const std::vector<Shift>& shifts = view.tour.shifts;
  const auto found = std::find_if(shifts.begin(), shifts.end(),
                                  [&](const Shift& each) { return each.id == shift; });
  if (found == shifts.end()) return Refuse(Reason::kShiftUnknown);
  std::string rows;
  for (const Visit& visit : view.tour.visits) {
    if (visit.shift == found - shifts.begin()) absl::StrAppend(&rows, Row(view, visit, words));
  }
  return absl::StrCat("<!DOCTYPE html>\n<html lang=\"", words.language,
                      "\"><head><meta charset=\"utf-8\"><title>", words.title, "</title>\n", kStyle,
                      "</head><body>\n<h1>", Escape(view.vehicle_name), ", ",
                      DayText(view.tour.id.day, words), "</h1>\n<p>", words.shift, " ",
                      Escape(shift.value()), ", ", ClockTime(found->begin), "–",
                      ClockTime(found->end), "</p>\n", Table(rows, words), "</body></html>\n");
}

}  // namespace stadtmesh::buergerbus
