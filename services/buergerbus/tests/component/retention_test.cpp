// What is personal goes when its time has come, and not before; what the statistics need stays.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "buergerbus/tests/component/real_town.h"
#include "buergerbus/tests/component/redis_dump.h"
#include "buergerbus/tests/component/steps.h"

namespace stadtmesh::buergerbus {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::string BytesOf(double value) {
  return std::string(reinterpret_cast<const char*>(&value), sizeof(value));
}

// Somebody who has booked, with all that names them.
struct Traveller {
  std::string name, phone, label, card;
  double latitude = 0;
  absl::Time pickup;
  std::vector<std::string> Secrets() const { return {name, label, BytesOf(latitude)}; }
};

absl::StatusOr<Traveller> Book(Town& town, int number, absl::Duration ahead, bool with_card) {
  Traveller who{.name = absl::StrCat("Erika Muster", number, "frau"),
                .phone = absl::StrCat("02595", 1000000 + number),
                .label = absl::StrCat("Geheimweg ", number, "b"),
                .latitude = std::round((51.9050001 + number * 1e-5) * 1e7) / 1e7};
  v1::FindOffersRequest wish = town.Wish(ahead);
  *wish.mutable_origin() = Town::Door(who.latitude, 7.305, who.label);
  const auto offers = town.FindOffers(Dispatcher(), wish);
  if (!offers.ok()) return offers.status();
  if (offers->offers().empty()) return absl::NotFoundError(offers->ShortDebugString());
  v1::BookByPhoneRequest request;
  request.set_offer_id(offers->offers(0).offer_id());
  request.mutable_contact()->set_name(who.name);
  request.mutable_contact()->set_phone(who.phone);
  if (with_card) {
    v1::CreateRiderCardRequest create;
    create.mutable_card()->set_name(who.name);
    create.mutable_card()->set_phone(who.phone);
    create.mutable_card()->set_consent(true);
    const auto card = town.Call<v1::RiderCard>(Dispatcher(), "CreateRiderCard", create);
    if (!card.ok()) return card.status();
    who.card = card->card_id();
    request.clear_contact();
    request.set_card_id(card->card_id());
  }
  const auto booked = town.Call<v1::BookByPhoneResponse>(Dispatcher(), "BookByPhone", request);
  if (!booked.ok()) return booked.status();
  if (booked->rides().empty()) return absl::NotFoundError(booked->ShortDebugString());
  who.pickup = TimeOf(booked->rides(0).promise().pickup().begin());
  return who;
}

absl::Status Keep(Town& town, int rides, int cards) {
  return ChangeSettings(town, [&](v1::Settings& settings) {
    settings.mutable_retention()->set_rides_days(rides);
    settings.mutable_retention()->set_rider_cards_days(cards);
    settings.mutable_retention()->set_calls_days(rides);
  });
}

// One night's job at this moment.
void RunNight(Town& town, absl::CivilDay day) {
  RetentionService& retention = town.service().services().retention;
  ASSERT_TRUE(retention.Schedule(kTenant, Town::Soon()).ok());
  town.clock().Set(
      std::max(town.clock().Now(), BerlinTime(day, absl::Hours(3) + absl::Minutes(1))));
  town.service().tasks().RunDue();
}

size_t RidesOn(Town& town, absl::CivilDay day) {
  v1::ListRidesRequest request;
  request.set_day(FormatDay(day));
  return static_cast<size_t>(
      town.Call<v1::ListRidesResponse>(Dispatcher(), "ListRides", request)->rides_size());
}

TEST(Retention, NothingPersonalSurvivesItsDateAndTheFactsDo) {
  for (unsigned seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto any = [&](int least, int most) {
      return std::uniform_int_distribution<int>(least, most)(random);
    };
    RealTown real;
    Town& town = real.town;
    const int rides_days = any(1, 60), cards_days = rides_days + any(20, 200);
    ASSERT_TRUE(Keep(town, rides_days, cards_days).ok());
    const absl::CivilDay booked_on = BerlinDay(town.clock().Now());
    std::vector<Traveller> travellers;
    std::map<absl::CivilDay, size_t> rides;
    for (int i = 0; i < 12; ++i) {
      const auto who = Book(town, static_cast<int>(seed) * 100 + i,
                            absl::Minutes(any(70, 60 * 24 * 13)), any(0, 1) == 1);
      if (!who.ok()) continue;  // at night, or on a day off
      travellers.push_back(*who);
      ++rides[BerlinDay(who->pickup)];
    }
    ASSERT_GE(travellers.size(), 3u);
    for (int night = 0; night < 3; ++night) {
      const absl::CivilDay today = BerlinDay(town.clock().Now()) + any(1, rides_days + 20);
      RunNight(town, today);
      const std::string stored = RedisDump(real.redis).All();
      for (const Traveller& who : travellers) {
        const bool ride_kept = BerlinDay(who.pickup) >= today - rides_days;
        const bool card_kept = !who.card.empty() && booked_on >= today - cards_days;
        EXPECT_EQ(absl::StrContains(stored, who.label), ride_kept)
            << who.label << " on " << FormatDay(today);
        EXPECT_EQ(absl::StrContains(stored, BytesOf(who.latitude)), ride_kept);
        EXPECT_EQ(absl::StrContains(stored, who.name), who.card.empty() ? ride_kept : card_kept)
            << who.name;
      }
      for (const auto& [day, count] : rides) EXPECT_EQ(RidesOn(town, day), count) << FormatDay(day);
    }
  }
}

TEST(Retention, IsScheduledOnceAndGoesOnEveryNight) {
  RealTown real;
  Town& town = real.town;
  RetentionService& retention = town.service().services().retention;
  ASSERT_TRUE(retention.Schedule(kTenant, Town::Soon()).ok());
  ASSERT_TRUE(retention.Schedule(kTenant, Town::Soon()).ok());
  EXPECT_EQ(town.service().tasks().RunDue(), 0);
  for (int day = 4; day <= 6; ++day) {
    town.clock().Set(BerlinTime(absl::CivilDay(2025, 3, day), absl::Hours(3)));
    EXPECT_EQ(town.service().tasks().RunDue(), 1);
    EXPECT_EQ(town.service().tasks().RunDue(), 0);
  }
}

// ---- Erasure on request, of the same day.

void Erase(Town& town, const Person& person) {
  v1::EraseSubjectRequest erase;
  erase.set_subject("me");
  const auto erased = town.Call<v1::EraseSubjectResponse>(person, "EraseSubject", erase);
  ASSERT_TRUE(erased.ok()) << erased.status();
}

TEST(Erasure, LeavesNothingOfACancelledRide) {
  RealTown real;
  Town& town = real.town;
  v1::FindOffersRequest wish = town.Wish();
  *wish.mutable_origin() = Town::Door(51.9054321, 7.305, "Geheimweg 7");
  ASSERT_TRUE(town.Book(Citizen(), wish).ok());
  ASSERT_THAT(RedisDump(real.redis).All(), HasSubstr("Geheimweg"));
  Erase(town, Citizen());
  const std::string stored = RedisDump(real.redis).All();
  EXPECT_THAT(stored, Not(HasSubstr("Geheimweg")));
  EXPECT_THAT(stored, Not(HasSubstr(BytesOf(51.9054321))));
  EXPECT_THAT(stored, Not(HasSubstr(town.AliasOf(Citizen()))));
}

TEST(Erasure, LeavesNothingOfARideDrivenToday) {
  RealTown real;
  Town& town = real.town;
  v1::FindOffersRequest wish = town.Wish(absl::Minutes(75));
  *wish.mutable_origin() = Town::Door(51.9054321, 7.305, "Geheimweg 7");
  const auto ride = town.Book(Citizen(), wish);
  ASSERT_TRUE(ride.ok()) << ride.status();
  ASSERT_TRUE(BeginShift(town, *ride).ok());
  town.clock().Set(TimeOf(ride->promise().pickup().begin()));
  ASSERT_TRUE(BoardRider(town, ride->ride_id()).ok());
  Erase(town, Citizen());
  EXPECT_THAT(RedisDump(real.redis).All(), HasSubstr("Geheimweg"))
      << "the driver still brings them there";
  town.clock().Advance(absl::Minutes(10));
  ASSERT_TRUE(AlightRider(town, ride->ride_id()).ok());
  Erase(town, Citizen());
  town.clock().Set(BerlinTime(absl::CivilDay(2025, 3, 4), absl::Hours(7)));
  town.service().tasks().RunDue();
  const std::string stored = RedisDump(real.redis).All();
  EXPECT_THAT(stored, Not(HasSubstr("Geheimweg")));
  EXPECT_THAT(stored, Not(HasSubstr(BytesOf(51.9054321))));
  EXPECT_THAT(stored, Not(HasSubstr(town.AliasOf(Citizen()))));
  EXPECT_EQ(town.GetRide(Dispatcher(), ride->ride_id())->state(), v1::Ride::COMPLETED)
      << "that somebody travelled stays";
}

TEST(Erasure, OfARideThatIsOverNeedsNoWaiting) {
  RealTown real;
  Town& town = real.town;
  v1::FindOffersRequest wish = town.Wish(absl::Minutes(75));
  *wish.mutable_origin() = Town::Door(51.9054321, 7.305, "Geheimweg 7");
  const auto ride = town.Book(Citizen(), wish);
  ASSERT_TRUE(ride.ok() && BeginShift(town, *ride).ok()) << ride.status();
  town.clock().Set(TimeOf(ride->promise().pickup().begin()));
  ASSERT_TRUE(BoardRider(town, ride->ride_id()).ok());
  town.clock().Advance(absl::Minutes(10));
  ASSERT_TRUE(AlightRider(town, ride->ride_id()).ok());
  Erase(town, Citizen());
  const std::string stored = RedisDump(real.redis).All();
  EXPECT_THAT(stored, Not(HasSubstr("Geheimweg")));
  EXPECT_THAT(stored, Not(HasSubstr(BytesOf(51.9054321))));
  EXPECT_THAT(stored, Not(HasSubstr(town.AliasOf(Citizen()))));
  EXPECT_TRUE(town.Book(Citizen("bert"), town.Wish(absl::Hours(2))).ok())
      << "the bus is still planned from where it is";
}

TEST(Erasure, ADriverIsForgottenInShiftsAndCashSheets) {
  RealTown real;
  Town& town = real.town;
  const auto ride = town.Book(Citizen(), town.Wish(absl::Minutes(75)));
  ASSERT_TRUE(ride.ok()) << ride.status();
  const auto started = BeginShift(town, *ride);
  ASSERT_TRUE(started.ok()) << started.status();
  town.clock().Set(TimeOf(ride->promise().pickup().begin()));
  ASSERT_TRUE(BoardRider(town, ride->ride_id()).ok());
  town.clock().Advance(absl::Minutes(10));
  ASSERT_TRUE(AlightRider(town, ride->ride_id()).ok());
  Erase(town, Driver());
  EXPECT_THAT(RedisDump(real.redis).All(), HasSubstr(town.AliasOf(Driver())))
      << "the shift is still running";
  v1::EndShiftRequest end;
  end.set_tour_id(ride->tour_id());
  end.set_shift_id(ShiftOf(*started, ride->ride_id()));
  ASSERT_TRUE(town.Call<v1::CashSheet>(Driver(), "EndShift", end).ok());
  town.clock().Set(BerlinTime(absl::CivilDay(2025, 3, 4), absl::Hours(7)));
  town.service().tasks().RunDue();
  EXPECT_THAT(RedisDump(real.redis).All(), Not(HasSubstr(town.AliasOf(Driver()))));
}

}  // namespace
}  // namespace stadtmesh::buergerbus
