// From the wish to the manifest, over the wire.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "buergerbus/rpc/tokens.h"
#include "buergerbus/tests/component/real_town.h"
#include "buergerbus/tests/component/steps.h"

namespace stadtmesh::buergerbus {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

TEST(Rides, AWishIsOfferedHeldBookedAndDriven) {
  Town town;
  const absl::StatusOr<v1::FindOffersResponse> offers = town.FindOffers(Citizen(), town.Wish());
  ASSERT_TRUE(offers.ok()) << offers.status();
  ASSERT_THAT(offers->offers(), SizeIs(::testing::Le(3)));
  ASSERT_GT(offers->offers_size(), 0) << offers->DebugString();

  v1::HoldRideRequest hold;
  hold.set_offer_id(offers->offers(0).offer_id());
  const auto held = town.Call<v1::HoldRideResponse>(Citizen(), "HoldRide", hold);
  ASSERT_TRUE(held.ok()) << held.status();
  ASSERT_THAT(held->rides(), SizeIs(1)) << held->DebugString();
  EXPECT_EQ(held->rides(0).state(), v1::Ride::HELD);
  EXPECT_EQ(held->rides(0).promise().ShortDebugString(),
            offers->offers(0).promise().ShortDebugString());

  v1::BookRideRequest book;
  book.set_booking_id(held->rides(0).booking_id());
  const auto booked = town.Call<v1::BookRideResponse>(Citizen(), "BookRide", book);
  ASSERT_TRUE(booked.ok()) << booked.status();
  ASSERT_THAT(booked->rides(), SizeIs(1));
  const v1::Ride& ride = booked->rides(0);
  EXPECT_EQ(ride.state(), v1::Ride::BOOKED);
  EXPECT_EQ(ride.customer(), town.AliasOf(Citizen()));

  const auto manifest = town.GetManifest(Dispatcher(), ride.tour_id());
  ASSERT_TRUE(manifest.ok()) << manifest.status();
  ASSERT_THAT(manifest->rides(), SizeIs(1));
  EXPECT_EQ(manifest->rides(0).ride_id(), ride.ride_id());
}

absl::StatusOr<v1::FindOffersResponse> OffersInstead(Town& town, const Person& person,
                                                     const std::string& ride,
                                                     absl::Duration from_now) {
  v1::FindOffersRequest wish = town.Wish(from_now);
  wish.set_replaces_ride_id(ride);
  return town.FindOffers(person, wish);
}

TEST(Offers, ARefusalOfADoorNamesTheNearestStops) {
  Town town;
  v1::FindOffersRequest wish = town.Wish();
  *wish.mutable_origin() = Town::Door(51.9, 7.302, "Hauptstraße 1");
  for (const v1::TripMode mode : {v1::STOP_TO_STOP, v1::DOOR_TO_STOP}) {
    ASSERT_TRUE(ChangeSettings(town, [&](v1::Settings& settings) {
                  settings.mutable_rules()->set_trip_mode(mode);
                }).ok());
    const auto refused = town.FindOffers(Citizen(), wish);
    ASSERT_TRUE(refused.ok()) << refused.status();
    EXPECT_EQ(refused->refusal().reason(), v1::TRIP_MODE_NOT_OFFERED);
    ASSERT_THAT(refused->nearby_stops(), SizeIs(3));
    EXPECT_EQ(refused->nearby_stops(0).id(), "halt-00");
    *wish.mutable_destination() = Town::Door(51.92, 7.32, "Nebenstraße 2");  // now both
  }
}

TEST(ReplacedRide, IsThereOnlyForWhoMaySeeIt) {
  Town town;
  const auto ride = town.Book(Citizen(), town.Wish());
  ASSERT_TRUE(ride.ok()) << ride.status();
  const absl::Status missing =
      OffersInstead(town, Citizen(), "no-such-ride", absl::Hours(3)).status();
  ASSERT_TRUE(absl::IsNotFound(missing)) << missing;
  for (const Person& stranger : {Citizen("bert"), Person{auth::Role::kGuest, "gast"}}) {
    const absl::Status theirs =
        OffersInstead(town, stranger, ride->ride_id(), absl::Hours(3)).status();
    EXPECT_EQ(theirs, missing) << "nothing tells them apart";
  }
  EXPECT_TRUE(OffersInstead(town, Citizen(), ride->ride_id(), absl::Hours(3)).ok());
  EXPECT_TRUE(OffersInstead(town, Dispatcher(), ride->ride_id(), absl::Hours(3)).ok());
}

TEST(ReplacedRide, OfSomebodyElseIsNotChanged) {
  Town town;
  const auto ride = town.Book(Citizen(), town.Wish());
  ASSERT_TRUE(ride.ok()) << ride.status();
  const auto offers = OffersInstead(town, Citizen(), ride->ride_id(), absl::Hours(5));
  ASSERT_TRUE(offers.ok() && offers->offers_size() > 0) << offers.status();
  v1::ChangeRideRequest change;
  change.set_ride_id(ride->ride_id());
  change.set_offer_id(offers->offers(0).offer_id());
  const absl::Status theirs =
      town.Call<v1::ChangeRideResponse>(Citizen("bert"), "ChangeRide", change).status();
  EXPECT_TRUE(absl::IsNotFound(theirs)) << theirs;
  EXPECT_TRUE(town.Call<v1::ChangeRideResponse>(Citizen(), "ChangeRide", change).ok());
}

TEST(OutAndBack, OneWayIsBookedWhereTheOtherWasGivenUp) {
  Town town;
  const auto held = HoldOutAndBack(town, Citizen());
  ASSERT_TRUE(held.ok()) << held.status();
  ASSERT_TRUE(Cancel(town, Citizen(), held->rides(1).ride_id()).ok());
  v1::BookRideRequest book;
  book.set_booking_id(held->rides(0).booking_id());
  const auto booked = town.Call<v1::BookRideResponse>(Citizen(), "BookRide", book);
  ASSERT_TRUE(booked.ok()) << booked.status();
  ASSERT_THAT(booked->rides(), SizeIs(1));
  EXPECT_EQ(booked->rides(0).state(), v1::Ride::BOOKED);
  EXPECT_EQ(town.GetRide(Citizen(), held->rides(1).ride_id())->state(), v1::Ride::CANCELLED);
}

TEST(OutAndBack, StayInOrderWhenOneWayIsChanged) {
  Town town;
  const auto held = HoldOutAndBack(town, Citizen());
  ASSERT_TRUE(held.ok()) << held.status();
  ASSERT_THAT(held->rides(), SizeIs(2));
  v1::BookRideRequest book;
  book.set_booking_id(held->rides(0).booking_id());
  ASSERT_TRUE(town.Call<v1::BookRideResponse>(Citizen(), "BookRide", book).ok());
  const v1::Ride out = held->rides(0), back = held->rides(1);
  // The search offers no way back before the way there is over, and none there too late for it.
  const auto early = OffersInstead(town, Citizen(), back.ride_id(), absl::Hours(2));
  ASSERT_TRUE(early.ok()) << early.status();
  for (const v1::Offer& offer : early->offers())
    EXPECT_GT(offer.promise().pickup().begin().seconds(), out.promise().latest_arrival().seconds());
  const auto late = OffersInstead(town, Citizen(), out.ride_id(), absl::Hours(8));
  ASSERT_TRUE(late.ok()) << late.status();
  EXPECT_THAT(late->offers(), SizeIs(0));
  EXPECT_EQ(late->refusal().reason(), v1::RETURN_BEFORE_OUTBOUND) << late->ShortDebugString();
  EXPECT_TRUE(late->refusal().facts().contains("latest_arrival"));
  // An offer that was good when it was made is refused when the other way has moved meanwhile.
  const auto later_out = OffersInstead(town, Citizen(), out.ride_id(), absl::Hours(5));
  ASSERT_TRUE(later_out.ok() && later_out->offers_size() > 0) << later_out.status();
  const auto sooner_back = OffersInstead(town, Citizen(), back.ride_id(), absl::Hours(4));
  ASSERT_TRUE(sooner_back.ok() && sooner_back->offers_size() > 0) << sooner_back.status();
  v1::ChangeRideRequest change;
  change.set_ride_id(back.ride_id());
  change.set_offer_id(sooner_back->offers(0).offer_id());
  const auto sooner = town.Call<v1::ChangeRideResponse>(Citizen(), "ChangeRide", change);
  ASSERT_TRUE(sooner.ok() && sooner->has_ride()) << sooner.status();
  change.set_ride_id(out.ride_id());
  change.set_offer_id(later_out->offers(0).offer_id());
  const auto refused = town.Call<v1::ChangeRideResponse>(Citizen(), "ChangeRide", change);
  ASSERT_TRUE(refused.ok()) << refused.status();
  EXPECT_EQ(refused->refusal().reason(), v1::RETURN_BEFORE_OUTBOUND);
  const auto now_out = town.GetRide(Citizen(), out.ride_id());
  EXPECT_EQ(now_out->promise().ShortDebugString(), out.promise().ShortDebugString());
}

TEST(OutAndBack, WhoChangesOneWayIsOfferedWhatTheOtherLeavesFree) {
  Town town;
  const auto held = HoldOutAndBack(town, Citizen());
  ASSERT_TRUE(held.ok()) << held.status();
  const v1::Ride out = held->rides(0), back = held->rides(1);
  for (const int hours : {8, 24 * 7}) {
    const auto late = OffersInstead(town, Citizen(), out.ride_id(), absl::Hours(hours));
    ASSERT_TRUE(late.ok()) << late.status();
    EXPECT_EQ(late->refusal().reason(), v1::RETURN_BEFORE_OUTBOUND);
    EXPECT_THAT(late->alternatives(), SizeIs(3)) << hours;
    for (const v1::Offer& offer : late->alternatives()) {
      EXPECT_LT(offer.promise().latest_arrival().seconds(),
                back.promise().pickup().begin().seconds());
    }
  }
}

// The town owes them a bus; nobody else is taken so late.
TEST(AffectedRide, IsChangedWithoutNotice) {
  Town town;
  const auto ride = town.Book(Citizen(), town.Wish());
  ASSERT_TRUE(ride.ok()) << ride.status();
  ASSERT_TRUE(ChangeSettings(town, [](v1::Settings& settings) {
                settings.mutable_rules()->mutable_notice()->clear_ahead();
                settings.mutable_rules()->mutable_notice()->set_day_before_by("16:00");
              }).ok());
  const auto before = OffersInstead(town, Citizen(), ride->ride_id(), absl::Hours(6));
  EXPECT_EQ(before->refusal().reason(), v1::NOTICE_TOO_SHORT);
  for (const char* vehicle : {"bus-1", "bus-2", "bus-3"}) {
    v1::TakeVehicleOutRequest out;
    out.set_vehicle_id(vehicle);
    out.mutable_until()->set_seconds(absl::ToUnixSeconds(town.clock().Now() + absl::Hours(5)));
    ASSERT_TRUE(town.Call<v1::TakeVehicleOutResponse>(Dispatcher(), "TakeVehicleOut", out).ok());
  }
  ASSERT_EQ(town.GetRide(Citizen(), ride->ride_id())->state(), v1::Ride::AFFECTED);
  const auto offers = OffersInstead(town, Citizen(), ride->ride_id(), absl::Hours(6));
  ASSERT_TRUE(offers.ok() && offers->offers_size() > 0) << offers.status();
  v1::ChangeRideRequest change;
  change.set_ride_id(ride->ride_id());
  change.set_offer_id(offers->offers(0).offer_id());
  const auto changed = town.Call<v1::ChangeRideResponse>(Citizen(), "ChangeRide", change);
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_EQ(changed->ride().state(), v1::Ride::BOOKED) << changed->ShortDebugString();
  const auto again = OffersInstead(town, Citizen(), ride->ride_id(), absl::Hours(7));
  EXPECT_EQ(again->refusal().reason(), v1::NOTICE_TOO_SHORT);
}

TEST(OnePerson, IsNotInTwoBusesAtOnce) {
  Town town;
  const auto ride = town.Book(Citizen(), town.Wish());
  ASSERT_TRUE(ride.ok()) << ride.status();
  const absl::Status second = town.Hold(Citizen(), town.Wish()).status();
  EXPECT_EQ(ReasonIn(second), "RIDES_OVERLAP") << second;
  EXPECT_EQ(GetErrorInfo(second)->metadata.at("ride"), ride->ride_id());
  EXPECT_TRUE(town.Hold(Citizen("bert"), town.Wish()).ok());
  const auto later = town.Book(Citizen(), town.Wish(absl::Hours(5)));
  ASSERT_TRUE(later.ok()) << later.status();
  // Nor by a change.
  const auto offers = OffersInstead(town, Citizen(), later->ride_id(), absl::Hours(3));
  ASSERT_TRUE(offers.ok() && offers->offers_size() > 0) << offers.status();
  v1::ChangeRideRequest change;
  change.set_ride_id(later->ride_id());
  change.set_offer_id(offers->offers(0).offer_id());
  EXPECT_EQ(ReasonIn(town.Call<v1::ChangeRideResponse>(Citizen(), "ChangeRide", change).status()),
            "RIDES_OVERLAP");
  // What was cancelled is no longer in the way.
  ASSERT_TRUE(Cancel(town, Citizen(), ride->ride_id()).ok());
  EXPECT_TRUE(town.Hold(Citizen(), town.Wish()).ok());
}

TEST(OnePerson, BooksNoMoreThanTheRulesAllow) {
  Town town;
  ASSERT_TRUE(ChangeSettings(town, [](v1::Settings& settings) {
                settings.mutable_rules()->set_open_rides_per_person(2);
              }).ok());
  ASSERT_TRUE(town.Hold(Citizen(), town.Wish(absl::Hours(2))).ok());
  ASSERT_TRUE(town.Book(Citizen(), town.Wish(absl::Hours(4))).ok());
  const absl::Status third = town.Hold(Citizen(), town.Wish(absl::Hours(6))).status();
  EXPECT_EQ(ReasonIn(third), "TOO_MANY_OPEN_RIDES") << third;
  EXPECT_TRUE(town.Hold(Citizen("bert"), town.Wish(absl::Hours(6))).ok());
  // A hold that has expired counts no more.
  town.clock().Advance(absl::Minutes(3));
  EXPECT_TRUE(town.Hold(Citizen(), town.Wish(absl::Hours(6))).ok());
}

// Different days are planned in different queues: only the store can tell them that they meet.
TEST(OnePerson, BooksNoMoreAtTheSameMomentEither) {
  RealTown real;
  Town& town = real.town;
  constexpr int kMost = 3, kTries = 12;
  ASSERT_TRUE(ChangeSettings(town, [](v1::Settings& settings) {
                settings.mutable_rules()->set_open_rides_per_person(kMost);
              }).ok());
  std::vector<std::string> offers;
  for (int i = 0; i < kTries; ++i) {
    const auto found =
        town.FindOffers(Citizen(), town.Wish(absl::Hours(24 * (1 + i / 4) + 2 + 2 * (i % 4))));
    ASSERT_TRUE(found.ok() && found->offers_size() > 0) << found.status();
    offers.push_back(found->offers(0).offer_id());
  }
  std::atomic<int> held = 0, refused = 0;
  std::vector<std::thread> threads;
  for (const std::string& offer : offers) {
    threads.emplace_back([&town, &held, &refused, &offer] {
      v1::HoldRideRequest request;
      request.set_offer_id(offer);
      const auto answer = town.Call<v1::HoldRideResponse>(Citizen(), "HoldRide", request);
      if (answer.ok() && answer->rides_size() == 1) ++held;
      if (ReasonIn(answer.status()) == "TOO_MANY_OPEN_RIDES") ++refused;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(held, kMost);
  EXPECT_EQ(refused, kTries - kMost);
}

TEST(Offers, AreOnlyWhatTheTownOffered) {
  Town town;
  const auto offers = town.FindOffers(Citizen(), town.Wish());
  ASSERT_TRUE(offers.ok() && offers->offers_size() > 0) << offers.status();
  const std::string offer = offers->offers(0).offer_id();
  const auto hold = [&](const std::string& id, const std::string& tenant = kTenant) {
    v1::HoldRideRequest request;
    request.set_offer_id(id);
    return town.Call<v1::HoldRideResponse>(Citizen("bert"), "HoldRide", request, "", tenant);
  };
  for (size_t i = 0; i < offer.size(); i += 7) {
    std::string forged = offer;
    forged[i] = forged[i] == 'A' ? 'B' : 'A';
    EXPECT_THAT(FieldsIn(hold(forged).status()), ElementsAre("offer_id")) << i;
  }
  // With a key of one's own, off the grid.
  TripRequest request{.time = town.clock().Now()};
  request.trip.origin.stop = StopId("halt-00");
  request.trip.destination.stop = StopId("halt-22");
  const std::string own =
      OfferIds("guessed", kTenant)
          .Make(request, {.promise = {.pickup = {town.clock().Now() + absl::Nanoseconds(7), {}}}},
                {});
  EXPECT_THAT(FieldsIn(hold(own).status()), ElementsAre("offer_id"));
  // Another town's.
  EXPECT_THAT(FieldsIn(hold(offer, "anderswo").status()), ElementsAre("offer_id"));
  EXPECT_TRUE(hold(offer).ok());
}

TEST(Offers, WhosePriceHasChangedAreRefused) {
  Town town;
  const auto offers = town.FindOffers(Citizen(), town.Wish());
  ASSERT_TRUE(offers.ok() && offers->offers_size() > 0) << offers.status();
  ASSERT_TRUE(ChangeSettings(town, [](v1::Settings& settings) {
                for (v1::FareCategory& fare : *settings.mutable_fares())
                  fare.set_price_cents(fare.price_cents() + 500);
              }).ok());
  v1::HoldRideRequest request;
  request.set_offer_id(offers->offers(0).offer_id());
  const auto hold = [&] { return town.Call<v1::HoldRideResponse>(Citizen(), "HoldRide", request); };
  const auto refused = hold();
  ASSERT_TRUE(refused.ok()) << refused.status();
  EXPECT_THAT(refused->rides(), SizeIs(0));
  EXPECT_EQ(refused->refusal().reason(), v1::OFFER_EXPIRED);
  EXPECT_EQ(refused->refusal().facts().at("cause"), "FARE_CHANGED");
  ASSERT_GT(refused->alternatives_size(), 0);
  const v1::Offer& dearer = refused->alternatives(0);
  EXPECT_EQ(dearer.fare_cents(), offers->offers(0).fare_cents() + 500);
  EXPECT_EQ(refused->refusal().facts().at("fare_cents"), absl::StrCat(dearer.fare_cents()));
  request.set_offer_id(dearer.offer_id());
  const auto held = hold();
  ASSERT_TRUE(held.ok() && held->rides_size() == 1) << held.status();
  EXPECT_EQ(held->rides(0).fare_cents(), dearer.fare_cents());
}

TEST(Offers, ThatNameAStopWhichIsGoneAreRefusedAsSuch) {
  Town town;
  const auto offers = town.FindOffers(Citizen(), town.Wish());
  ASSERT_TRUE(offers.ok() && offers->offers_size() > 0) << offers.status();
  ASSERT_TRUE(ChangeSettings(town, [](v1::Settings& settings) {
                settings.mutable_stops()->DeleteSubrange(0, 1);
              }).ok());
  v1::HoldRideRequest request;
  request.set_offer_id(offers->offers(0).offer_id());
  const auto held = town.Call<v1::HoldRideResponse>(Citizen(), "HoldRide", request);
  ASSERT_TRUE(held.ok()) << held.status() << " names a field that the request does not have";
  EXPECT_EQ(held->refusal().reason(), v1::STOP_UNKNOWN);
}

// A small bus drives on Tuesdays and Fridays, and is booked the day before.
TEST(Offers, AlternativesReachTheDaysOnWhichTheBusRuns) {
  Town town;
  const absl::Status changed = ChangeSettings(town, [](v1::Settings& settings) {
    for (auto& rule : *settings.mutable_hours()->mutable_rules()) {
      rule.mutable_days()->clear_weekdays();
      rule.mutable_days()->add_weekdays(v1::TUESDAY);
      rule.mutable_days()->add_weekdays(v1::FRIDAY);
    }
    settings.mutable_rules()->mutable_notice()->clear_ahead();
    settings.mutable_rules()->mutable_notice()->set_day_before_by("16:00");
  });
  ASSERT_TRUE(changed.ok()) << changed;
  // On Monday evening it is too late for Tuesday; Saturday is closed, and so are its neighbours.
  town.clock().Set(MondayMorning() + absl::Hours(11));
  for (const int days_ahead : {1, 5, 6}) {
    const auto found = town.FindOffers(Citizen(), town.Wish(absl::Hours(24 * days_ahead - 8)));
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_EQ(found->offers_size(), 0);
    EXPECT_EQ(found->alternatives_size(), 3) << days_ahead;
    for (const v1::Offer& offer : found->alternatives()) {
      const absl::Weekday day =
          absl::GetWeekday(BerlinDay(TimeOf(offer.promise().pickup().begin())));
      EXPECT_TRUE(day == absl::Weekday::tuesday || day == absl::Weekday::friday) << days_ahead;
    }
  }
}

TEST(Offers, SayWhatIsInTheWay) {
  Town town;
  ASSERT_TRUE(Block(town, "halt-22", absl::Hours(24)).ok());
  const auto blocked = town.FindOffers(Citizen(), town.Wish());
  ASSERT_TRUE(blocked.ok()) << blocked.status();
  EXPECT_EQ(blocked->refusal().reason(), v1::STOP_BLOCKED);
  EXPECT_EQ(blocked->refusal().facts().at("stop"), "halt-22");
  EXPECT_EQ(blocked->refusal().facts().at("field"), "destination");
  EXPECT_GT(blocked->nearby_stops_size(), 0);
  const auto far = town.FindOffers(Citizen(), town.Wish(absl::Hours(24 * 30)));
  ASSERT_TRUE(far.ok()) << far.status();
  EXPECT_EQ(far->refusal().reason(), v1::TOO_FAR_AHEAD);
  EXPECT_EQ(far->refusal().facts().at("latest"), "2025-03-17");
  EXPECT_GT(far->alternatives_size(), 0) << "the last days that can be booked";
  v1::FindOffersRequest outside = town.Wish();
  *outside.mutable_origin() = Town::Door(51.8, 7.3, "im Nachbarort");
  const absl::Status refused = town.FindOffers(Citizen(), outside).status();
  EXPECT_THAT(FieldsIn(refused), ElementsAre("origin.location"));
  EXPECT_EQ(GetErrorInfo(refused)->metadata.at("nearby_stops"), "halt-00,halt-01,halt-02");
}

}  // namespace
}  // namespace stadtmesh::buergerbus
