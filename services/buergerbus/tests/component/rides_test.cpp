// From the wish to the manifest, over the wire.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "buergerbus/tests/component/town.h"

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

}  // namespace
}  // namespace stadtmesh::buergerbus
