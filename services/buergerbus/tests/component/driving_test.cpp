// A shift as it is driven, and a bus that breaks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "buergerbus/tests/component/steps.h"
#include "stadtmesh/http/v1/raw.pb.h"

namespace stadtmesh::buergerbus {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST(Driving, AShiftFromItsStartToItsCashSheet) {
  Town town;
  const auto ride = town.Book(Citizen(), town.Wish(absl::Minutes(75)));  // before the first break
  ASSERT_TRUE(ride.ok()) << ride.status();
  EXPECT_TRUE(absl::IsNotFound(town.GetManifest(Driver(), ride->tour_id()).status()))
      << "not the driver's yet";
  const auto started = BeginShift(town, *ride);
  ASSERT_TRUE(started.ok()) << started.status();
  EXPECT_EQ(
      ReasonIn(
          Report<v1::ReportAlightingRequest>(town, "ReportAlighting", ride->ride_id()).status()),
      "VISIT_NOT_NEXT");

  town.clock().Set(absl::FromUnixSeconds(ride->promise().pickup().begin().seconds()));
  v1::ReportArrivalRequest arrival;
  arrival.set_tour_id(ride->tour_id());
  arrival.set_kind(v1::PICKUP);
  arrival.set_ride_id(ride->ride_id());
  const auto arrived = town.Call<v1::Manifest>(Driver(), "ReportArrival", arrival);
  ASSERT_TRUE(arrived.ok()) << arrived.status();
  const auto boarded = Report<v1::ReportBoardingRequest>(town, "ReportBoarding", ride->ride_id());
  ASSERT_TRUE(boarded.ok()) << boarded.status();
  EXPECT_EQ(boarded->state(), v1::Ride::BOARDED);

  v1::ReportPositionRequest position;
  position.set_tour_id(ride->tour_id());
  position.mutable_location()->set_latitude(51.91);
  position.mutable_location()->set_longitude(7.31);
  ASSERT_TRUE(town.Call<v1::ReportPositionResponse>(Driver(), "ReportPosition", position).ok());
  EXPECT_EQ(town.GetRide(Citizen(), ride->ride_id())->vehicle_location().latitude(), 51.91);

  v1::TakeFareRequest fare;
  fare.set_ride_id(ride->ride_id());
  fare.set_payment(v1::CASH);
  fare.set_amount_cents(ride->fare_cents());
  ASSERT_TRUE(town.Call<v1::Ride>(Driver(), "TakeFare", fare).ok());
  town.clock().Advance(absl::Minutes(10));
  const auto alighted =
      Report<v1::ReportAlightingRequest>(town, "ReportAlighting", ride->ride_id());
  ASSERT_TRUE(alighted.ok()) << alighted.status();
  EXPECT_EQ(alighted->state(), v1::Ride::COMPLETED);

