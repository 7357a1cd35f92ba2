// Who has a shift, and what it comes to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "buergerbus/tests/component/steps.h"

namespace stadtmesh::buergerbus {
namespace {

TEST(Shifts, AreOfDaysThatSomebodyCanDrive) {
  Town town;
  const auto assign = [&](const std::string& day) {
    v1::AssignShiftRequest request;
    request.set_tour_id("bus-1_" + day);
    request.set_shift_id("bus-1-frueh");
    request.set_driver(town.AliasOf(Driver()));
    return town.Call<v1::TourShift>(Dispatcher(), "AssignShift", request).status();
  };
  EXPECT_EQ(ReasonIn(assign("2020-03-02")), "IN_PAST");
  EXPECT_EQ(ReasonIn(assign("9999-03-01")), "TOO_FAR_AHEAD");
  EXPECT_EQ(ReasonIn(assign("2025-03-01")), "SHIFT_UNKNOWN") << "it was a Saturday";
  EXPECT_TRUE(assign("2025-03-03").ok()) << assign("2025-03-03");
  EXPECT_TRUE(assign("2025-09-01").ok()) << "rosters are made long before";
  v1::StartShiftRequest start;
  start.set_tour_id("bus-1_2020-03-02");
  start.set_shift_id("bus-1-frueh");
  EXPECT_EQ(ReasonIn(town.Call<v1::Manifest>(Driver(), "StartShift", start).status()), "IN_PAST");
}

TEST(Shifts, ARunningShiftAlwaysHasADriver) {
  Town town;
  const auto ride = town.Book(Citizen(), town.Wish());
  ASSERT_TRUE(ride.ok()) << ride.status();
  const auto begun = BeginShift(town, *ride);
  ASSERT_TRUE(begun.ok()) << begun.status();
  v1::AssignShiftRequest assign;
  assign.set_tour_id(ride->tour_id());
  assign.set_shift_id(ShiftOf(*begun, ride->ride_id()));
  EXPECT_EQ(ReasonIn(town.Call<v1::TourShift>(Dispatcher(), "AssignShift", assign).status()),
            "SHIFT_RUNNING");
  EXPECT_TRUE(DelayBy(town, ride->tour_id(), absl::Minutes(5)).ok()) << "its driver still has it";
  assign.set_driver(town.AliasOf(Driver("doris")));
  const auto handed = town.Call<v1::TourShift>(Dispatcher(), "AssignShift", assign);
  ASSERT_TRUE(handed.ok()) << handed.status();
  EXPECT_EQ(handed->driver(), town.AliasOf(Driver("doris")));
}

TEST(Shifts, TheCashSheetNamesWhoClosesIt) {
  Town town;
  const auto ride = town.Book(Citizen(), town.Wish(absl::Minutes(75)));
  ASSERT_TRUE(ride.ok()) << ride.status();
  const auto begun = BeginShift(town, *ride);
  ASSERT_TRUE(begun.ok()) << begun.status();
  town.clock().Set(TimeOf(ride->promise().pickup().begin()));
  ASSERT_TRUE(BoardRider(town, ride->ride_id()).ok());
  v1::TakeFareRequest fare;
  fare.set_ride_id(ride->ride_id());
  fare.set_payment(v1::CASH);
  fare.set_amount_cents(ride->fare_cents());
  ASSERT_TRUE(town.Call<v1::Ride>(Driver(), "TakeFare", fare).ok());
  v1::AssignShiftRequest assign;
  assign.set_tour_id(ride->tour_id());
  assign.set_shift_id(ShiftOf(*begun, ride->ride_id()));
  assign.set_driver(town.AliasOf(Driver("doris")));
  ASSERT_TRUE(town.Call<v1::TourShift>(Dispatcher(), "AssignShift", assign).ok());
  v1::ReportAlightingRequest alight;
  alight.set_ride_id(ride->ride_id());
  ASSERT_TRUE(town.Call<v1::Ride>(Driver("doris"), "ReportAlighting", alight).ok());
  v1::EndShiftRequest end;
  end.set_tour_id(ride->tour_id());
  end.set_shift_id(assign.shift_id());
  end.set_counted_cents(ride->fare_cents());
  const auto sheet = town.Call<v1::CashSheet>(Driver("doris"), "EndShift", end);
  ASSERT_TRUE(sheet.ok()) << sheet.status();
  EXPECT_EQ(sheet->driver(), town.AliasOf(Driver("doris")));
  EXPECT_EQ(sheet->cash_cents(), ride->fare_cents());
}

TEST(Shifts, AShiftStartedByMistakeIsNotLost) {
  Town town;
  const auto ride = town.Book(Citizen(), town.Wish(absl::Hours(24 + 3)));
  ASSERT_TRUE(ride.ok()) << ride.status();
  EXPECT_EQ(ReasonIn(BeginShift(town, *ride).status()), "TOO_FAR_AHEAD") << "tomorrow's";
  town.clock().Advance(absl::Hours(21));  // 04:00: it begins at 05:30
  const auto begun = BeginShift(town, *ride);
  ASSERT_TRUE(begun.ok()) << begun.status();
  v1::EndShiftRequest end;
  end.set_tour_id(ride->tour_id());
  end.set_shift_id(ShiftOf(*begun, ride->ride_id()));
  const auto sheet = town.Call<v1::CashSheet>(Driver(), "EndShift", end);
  ASSERT_TRUE(sheet.ok()) << sheet.status();
  EXPECT_FALSE(sheet->has_closed_at());
  ExpectWhole(town, {ride->ride_id()});
  town.clock().Advance(absl::Hours(2));
  EXPECT_TRUE(BeginShift(town, *ride).ok()) << "in earnest";
}

}  // namespace
}  // namespace stadtmesh::buergerbus
