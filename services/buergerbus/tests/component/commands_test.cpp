// At most once, and never in each other's way: repetition, races, holds that expire, the network
// that breaks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "buergerbus/tests/component/real_town.h"
#include "store/errors.h"

namespace stadtmesh::buergerbus {
namespace {

using ::testing::SizeIs;

TEST(Commands, TheSameKeyGivesTheSameRide) {
  Town town;
  const auto offers = town.FindOffers(Citizen(), town.Wish());
  ASSERT_TRUE(offers.ok() && offers->offers_size() > 0) << offers.status();
  v1::HoldRideRequest request;
  request.set_offer_id(offers->offers(0).offer_id());
  const auto first = town.Call<v1::HoldRideResponse>(Citizen(), "HoldRide", request, "key-1");
  const auto again = town.Call<v1::HoldRideResponse>(Citizen(), "HoldRide", request, "key-1");
  ASSERT_TRUE(first.ok() && again.ok()) << first.status() << again.status();
  ASSERT_THAT(first->rides(), SizeIs(1));
  EXPECT_EQ(first->SerializeAsString(), again->SerializeAsString());
  request.set_offer_id(offers->offers(offers->offers_size() - 1).offer_id());
  if (offers->offers_size() > 1) {
    const absl::Status other =
        town.Call<v1::HoldRideResponse>(Citizen(), "HoldRide", request, "key-1").status();
    EXPECT_EQ(ReasonIn(other), "IDEMPOTENCY_KEY_REUSED") << other;
  }
}

TEST(Commands, ACommitWhoseOutcomeIsUnknownHappensOnce) {
  Town town;
  const auto offers = town.FindOffers(Citizen(), town.Wish());
  v1::HoldRideRequest request;
  request.set_offer_id(offers->offers(0).offer_id());
  int faults = 1;
  town.fake_store().SetFault([&](absl::string_view operation) {
    return operation == "Commit" && faults-- > 0 ? absl::UnavailableError("cut") : absl::OkStatus();
  });
  // The chassis's client sends it again under the same key.
  const auto held = town.Call<v1::HoldRideResponse>(Citizen(), "HoldRide", request, "key-2");
  town.fake_store().SetFault(nullptr);
  ASSERT_TRUE(held.ok()) << held.status();
  const auto mine =
      town.Call<v1::ListMyRidesResponse>(Citizen(), "ListMyRides", v1::ListMyRidesRequest());
  ASSERT_TRUE(mine.ok()) << mine.status();
  EXPECT_THAT(mine->rides(), SizeIs(1));
}

// Also where the town's clock is ahead of the machine's, which deadlines follow.
TEST(Commands, WhoLosesARaceTriesAgain) {
  Town town;
  for (const absl::CivilDay day : {absl::CivilDay(2025, 3, 3), absl::CivilDay(2100, 3, 1)}) {
    town.clock().Set(BerlinTime(day, absl::Hours(7)));
    const auto offers = town.FindOffers(Citizen(), town.Wish());
    ASSERT_TRUE(offers.ok() && offers->offers_size() > 0) << offers.status();
    v1::HoldRideRequest request;
    request.set_offer_id(offers->offers(0).offer_id());
    int faults = 3;
    town.fake_store().SetFault([&](absl::string_view operation) {
      return operation == "Commit" && faults-- > 0 ? store::VersionConflict("tour:bus-1")
                                                   : absl::OkStatus();
    });
    const auto held = town.Call<v1::HoldRideResponse>(Citizen(), "HoldRide", request);
    town.fake_store().SetFault(nullptr);
    EXPECT_TRUE(held.ok()) << held.status();
  }
}

TEST(Commands, AHoldExpiresAndFreesItsPlace) {
  Town town;
  const auto held = town.Hold(Citizen(), town.Wish());
  ASSERT_TRUE(held.ok()) << held.status();
  const v1::Ride ride = held->rides(0);
  town.clock().Advance(absl::Minutes(3));
  EXPECT_EQ(town.service().tasks().RunDue(), 1);
  const auto after = town.GetRide(Citizen(), ride.ride_id());
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->state(), v1::Ride::EXPIRED);
  const auto manifest = town.GetManifest(Dispatcher(), ride.tour_id());
  EXPECT_TRUE(manifest->rides().empty()) << manifest->DebugString();
  v1::BookRideRequest book;
  book.set_booking_id(ride.booking_id());
  EXPECT_EQ(ReasonIn(town.Call<v1::BookRideResponse>(Citizen(), "BookRide", book).status()),
            "HOLD_EXPIRED");
}

TEST(Commands, ABookedRideOutlivesItsHold) {
  Town town;
  const auto ride = town.Book(Citizen(), town.Wish());
  ASSERT_TRUE(ride.ok()) << ride.status();
  town.clock().Advance(absl::Minutes(3));
  town.service().tasks().RunDue();
  EXPECT_EQ(town.GetRide(Citizen(), ride->ride_id())->state(), v1::Ride::BOOKED);
}

TEST(Commands, AFinalRefusalIsSaidAgainWhateverHasChanged) {
  Town town;
  const auto ride = town.Book(Citizen(), town.Wish());
  ASSERT_TRUE(ride.ok()) << ride.status();
  v1::CancelRideRequest cancel;
  cancel.set_ride_id(ride->ride_id());
  town.clock().Set(absl::FromUnixSeconds(ride->promise().pickup().begin().seconds()) -
                   absl::Minutes(10));
  const absl::Status late = town.Call<v1::Ride>(Citizen(), "CancelRide", cancel, "key-3").status();
  EXPECT_EQ(ReasonIn(late), "TOO_LATE_TO_CANCEL") << late;
  // Were it asked for the first time now, it would be allowed.
  town.clock().Set(absl::FromUnixSeconds(ride->promise().pickup().begin().seconds()) -
                   absl::Hours(2));
  const absl::Status again = town.Call<v1::Ride>(Citizen(), "CancelRide", cancel, "key-3").status();
  EXPECT_EQ(again.code(), late.code());
  EXPECT_EQ(GetErrorInfo(again), GetErrorInfo(late));
  EXPECT_EQ(town.GetRide(Citizen(), ride->ride_id())->state(), v1::Ride::BOOKED);
  // Another body under the same key is a mistake of the client.
  const auto other = town.Book(Citizen(), town.Wish(absl::Hours(6)));
  ASSERT_TRUE(other.ok()) << other.status();
  cancel.set_ride_id(other->ride_id());
  EXPECT_EQ(ReasonIn(town.Call<v1::Ride>(Citizen(), "CancelRide", cancel, "key-3").status()),
            "IDEMPOTENCY_KEY_REUSED");
  // Under a new key it is a new question.
  cancel.set_ride_id(ride->ride_id());
  EXPECT_TRUE(town.Call<v1::Ride>(Citizen(), "CancelRide", cancel, "key-4").ok());
}

TEST(Commands, ATransientErrorIsForgotten) {
  Town town;
  const auto ride = town.Book(Citizen(), town.Wish());
  ASSERT_TRUE(ride.ok()) << ride.status();
  v1::CancelRideRequest cancel;
  cancel.set_ride_id(ride->ride_id());
  town.fake_store().SetFault([](absl::string_view operation) {
    return operation == "MultiGet" ? absl::InternalError("a bad day") : absl::OkStatus();
  });
  EXPECT_FALSE(town.Call<v1::Ride>(Citizen(), "CancelRide", cancel, "key-5").ok());
  town.fake_store().SetFault(nullptr);
  EXPECT_TRUE(town.Call<v1::Ride>(Citizen(), "CancelRide", cancel, "key-5").ok());
}

TEST(Commands, WhatHappenedIsCountedOnce) {
  Town town;
  const BuergerbusMetrics& metrics = town.service().services().core.metrics;
  const auto held = town.Hold(Citizen(), town.Wish(), "key-6");
  ASSERT_TRUE(held.ok()) << held.status();
  EXPECT_EQ(metrics.held.Value(), 1);
  v1::BookRideRequest book;
  book.set_booking_id(held->rides(0).booking_id());
  for (int i = 0; i < 3; ++i)
    ASSERT_TRUE(town.Call<v1::BookRideResponse>(Citizen(), "BookRide", book, "key-7").ok());
  EXPECT_EQ(metrics.booked.Value(), 1);
  ASSERT_TRUE(town.Hold(Citizen(), town.Wish(absl::Hours(5))).ok());
  town.clock().Advance(absl::Minutes(3));
  town.service().tasks().RunDue();
  EXPECT_EQ(metrics.expired.Value(), 1);
  EXPECT_EQ(metrics.held.Value(), 2);
}

// At any time, who is on board fits into one of the vehicle's layouts.
void ExpectNoOverbooking(Town& town, const std::set<std::string>& tours) {
  for (const std::string& id : tours) {
    const auto manifest = town.GetManifest(Dispatcher(), id);
    ASSERT_TRUE(manifest.ok()) << manifest.status();
    std::map<std::string, int> people;
    for (const v1::Ride& ride : manifest->rides()) people[ride.ride_id()] = ride.party().people();
    int on_board = 0;
    for (const v1::Visit& visit : manifest->visits()) {
      if (visit.kind() == v1::PICKUP) on_board += people[visit.ride_id()];
      if (visit.kind() == v1::DROPOFF) on_board -= people[visit.ride_id()];
      EXPECT_LE(on_board, 8);
      EXPECT_GE(on_board, 0);
    }
    EXPECT_EQ(on_board, 0);
  }
}

// Hundred people want a ride at once. Who is told "booked" has a place; a refusal is one of the
// planner's, never a conflict.
void BookAtOnce(Town& town) {
  constexpr int kPeople = 100, kThreads = 20;
  std::atomic<int> next{0}, booked{0}, refused{0};
  std::mutex mutex;
  std::set<std::string> tours, rides;
  std::vector<std::string> errors;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int person; (person = next++) < kPeople;) {
        v1::FindOffersRequest wish = town.Wish(absl::Hours(2) + absl::Minutes(4 * person));
        const absl::StatusOr<v1::Ride> ride = town.Book(Citizen(absl::StrCat("p", person)), wish);
        const std::lock_guard<std::mutex> lock(mutex);
        if (ride.ok()) {
          ++booked;
          tours.insert(ride->tour_id());
          EXPECT_TRUE(rides.insert(ride->ride_id()).second);
        } else if (absl::IsNotFound(ride.status())) {
          ++refused;  // somebody else took the place between offer and hold
        } else {
          errors.push_back(ride.status().ToString());
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(errors, ::testing::IsEmpty());
  EXPECT_GE(booked, 30) << refused << " refused";
  ExpectNoOverbooking(town, tours);
  size_t on_tours = 0;
  for (const std::string& id : tours)
    on_tours += static_cast<size_t>(town.GetManifest(Dispatcher(), id)->rides_size());
  EXPECT_EQ(on_tours, rides.size()) << "no ride lost, none twice";
}

TEST(Commands, HundredBookAtOnceOnTheFakeStore) {
  Town town;
  BookAtOnce(town);
}

TEST(Commands, HundredBookAtOnceOnRedis) {
  RealTown real;
  BookAtOnce(real.town);
}

}  // namespace
}  // namespace stadtmesh::buergerbus
