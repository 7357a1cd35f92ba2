#include "buergerbus/print.h"

#include "absl/strings/str_cat.h"
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

std::string ClockTime(absl::Time time) { return absl::FormatTime("%H:%M", time, Berlin()); }

std::string PartyText(const Party& party) {
  std::string text = absl::StrCat(party.people, party.people == 1 ? " Person" : " Personen");
  if (party.wheelchairs > 0) absl::StrAppend(&text, ", ", party.wheelchairs, " Rollstuhl");
  if (party.walkers > 0) absl::StrAppend(&text, ", ", party.walkers, " Rollator");
  if (party.prams > 0) absl::StrAppend(&text, ", ", party.prams, " Kinderwagen");
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

std::string Row(const TourView& view, const Visit& visit) {
  if (visit.kind == VisitKind::kBreak) {
    return absl::StrCat("<tr><td>", ClockTime(visit.begin),
                        "</td><td>Pause</td><td colspan=\"5\">bis ", ClockTime(visit.end),
                        "</td></tr>\n");
  }
  const RideView* ride = FindRide(view, visit.ride);
  if (ride == nullptr) return "";
  const bool pickup = visit.kind == VisitKind::kPickup;
  const Place& place = pickup ? ride->ride.trip.origin : ride->ride.trip.destination;
  const Contact contact = ride->contact.value_or(Contact{});
  return absl::StrCat("<tr><td>", ClockTime(visit.begin), "</td><td>", pickup ? "ein" : "aus",
                      "</td><td>", Escape(place.label), "</td><td>", Escape(contact.name), "<br>",
                      Escape(contact.phone), "</td><td>", PartyText(ride->ride.trip.party), "<br>",
                      Escape(contact.note), "</td><td>",
                      pickup ? FormatGerman(ride->ride.fare.total) : "", "</td><td>",
                      WaitUntil(view, visit), "</td></tr>\n");
}

}  // namespace

std::string PrintManifest(const TourView& view, const ShiftId& shift) {
  std::string rows, span;
  for (size_t i = 0; i < view.tour.shifts.size(); ++i) {
    const Shift& each = view.tour.shifts[i];
    if (each.id != shift) continue;
    span = absl::StrCat(ClockTime(each.begin), "–", ClockTime(each.end));
    for (const Visit& visit : view.tour.visits) {
      if (visit.shift == static_cast<int>(i)) absl::StrAppend(&rows, Row(view, visit));
    }
  }
  return absl::StrCat(
      "<!DOCTYPE html>\n<html lang=\"de\"><head><meta "
      "charset=\"utf-8\"><title>Fahrerliste</title>\n<style>"
      "body{font:11pt sans-serif}table{border-collapse:collapse;width:100%}"
      "td,th{border:1px solid "
      "#000;padding:3pt;text-align:left;vertical-align:top}tr{break-inside:avoid}"
      "@page{size:A4;margin:12mm}</style></head><body>\n<h1>",
      Escape(view.vehicle_name), ", ", FormatDay(view.tour.id.day), "</h1>\n<p>Dienst ",
      Escape(shift.value()), ", ", span,
      "</p>\n<table><thead><tr><th>Zeit</th><th></th><th>Ort</th><th>Fahrgast</th><th>Plätze</"
      "th><th>Preis</th><th>Warten bis</th></tr></thead>"
      "<tbody>\n",
      rows, "</tbody></table>\n</body></html>\n");
}

}  // namespace stadtmesh::buergerbus
