#include "routing/osm_conditions.h"

#include <array>
#include <cctype>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace stadtmesh::routing {
namespace {

constexpr int kDayBegins = 6 * 60, kDayEnds = 22 * 60;  // minutes

struct Property {
  absl::string_view name;
  double value;
};
constexpr std::array<Property, 10> kProperties = {{{"weight", kVehicleTonnes},
                                                   {"maxweight", kVehicleTonnes},
                                                   {"weightrating", kVehicleTonnes},
                                                   {"maxweightrating", kVehicleTonnes},
                                                   {"height", kVehicleHeightMetres},
                                                   {"width", kVehicleWidthMetres},
                                                   {"length", kVehicleLengthMetres},
                                                   {"axles", 2},
                                                   {"seats", 9},
                                                   {"wheels", 4}}};

constexpr std::array<absl::string_view, 22> kOthers = {
    "hgv",         "hgv_articulated", "goods",        "trailer",  "caravan", "motorhome",
    "tourist_bus", "coach",           "motorcycle",   "moped",    "mofa",    "bicycle",
    "foot",        "horse",           "agricultural", "forestry", "tractor", "taxi",
    "emergency",   "hazmat",          "lhv",          "disabled"};

// "22:00" at the start of `text`, which moves behind it.
std::optional<int> TakeTime(absl::string_view& text) {
  const size_t colon = text.find(':');
  int hour = 0, minute = 0;
  if (colon == 0 || colon > 2 || text.size() < colon + 3 ||
      !absl::SimpleAtoi(text.substr(0, colon), &hour) ||
      !absl::SimpleAtoi(text.substr(colon + 1, 2), &minute)) {
    return std::nullopt;
  }
  text.remove_prefix(colon + 3);
  return hour * 60 + minute;
}

bool OverlapsDay(int from, int to) {
  if (to <= from) to += 24 * 60;  // over midnight
  return (from < kDayEnds && to > kDayBegins) || to > 24 * 60 + kDayBegins;
}

// Of all times of day in the text: whether one overlaps the day's service. Nothing: there is none.
std::optional<bool> HoldsByDay(absl::string_view text) {
  std::optional<bool> result;
  while (!text.empty()) {
    absl::string_view rest = text;
    const auto from =
        std::isdigit(static_cast<unsigned char>(text[0])) ? TakeTime(rest) : std::nullopt;
    if (!from) {
      text.remove_prefix(1);
      continue;
    }
    rest = absl::StripLeadingAsciiWhitespace(rest);
    std::optional<int> to;
    if (absl::ConsumePrefix(&rest, "-")) {
      rest = absl::StripLeadingAsciiWhitespace(rest);
      to = TakeTime(rest);
    }
    result = result.value_or(false) || !to || OverlapsDay(*from, *to);
    text = rest;
  }
  return result;
}

// "weight>3.5": whether it is so for our bus. Nothing: no comparison of what we know.
std::optional<bool> Compare(absl::string_view text) {
  const size_t sign = text.find_first_of("<>=");
  if (sign == absl::string_view::npos) return std::nullopt;
  const absl::string_view name = absl::StripAsciiWhitespace(text.substr(0, sign));
  const bool equal = text.size() > sign + 1 && text[sign + 1] == '=';
  const double bound = ParseMeasure(text.substr(sign + (equal ? 2 : 1)));
  for (const Property& property : kProperties) {
    if (property.name != name || bound < 0) continue;
    if (text[sign] == '>') return equal ? property.value >= bound : property.value > bound;
    if (text[sign] == '<') return equal ? property.value <= bound : property.value < bound;
    return property.value == bound;
  }
  return std::nullopt;
}

bool MayHold(absl::string_view part, bool public_service_vehicle) {
  part = absl::StripAsciiWhitespace(part);
  if (const auto compared = Compare(part)) return *compared;
  for (const absl::string_view other : kOthers) {
    if (part == other) return false;
  }
  if (part == "bus" || part == "psv" || part == "minibus") return public_service_vehicle;
  return HoldsByDay(part).value_or(true);
}

bool MayHoldAll(absl::string_view condition, bool public_service_vehicle) {
  const std::string text = absl::StrReplaceAll(absl::AsciiStrToLower(condition),
                                               {{"(", " "}, {")", " "}, {" and ", "\n"}});
  for (const absl::string_view part : absl::StrSplit(text, '\n')) {
    if (!MayHold(part, public_service_vehicle)) return false;
  }
  return true;
}

}  // namespace

double ParseMeasure(absl::string_view value) {
  value = absl::StripAsciiWhitespace(value);
  size_t end = 0;
  while (end < value.size() &&
         (std::isdigit(static_cast<unsigned char>(value[end])) != 0 || value[end] == '.')) {
    ++end;
  }
  double number = -1;
  const absl::string_view unit = absl::StripAsciiWhitespace(value.substr(end));
  const bool known = unit.empty() || unit == "t" || unit == "m";
  return known && absl::SimpleAtod(value.substr(0, end), &number) ? number : -1;
}

// Semicolons part the clauses, but also stand inside a condition's parentheses.
std::vector<std::string> ValuesThatMayBind(absl::string_view conditional,
                                           bool public_service_vehicle) {
  std::vector<std::string> values;
  std::string clause;
  int depth = 0;
  const auto end = [&] {
    const size_t at = clause.find('@');
    if (at != std::string::npos &&
        MayHoldAll(absl::string_view(clause).substr(at + 1), public_service_vehicle)) {
      values.emplace_back(absl::StripAsciiWhitespace(absl::string_view(clause).substr(0, at)));
    }
    clause.clear();
  };
  for (const char c : conditional) {
    depth += c == '(' ? 1 : c == ')' && depth > 0 ? -1 : 0;
    if (c == ';' && depth == 0) {
      end();
    } else {
      clause += c;
    }
  }
  end();
  return values;
}

}  // namespace stadtmesh::routing