  v1::PrintManifestRequest print;
  print.set_tour_id(ride->tour_id());
  print.set_shift_id(ShiftOf(*started, ride->ride_id()));
  const auto page = town.Call<http::v1::RawResponse>(Driver(), "PrintManifest", print);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_THAT(page->body(), HasSubstr("Halt 22"));
  v1::EndShiftRequest end;
  end.set_tour_id(ride->tour_id());
  end.set_shift_id(print.shift_id());
  end.set_counted_cents(ride->fare_cents());
  const auto sheet = town.Call<v1::CashSheet>(Driver(), "EndShift", end);
  ASSERT_TRUE(sheet.ok()) << sheet.status();
  EXPECT_EQ(sheet->cash_cents(), ride->fare_cents());
  EXPECT_THAT(sheet->entries(), SizeIs(1));
  EXPECT_TRUE(sheet->has_closed_at());
}

// The fare was taken, the bus broke down, another one brings them on.
TEST(Driving, WhoGoesOnInAnotherBusPaysOnce) {
  Town town;
  const auto ride = town.Book(Citizen(), town.Wish(absl::Minutes(75)));
  ASSERT_TRUE(ride.ok()) << ride.status();
  const auto first = BeginShift(town, *ride);
  ASSERT_TRUE(first.ok()) << first.status();
  town.clock().Set(TimeOf(ride->promise().pickup().begin()));
  ASSERT_TRUE(BoardRider(town, ride->ride_id()).ok());
  const auto take = [&](int cents) {
    v1::TakeFareRequest fare;
    fare.set_ride_id(ride->ride_id());
    fare.set_payment(v1::CASH);
    fare.set_amount_cents(cents);
    return town.Call<v1::Ride>(Driver(), "TakeFare", fare);
  };
  ASSERT_TRUE(take(ride->fare_cents()).ok());
  v1::TakeVehicleOutRequest out;
  out.set_vehicle_id(ride->vehicle_id());
  ASSERT_TRUE(town.Call<v1::TakeVehicleOutResponse>(Dispatcher(), "TakeVehicleOut", out).ok());
  const auto changed = Change(town, ride->ride_id(), town.Wish(absl::Minutes(15)));
  ASSERT_TRUE(changed.ok() && changed->has_ride()) << changed.status();
  ASSERT_NE(changed->ride().tour_id(), ride->tour_id());
  const auto second = BeginShift(town, changed->ride());
  ASSERT_TRUE(second.ok()) << second.status();
  town.clock().Set(TimeOf(changed->ride().promise().pickup().begin()));
  ASSERT_TRUE(BoardRider(town, ride->ride_id()).ok());

  const auto cash = [&](const v1::Manifest& manifest, const std::string& shift) {
    v1::GetCashSheetRequest request;
    request.set_tour_id(manifest.tour_id());
    request.set_shift_id(shift);
    const auto sheet = town.Call<v1::CashSheet>(Driver(), "GetCashSheet", request);
    EXPECT_TRUE(sheet.ok()) << sheet.status();
    return sheet->cash_cents();
  };
  const std::string first_shift = ShiftOf(*first, ride->ride_id()),
                    second_shift = ShiftOf(*second, ride->ride_id());
  const int paid = ride->fare_cents();
  ASSERT_TRUE(take(paid).ok());
  EXPECT_EQ(cash(*first, first_shift), paid);
  EXPECT_EQ(cash(*second, second_shift), 0) << "it is paid";
  for (const int corrected : {paid - 50, paid - 20, paid}) {
    ASSERT_TRUE(take(corrected).ok());
    EXPECT_EQ(cash(*first, first_shift), paid) << "another driver's purse";
    EXPECT_EQ(cash(*second, second_shift), corrected - paid) << "given back";
  }
}

TEST(Driving, ABrokenBusLosesNoRide) {
  Town town;
  std::vector<v1::Ride> rides;
  for (int i = 0; i < 12; ++i) {
    const auto ride =
        town.Book(Citizen(absl::StrCat("p", i)), town.Wish(absl::Hours(2) + absl::Minutes(15 * i)));
    ASSERT_TRUE(ride.ok()) << ride.status();
    rides.push_back(*ride);
  }
  v1::TakeVehicleOutRequest out;
  out.set_vehicle_id(rides[0].vehicle_id());
  const auto result = town.Call<v1::TakeVehicleOutResponse>(Dispatcher(), "TakeVehicleOut", out);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_GT(result->moved_size() + result->affected_size(), 0);
  for (const v1::Ride& before : rides) {
    const auto after = town.GetRide(Dispatcher(), before.ride_id());
    ASSERT_TRUE(after.ok()) << after.status();
    EXPECT_EQ(after->promise().ShortDebugString(), before.promise().ShortDebugString());
    if (after->state() == v1::Ride::AFFECTED) continue;
    EXPECT_EQ(after->state(), v1::Ride::BOOKED);
    EXPECT_NE(after->vehicle_id(), rides[0].vehicle_id());
  }
}

TEST(Driving, ACancelledRideFreesItsPlace) {
  Town town;
  const auto ride = town.Book(Citizen(), town.Wish());
  ASSERT_TRUE(ride.ok()) << ride.status();
  v1::CancelRideRequest cancel;
  cancel.set_ride_id(ride->ride_id());
  const auto cancelled = town.Call<v1::Ride>(Citizen(), "CancelRide", cancel);
  ASSERT_TRUE(cancelled.ok()) << cancelled.status();
  EXPECT_EQ(cancelled->state(), v1::Ride::CANCELLED);
  EXPECT_TRUE(town.GetManifest(Dispatcher(), ride->tour_id())->visits().empty() ||
              town.GetManifest(Dispatcher(), ride->tour_id())->rides().empty());
}

TEST(Driving, AChangedRideGetsItsNewPromise) {
  Town town;
  const auto ride = town.Book(Citizen(), town.Wish());
  ASSERT_TRUE(ride.ok()) << ride.status();
  v1::FindOffersRequest wish = town.Wish(absl::Hours(5));
  wish.set_replaces_ride_id(ride->ride_id());
  const auto offers = town.FindOffers(Citizen(), wish);
  ASSERT_TRUE(offers.ok() && offers->offers_size() > 0) << offers.status();
  v1::ChangeRideRequest change;
  change.set_ride_id(ride->ride_id());
  change.set_offer_id(offers->offers(0).offer_id());
  const auto changed = town.Call<v1::ChangeRideResponse>(Citizen(), "ChangeRide", change);
  ASSERT_TRUE(changed.ok()) << changed.status();
  ASSERT_TRUE(changed->has_ride()) << changed->DebugString();
  EXPECT_EQ(changed->ride().revision(), 1);
  EXPECT_EQ(changed->ride().promise().ShortDebugString(),
            offers->offers(0).promise().ShortDebugString());
  const auto manifest = town.GetManifest(Dispatcher(), changed->ride().tour_id());
  EXPECT_THAT(manifest->rides(), SizeIs(1));
}

TEST(Driving, OutAndBackAreBookedTogether) {
  Town town;
  const auto held = HoldOutAndBack(town, Citizen());
  ASSERT_TRUE(held.ok()) << held.status();
  ASSERT_THAT(held->rides(), SizeIs(2)) << held->DebugString();
  v1::BookRideRequest book;
  book.set_booking_id(held->rides(0).booking_id());
  const auto booked = town.Call<v1::BookRideResponse>(Citizen(), "BookRide", book);
  ASSERT_TRUE(booked.ok()) << booked.status();
  ASSERT_THAT(booked->rides(), SizeIs(2));
  EXPECT_EQ(booked->rides(0).other_ride_id(), booked->rides(1).ride_id());
  EXPECT_EQ(booked->rides(1).state(), v1::Ride::BOOKED);
}

// Who wants to go back before the way there can have ended is offered what goes with it.
TEST(Driving, WaysBackGoWithTheFirstWayThere) {
  Town town;
  v1::FindOffersRequest wish = town.Wish(absl::Hours(2));
  wish.mutable_back()->mutable_depart_at()->set_seconds(
      absl::ToUnixSeconds(town.clock().Now() + absl::Minutes(125)));
  const auto offers = town.FindOffers(Citizen(), wish);
  ASSERT_TRUE(offers.ok()) << offers.status();
  ASSERT_GT(offers->offers_size(), 0);
  ASSERT_GT(offers->back_offers_size(), 0) << offers->DebugString();
  const absl::Time earliest =
      TimeOf(offers->offers(0).promise().latest_arrival()) + absl::Minutes(10);
  for (const v1::Offer& back : offers->back_offers())
    EXPECT_GE(TimeOf(back.promise().pickup().begin()), earliest);
  v1::HoldRideRequest hold;
  hold.set_offer_id(offers->offers(0).offer_id());
  hold.set_back_offer_id(offers->back_offers(0).offer_id());
  const auto held = town.Call<v1::HoldRideResponse>(Citizen(), "HoldRide", hold);
  ASSERT_TRUE(held.ok()) << held.status();
  EXPECT_THAT(held->rides(), SizeIs(2)) << held->DebugString();
}

// A delay counts once, from the plan without it; a later report corrects it, and none brings the
// plan back.
TEST(Driving, ADelayIsNotAddedToTheOneBefore) {
  Town town;
  const auto ride = town.Book(Citizen(), town.Wish(absl::Minutes(75)));
  ASSERT_TRUE(ride.ok() && BeginShift(town, *ride).ok()) << ride.status();
  town.clock().Set(TimeOf(ride->promise().pickup().begin()) - absl::Minutes(20));
  const auto pickup = [&](absl::Duration delay) {
    const auto manifest = DelayBy(town, ride->tour_id(), delay);
    EXPECT_TRUE(manifest.ok()) << manifest.status();
    for (const v1::Visit& visit : manifest->visits()) {
      if (visit.kind() != v1::PICKUP) continue;
      EXPECT_EQ(visit.expected().seconds(), visit.begin().seconds());
      return TimeOf(visit.begin());
    }
    return absl::InfinitePast();
  };
  const absl::Time planned = TimeOf(ride->expected_pickup());
  EXPECT_EQ(pickup(absl::Minutes(10)), planned + absl::Minutes(10));
  EXPECT_EQ(pickup(absl::Minutes(11)), planned + absl::Minutes(11));
  EXPECT_EQ(pickup(absl::Minutes(10)), planned + absl::Minutes(10));
  EXPECT_EQ(pickup(absl::ZeroDuration()), planned);
  // Beyond the promise, and it was a mistake.
  EXPECT_EQ(pickup(absl::Hours(1)), planned + absl::Hours(1));
  EXPECT_EQ(pickup(absl::Minutes(10)), planned + absl::Minutes(10));
  EXPECT_EQ(pickup(absl::ZeroDuration()), planned);
  EXPECT_THAT(OpenCalls(town), SizeIs(0));
}

// The manifest says how long to wait, and the report is taken from then on.
TEST(Driving, ANoShowIsReportedWhenTheManifestSaysSo) {
  Town town;
  const auto ride = town.Book(Citizen(), town.Wish(absl::Minutes(75)));
  ASSERT_TRUE(ride.ok()) << ride.status();
  ASSERT_TRUE(BeginShift(town, *ride).ok());
  town.clock().Set(TimeOf(ride->promise().pickup().begin()));
  v1::ReportArrivalRequest arrival;
  arrival.set_tour_id(ride->tour_id());
  arrival.set_kind(v1::PICKUP);
  arrival.set_ride_id(ride->ride_id());
  const auto manifest = town.Call<v1::Manifest>(Driver(), "ReportArrival", arrival);
  ASSERT_TRUE(manifest.ok()) << manifest.status();
  const v1::Visit& pickup = manifest->visits(0);
  ASSERT_EQ(pickup.ride_id(), ride->ride_id());
  EXPECT_GT(TimeOf(pickup.leave_by()), town.clock().Now());
  EXPECT_EQ(TimeOf(pickup.no_show_from()), town.clock().Now() + absl::Minutes(5));
  EXPECT_FALSE(manifest->visits(1).has_leave_by());
  town.clock().Set(TimeOf(pickup.no_show_from()) - absl::Seconds(1));
  const auto early = Report<v1::ReportNoShowRequest>(town, "ReportNoShow", ride->ride_id());
  EXPECT_EQ(ReasonIn(early.status()), "TOO_EARLY_FOR_NO_SHOW");
  town.clock().Advance(absl::Seconds(1));
  const auto reported = Report<v1::ReportNoShowRequest>(town, "ReportNoShow", ride->ride_id());
  ASSERT_TRUE(reported.ok()) << reported.status();
  EXPECT_EQ(reported->state(), v1::Ride::NO_SHOW);
}

// The same where planning leaves the shift as it is: rides wait behind an outage that is to come.
TEST(Driving, AManifestSaysHowLongToWaitAlsoBeforeAnOutage) {
  Town town;
  const auto ride = BookByPhone(town, town.Wish(absl::Minutes(75)));
  const auto behind = BookByPhone(town, town.Wish(absl::Hours(5)));
  ASSERT_TRUE(ride.ok() && behind.ok()) << ride.status() << behind.status();
  if (behind->vehicle_id() != ride->vehicle_id()) {
    ASSERT_TRUE(Move(town, behind->ride_id(), ride->vehicle_id()).ok());
  }
  ASSERT_TRUE(BeginShift(town, *ride).ok());
  v1::TakeVehicleOutRequest out;
  out.set_vehicle_id(ride->vehicle_id());
  out.mutable_from()->set_seconds(absl::ToUnixSeconds(town.clock().Now() + absl::Hours(3)));
  out.mutable_until()->set_seconds(absl::ToUnixSeconds(town.clock().Now() + absl::Hours(4)));
  ASSERT_TRUE(town.Call<v1::TakeVehicleOutResponse>(Dispatcher(), "TakeVehicleOut", out).ok());
  town.clock().Set(TimeOf(ride->promise().pickup().begin()));
  v1::ReportArrivalRequest arrival;
  arrival.set_tour_id(ride->tour_id());
  arrival.set_kind(v1::PICKUP);
  arrival.set_ride_id(ride->ride_id());
  const auto manifest = town.Call<v1::Manifest>(Driver(), "ReportArrival", arrival);
  ASSERT_TRUE(manifest.ok()) << manifest.status();
  const v1::Visit& pickup = manifest->visits(0);
  ASSERT_TRUE(pickup.has_no_show_from());
  town.clock().Set(TimeOf(pickup.no_show_from()) - absl::Seconds(1));
  const auto early = Report<v1::ReportNoShowRequest>(town, "ReportNoShow", ride->ride_id());
  EXPECT_EQ(ReasonIn(early.status()), "TOO_EARLY_FOR_NO_SHOW");
  town.clock().Advance(absl::Seconds(1));
  const auto reported = Report<v1::ReportNoShowRequest>(town, "ReportNoShow", ride->ride_id());
  EXPECT_TRUE(reported.ok()) << reported.status();
}

TEST(Driving, AShiftThatNobodyHasBookedYetHasAManifest) {
  Town town;
  const auto manifest = town.GetManifest(Dispatcher(), "bus-2_2025-03-04");
  ASSERT_TRUE(manifest.ok()) << manifest.status();
  EXPECT_EQ(manifest->vehicle_name(), "Bus 2");
  EXPECT_EQ(manifest->visits_size(), 0);
  ASSERT_EQ(manifest->shifts_size(), 2);
  v1::PrintManifestRequest print;
  print.set_tour_id(manifest->tour_id());
  print.set_shift_id(manifest->shifts(0).shift_id());
  const auto page = town.Call<http::v1::RawResponse>(Dispatcher(), "PrintManifest", print);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_THAT(page->body(), ::testing::HasSubstr("Dienstag, 04.03.2025"));
  for (const char* none : {"bus-9_2025-03-04", "bus-2_2025-03-40"})
    EXPECT_TRUE(absl::IsNotFound(town.GetManifest(Dispatcher(), none).status())) << none;
  EXPECT_TRUE(absl::IsNotFound(town.GetManifest(Driver(), manifest->tour_id()).status()))
      << "somebody else's shift, or nobody's";
  ASSERT_TRUE(ChangeSettings(town, [&](v1::Settings& settings) {
                for (auto& shift : *settings.mutable_shifts())
                  shift.set_driver(town.AliasOf(Driver()));
              }).ok());
  EXPECT_TRUE(town.GetManifest(Driver(), manifest->tour_id()).ok()) << "theirs, by the roster";
}

TEST(Driving, ABusIsNotInAnotherCountry) {
  Town town;
  const auto ride = town.Book(Citizen(), town.Wish());
  ASSERT_TRUE(ride.ok()) << ride.status();
  ASSERT_TRUE(BeginShift(town, *ride).ok());
  v1::ReportPositionRequest position;
  position.set_tour_id(ride->tour_id());
  for (const auto& [latitude, longitude] :
       {std::pair(0.0, 0.0), std::pair(51.9, 9.0), std::pair(48.1, 11.6)}) {
    *position.mutable_location() = Town::Door(latitude, longitude, "").location();
    EXPECT_THAT(
        FieldsIn(
            town.Call<v1::ReportPositionResponse>(Driver(), "ReportPosition", position).status()),
        ::testing::ElementsAre("location"));
  }
  *position.mutable_location() = Town::Door(51.9, 7.6, "").location();
  EXPECT_TRUE(town.Call<v1::ReportPositionResponse>(Driver(), "ReportPosition", position).ok())
      << "at the garage in the next town";
}

}  // namespace
}  // namespace stadtmesh::buergerbus
