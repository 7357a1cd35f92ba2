// Random days: whatever is booked, cancelled, driven, late or broken, no seat is taken twice, no
// promise is broken by planning, and no ride is lost.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "world.h"

namespace stadtmesh::buergerbus {
namespace {

using testing::At;
using testing::World;

TripRequest RandomWish(const World& world) {
  TripRequest wish;
  const auto place = [&] {
    Place place;
    if (*rc::gen::inRange(0, 2) == 0) {
      place.stop =
          world.settings.stops[*rc::gen::inRange<size_t>(0, world.settings.stops.size())].id;
    } else {
      place.location =
          testing::Point(*rc::gen::inRange(1, 100) / 10.0, *rc::gen::inRange(1, 100) / 10.0);
    }
    return place;
  };
  wish.trip.origin = place();
  wish.trip.destination = place();
  wish.trip.party.people = *rc::gen::inRange(1, 5);
  wish.trip.party.wheelchairs = *rc::gen::inRange(0, 4) == 0 ? 1 : 0;
  wish.trip.fares = {{FareCategoryId("adult"), wish.trip.party.people}};
  wish.kind = *rc::gen::element(TimeKind::kDepartAt, TimeKind::kArriveBy);
  wish.time = std::max(world.now, At(6)) + absl::Minutes(*rc::gen::inRange(0, 300));
  wish.booked_by = *rc::gen::element(Actor::kCitizen, Actor::kDispatcher);
  return wish;
}

void TryToBook(World& world) {
  TripRequest wish = RandomWish(world);
  const auto trip = ResolveTrip(world.settings, wish.trip);
  if (!trip.ok()) return;
  wish.trip = *trip;
  const auto found = world.Offers(wish);
  RC_ASSERT(found.ok());
  RC_ASSERT(found->offers.empty() == found->refusal.has_value());
  RC_ASSERT(found->offers.size() <= 3u);
  const std::vector<Offer>& choice = found->offers.empty() ? found->alternatives : found->offers;
  if (choice.empty()) return;
  const Offer& offer = choice[*rc::gen::inRange<size_t>(0, choice.size())];
  const auto ride = world.Book(wish, offer.promise.pickup.begin);
  if (!ride.ok())
    RC_FAIL(
        std::string(ride.status().ToString()));  // nobody came between: what is offered can be had
  RC_ASSERT(world.rides[*ride].promise == offer.promise);
}

void CancelOne(World& world) {
  if (world.rides.empty()) return;
  auto ride = world.rides.begin();
  std::advance(ride, *rc::gen::inRange<size_t>(0, world.rides.size()));
  world.Cancel(ride->first);
}

void DriveFor(World& world, absl::Duration span, bool on_time) {
  const absl::Time until = world.now + span;
  for (bool any = true; any;) {
    any = false;
    // The tour whose next visit comes first.
    const Tour* next = nullptr;
    absl::Time earliest = until;
    for (const Tour& tour : world.day.tours) {
      if (tour.executed == static_cast<int>(tour.visits.size())) continue;
      const absl::Time at = ExpectedTimes(tour, world.now)[tour.executed].begin;
      if (at <= earliest) earliest = at, next = &tour;
    }
    const absl::Duration late =
        on_time ? absl::ZeroDuration() : absl::Minutes(*rc::gen::inRange(0, 12));
    if (next != nullptr) any = world.DriveOne(next->id, late, until);
  }
  world.now = std::max(world.now, until);
}

// Until further notice, or for a while; or back into service.
void TakeOutOrPutBack(World& world) {
  const VehicleId vehicle = world.settings.vehicles[*rc::gen::inRange<size_t>(0, 2)].id;
  const int what = *rc::gen::inRange(0, 5);
  if (what == 0) {
    world.TakeOut(vehicle);
  } else if (what == 1) {
    world.PutBack(vehicle);
  } else {
    world.TakeOut(vehicle, {world.now, world.now + absl::Minutes(*rc::gen::inRange(10, 200))});
  }
}

void RandomDay(bool on_time, bool breakdowns) {
  World world;
  const int steps = *rc::gen::inRange(1, 40);
  for (int i = 0; i < steps; ++i) {
    const int what = *rc::gen::inRange(0, 14);
    if (what < 8) {
      TryToBook(world);
    } else if (what == 8) {
      CancelOne(world);
    } else if (what < 11) {
      DriveFor(world, absl::Minutes(*rc::gen::inRange(0, 120)), on_time);
    } else if (what > 11) {
      RC_ASSERT(world.Improve(static_cast<uint64_t>(i) + 1) >= absl::ZeroDuration());
    } else if (breakdowns) {
      TakeOutOrPutBack(world);
    }
    const std::string fault = world.Fault(on_time && !breakdowns);
    if (!fault.empty()) RC_FAIL(fault);
  }
}

TEST(RandomDay, DrivenAsPlannedEveryPromiseIsKept) {
  EXPECT_TRUE(rc::check([] { RandomDay(true, false); }));
}

TEST(RandomDay, DrivenAsPlannedNobodyIsLate) {
  EXPECT_TRUE(rc::check([] {
    World world;
    for (int i = 0; i < 12; ++i) TryToBook(world);
    DriveFor(world, absl::Hours(23), true);
    for (const auto& [id, ride] : world.rides) {
      RC_ASSERT(ride.state == RideState::kCompleted);
      RC_ASSERT(ride.journey.pickup_lateness == absl::ZeroDuration());
      RC_ASSERT(ride.journey.arrival_lateness == absl::ZeroDuration());
    }
  }));
}

// A driver waits for who does not come, whatever is booked meanwhile, and still keeps every promise
// to the others.
TEST(RandomDay, WhoDoesNotComeMakesNobodyElseLate) {
  EXPECT_TRUE(rc::check([] {
    Settings town = testing::TestTown();
    town.vehicles.resize(1);
    World world(town);
    for (int i = 0; i < 20; ++i) TryToBook(world);
    const TourId id = world.day.tours[0].id;
    while (world.TourOf(id).executed < static_cast<int>(world.TourOf(id).visits.size())) {
      const Visit& next = world.TourOf(id).visits[world.TourOf(id).executed];
      if (next.kind == VisitKind::kPickup && *rc::gen::inRange(0, 3) == 0) {
        world.NobodyComes(id, [&](absl::Time until) {
          world.now += (until - world.now) * *rc::gen::inRange(0, 101) / 100;
          TryToBook(world);
        });
      } else {
        world.DriveOne(id, absl::ZeroDuration(), absl::InfiniteFuture());
      }
    }
    for (const auto& [ride, state] : world.rides) {
      RC_ASSERT(IsFinal(state.state));
      RC_ASSERT(state.journey.pickup_lateness == absl::ZeroDuration());
      RC_ASSERT(state.journey.arrival_lateness == absl::ZeroDuration());
    }
  }));
}

TEST(RandomDay, WithBreakdownsNobodyIsLost) {
  EXPECT_TRUE(rc::check([] { RandomDay(true, true); }));
}

TEST(RandomDay, LateDrivingGivesPlanningNoRoom) {
  EXPECT_TRUE(rc::check([] { RandomDay(false, true); }));
}

// A cancelled ride frees its place: whoever was refused because of it alone is offered it again.
TEST(RandomDay, CancelledRidesFreeTheirPlace) {
  EXPECT_TRUE(rc::check([] {
    World world;
    for (int i = 0; i < 6; ++i) TryToBook(world);
    TripRequest wish = RandomWish(world);
    const auto trip = ResolveTrip(world.settings, wish.trip);
    if (!trip.ok()) return;
    wish.trip = *trip;
    const auto offers = world.Offers(wish);
    if (!offers.ok() || offers->offers.empty()) return;
    const absl::Time pickup = offers->offers[0].promise.pickup.begin;
    const auto ride = world.Book(wish, pickup);
    RC_ASSERT(ride.ok());
    world.Cancel(*ride);
    RC_ASSERT(world.Book(wish, pickup).ok());
  }));
}

}  // namespace
}  // namespace stadtmesh::buergerbus
