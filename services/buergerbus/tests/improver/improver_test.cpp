// The background improver over a real Redis: better days, kept promises, and never in the way of a
// booking.
#include "buergerbus/service/improver.h"

#include <gtest/gtest.h>

#include <utility>

#include "buergerbus/tests/component/real_town.h"
#include "testing/wait_until.h"

namespace stadtmesh::buergerbus {
namespace {

using Outcome = Improver::Outcome;

class ImproverTest : public ::testing::Test {
 protected:
  ImproverOptions Options(std::string owner) const {
    return {.tenants = {kTenant},
            .iterations = 300,
            .lease = absl::Seconds(60),
            .owner = std::move(owner)};
  }
  Core& core() { return town().service().services().core; }
  Town& town() { return real_.town; }

  // Pairs who go the same way at the same time, each on another bus.
  void BookApart() {
    for (int hour = 2; hour < 5; ++hour) {
      for (const char* bus : {"bus-1", "bus-2"}) {
        const auto ride = town().Book(Citizen(bus), town().Wish(absl::Hours(hour)));
        ASSERT_TRUE(ride.ok()) << ride.status();
        v1::MoveRideRequest move;
        move.set_ride_id(ride->ride_id());
        move.set_vehicle_id(bus);
        const auto moved = town().Call<v1::Ride>(Dispatcher(), "MoveRide", move);
        ASSERT_TRUE(moved.ok()) << moved.status();
        rides_.push_back(*moved);
      }
    }
  }

  Day Today() {
    const auto settings =
        core().settings.Read(Query{auth::SystemPrincipal(kTenant, "buergerbus"), Town::Soon()});
    return *core().repository.ReadDay(kTenant, *settings->settings, BerlinDay(town().clock().Now()),
                                      Town::Soon());
  }
  absl::Duration Driven() {
    absl::Duration driven;
    for (const Tour& tour : Today().plan.tours) {
      for (const Visit& visit : tour.visits) driven += visit.drive;
    }
    return driven;
  }

  // Every ride is on the tour it names, as it was promised.
  void ExpectPromisesKept() {
    const Day day = Today();
    for (const v1::Ride& booked : rides_) {
      const auto ride = town().GetRide(Dispatcher(), booked.ride_id());
      ASSERT_TRUE(ride.ok()) << ride.status();
      EXPECT_EQ(ride->promise().ShortDebugString(), booked.promise().ShortDebugString());
      int found = 0;
      for (const Tour& tour : day.plan.tours) {
        for (const Visit& visit : tour.visits) {
          if (visit.ride.value() != booked.ride_id()) continue;
          const Promise& promise = FindAssignment(tour, visit.ride)->promise;
          const bool pickup = visit.kind == VisitKind::kPickup;
          found += tour.id.ToString() == ride->tour_id();
          EXPECT_LE(visit.begin, pickup ? promise.pickup.end : promise.latest_arrival);
          if (pickup) {
            EXPECT_GE(visit.begin, promise.pickup.begin);
          }
        }
      }
      EXPECT_EQ(found, 2) << booked.ride_id();
    }
  }

  RealTown real_;
  std::vector<v1::Ride> rides_;
};

TEST_F(ImproverTest, DrivesLessAndKeepsEveryPromise) {
  ASSERT_NO_FATAL_FAILURE(BookApart());
  obs::Metrics metrics;
  Improver improver(&core(), Options("one"), &metrics);
  const absl::Duration before = Driven();
  const size_t events = town().Outbox().size();
  EXPECT_EQ(improver.Round(kTenant), Outcome::kCommitted);
  EXPECT_LT(Driven(), before * 0.8);
  EXPECT_GT(town().Outbox().size(), events) << "manifests and the board live on events";
  ExpectPromisesKept();
}

TEST_F(ImproverTest, GivesWayToABooking) {
  ASSERT_NO_FATAL_FAILURE(BookApart());
  obs::Metrics metrics;
  Improver improver(&core(), Options("one"), &metrics);
  bool booked = false;
  improver.SetBeforeCommit([&] {
    if (std::exchange(booked, true)) return;
    const auto ride = town().Book(Citizen("berta"), town().Wish(absl::Hours(6)));
    ASSERT_TRUE(ride.ok()) << ride.status();
    rides_.push_back(*ride);
  });
  const absl::Duration before = Driven();
  EXPECT_EQ(improver.Round(kTenant), Outcome::kDiscarded);
  EXPECT_GE(Driven(), before);
  ExpectPromisesKept();
  EXPECT_EQ(improver.Round(kTenant), Outcome::kCommitted) << "the next time";
  ExpectPromisesKept();
}

TEST_F(ImproverTest, RestsWhereNothingChanges) {
  ASSERT_NO_FATAL_FAILURE(BookApart());
  obs::Metrics metrics;
  Improver improver(&core(), Options("one"), &metrics);
  int committed = 0;
  for (int round = 0; round < 8; ++round)
    committed += improver.Round(kTenant) == Outcome::kCommitted;
  EXPECT_LE(committed, 3);
  const absl::Duration after = Driven();
  EXPECT_EQ(improver.Round(kTenant), Outcome::kNothing);
  EXPECT_EQ(Driven(), after);
}

TEST_F(ImproverTest, OneReplicaWorksAndAnotherTakesOver) {
  ASSERT_NO_FATAL_FAILURE(BookApart());
  obs::Metrics one_metrics, other_metrics;
  ImproverOptions options = Options("one");
  options.lease = absl::Milliseconds(500);
  Improver one(&core(), options, &one_metrics);
  options.owner = "other";
  Improver other(&core(), options, &other_metrics);
  ASSERT_EQ(one.Round(kTenant), Outcome::kCommitted);
  // Frozen from here on: its lease runs out.
  EXPECT_TRUE(testing::WaitUntil([&] { return other.Round(kTenant) != Outcome::kNotLeading; }));
  EXPECT_EQ(one.Round(kTenant), Outcome::kNotLeading);
}

}  // namespace
}  // namespace stadtmesh::buergerbus
