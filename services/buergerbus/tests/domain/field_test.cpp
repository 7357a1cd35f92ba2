// Our public holidays against those of opening_hours.js, a table of its own kept by others.
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <cstdlib>
#include <map>
#include <set>
#include <string>

#include "buergerbus/domain/public_holidays.h"

namespace stadtmesh::buergerbus {
namespace {

using Day = absl::CivilDay;

const std::map<std::string, FederalState> kStates = {
    {"Baden-Württemberg", FederalState::kBadenWuerttemberg},
    {"Bayern", FederalState::kBavaria},
    {"Berlin", FederalState::kBerlin},
    {"Brandenburg", FederalState::kBrandenburg},
    {"Bremen", FederalState::kBremen},
    {"Hamburg", FederalState::kHamburg},
    {"Hessen", FederalState::kHesse},
    {"Mecklenburg-Vorpommern", FederalState::kMecklenburgWesternPomerania},
    {"Niedersachsen", FederalState::kLowerSaxony},
    {"Nordrhein-Westfalen", FederalState::kNorthRhineWestphalia},
    {"Rheinland-Pfalz", FederalState::kRhinelandPalatinate},
    {"Saarland", FederalState::kSaarland},
    {"Sachsen", FederalState::kSaxony},
    {"Sachsen-Anhalt", FederalState::kSaxonyAnhalt},
    {"Schleswig-Holstein", FederalState::kSchleswigHolstein},
    {"Thüringen", FederalState::kThuringia}};

Day DayOf(const YAML::Node& holiday, int year) {
  if (holiday["fixed_date"])
    return Day(year, holiday["fixed_date"][0].as<int>(), holiday["fixed_date"][1].as<int>());
  if (holiday["variable_date"].as<std::string>() == "easter")
    return EasterSunday(year) + holiday["offset"].as<int>(0);
  return absl::NextWeekday(Day(year, 11, 15),
                           absl::Weekday::wednesday);  // the first Wednesday from 16 November
}

// The table lists holidays of single municipalities under their state.
bool IsMunicipal(const std::string& name, FederalState state) {
  return state == FederalState::kBavaria &&
         (name == "Augsburger Friedensfest" || name == "Mariä Himmelfahrt");
}

std::set<Day> HolidaysOf(const YAML::Node& table, const std::string& state_name, FederalState state,
                         int year) {
  std::set<Day> days;
  for (const YAML::Node& holiday : table) {
    if (holiday["year"] && holiday["year"].as<int>() != year) continue;
    bool here = !holiday["only_states"];
    if (!here) {
      for (const YAML::Node& only : holiday["only_states"])
        here = here || only.as<std::string>() == state_name;
    }
    if (here && !IsMunicipal(holiday["name"].as<std::string>(), state))
      days.insert(DayOf(holiday, year));
  }
  return days;
}

TEST(PublicHolidays, AgreeWithOpeningHours) {
  const YAML::Node table = YAML::LoadFile(std::string(std::getenv("STADTMESH_DATA")) +
                                          "/opening_hours/holidays_de.yaml")["PH"];
  ASSERT_GT(table.size(), 15u);
  // From 2026: the table knows neither the years in which holidays began nor those that were held
  // once.
  for (int year = 2026; year <= 2050; ++year) {
    for (const auto& [name, state] : kStates) {
      std::set<Day> ours;
      for (Day day(year, 1, 1); day.year() == year; ++day) {
        if (!PublicHolidayName(state, day).empty()) ours.insert(day);
      }
      EXPECT_EQ(ours, HolidaysOf(table, name, state, year)) << name << " " << year;
    }
  }
}

}  // namespace
}  // namespace stadtmesh::buergerbus
