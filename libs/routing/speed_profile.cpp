#include "routing/speed_profile.h"

#include "absl/strings/str_cat.h"
#include "base/error.h"

namespace stadtmesh::routing {
namespace {

// Percent on through roads (trunk to tertiary), motorways and local streets.
SpeedProfile::Hour MakeHour(uint8_t motorway, uint8_t through, uint8_t local) {
  SpeedProfile::Hour hour;
  hour.fill(local);
  hour[static_cast<int>(RoadClass::kMotorway)] = motorway;
  for (const RoadClass c :
       {RoadClass::kTrunk, RoadClass::kPrimary, RoadClass::kSecondary, RoadClass::kTertiary}) {
    hour[static_cast<int>(c)] = through;
  }
  return hour;
}

}  // namespace

SpeedProfile SpeedProfile::FreeFlow() {
  SpeedProfile profile;
  profile.percent.fill(MakeHour(100, 100, 100));
  return profile;
}

SpeedProfile SpeedProfile::WorkingDay() {
  SpeedProfile profile;
  for (int hour = 0; hour < kHoursPerDay; ++hour) {
    const bool night = hour < 6 || hour >= 21;
    const bool morning = hour == 7 || hour == 8;
    const bool evening = hour >= 16 && hour <= 18;
    if (night) {
      profile.percent[hour] = MakeHour(105, 108, 102);
    } else if (morning) {
      profile.percent[hour] = MakeHour(88, 78, 92);
    } else if (evening) {
      profile.percent[hour] = MakeHour(86, 80, 93);
    } else {
      profile.percent[hour] = MakeHour(98, 92, 97);
    }
  }
  return profile;
}

absl::Status Validate(const SpeedProfile& profile) {
  for (int hour = 0; hour < kHoursPerDay; ++hour) {
    for (int road_class = 0; road_class < kRoadClassCount; ++road_class) {
      const int percent = profile.percent[hour][road_class];
      if (percent < 10 || percent > 200) {
        return InvalidField(absl::StrCat("percent[", hour, "][", road_class, "]"),
                            FieldReason::kOutOfRange, "10..200");
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace stadtmesh::routing
