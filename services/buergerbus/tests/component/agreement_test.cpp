// Rides and tours say the same of each other, whatever people do: a place that only one of the two
// knows of is a seat that stays empty, or a rider whom nobody fetches.
#include <gtest/gtest.h>

#include <map>

#include "buergerbus/domain/tour.h"
#include "buergerbus/tests/component/random_calls.h"

namespace stadtmesh::buergerbus {
namespace {

// Everything that is stored, read at one moment at which nobody writes.
class Books {
 public:
  explicit Books(Town& town) : repository_(town.service().services().core.repository) {
    for (const std::string& id : Members(indexes::kTours)) {
      const auto tour = repository_.Read<Tour>(kTenant, absl::StrCat("tour:", id), Town::Soon());
      if (tour.ok() && tour->value) tours_[tour->value->id] = *tour->value;
    }
    for (int day = 0; day < 3; ++day) {
      for (const std::string& id :
           Members(indexes::RidesOn(BerlinDay(town.clock().Now()) + day - 1))) {
        const auto ride = repository_.Read<Ride>(kTenant, keys::Ride(RideId(id)), Town::Soon());
        if (ride.ok() && ride->value) rides_[ride->value->id] = *ride->value;
      }
    }
    for (const absl::string_view index : {indexes::kOpenCalls, indexes::kDoneCalls}) {
      for (const std::string& id : Members(index)) {
        const auto call = repository_.Read<Call>(kTenant, keys::Call(CallId(id)), Town::Soon());
        if (!call.ok() || !call->value) missing_ = absl::StrCat(index, " names ", id);
      }
    }
  }

  size_t rides() const { return rides_.size(); }

  // The first that two records contradict each other in; "" where they agree.
  std::string Contradiction() const {
    for (const auto& [id, ride] : rides_) {
      const bool waits = ride.state == RideState::kHeld || ride.state == RideState::kBooked;
      if (waits && !Open(ride, VisitKind::kPickup))
        return absl::StrCat(id.value(), " waits, and its tour does not fetch it");
      if ((waits || ride.state == RideState::kBoarded) && !Open(ride, VisitKind::kDropoff))
        return absl::StrCat(id.value(), " rides, and its tour does not bring it");
      if (Stranded(ride) && !IsAmong(ride.tour, id))
        return absl::StrCat(id.value(), " is stranded, and its tour takes others");
    }
    for (const auto& [id, tour] : tours_) {
      for (const RideId& stranded : tour.stranded) {
        const auto ride = rides_.find(stranded);
        if (ride == rides_.end() || ride->second.tour != id || !Stranded(ride->second))
          return absl::StrCat(id.ToString(), " holds ", stranded.value(), " to be stranded");
      }
      for (size_t i = static_cast<size_t>(tour.executed); i < tour.visits.size(); ++i) {
        const Visit& visit = tour.visits[i];
        if (visit.kind == VisitKind::kBreak) continue;
        const auto ride = rides_.find(visit.ride);
        if (ride == rides_.end() || ride->second.tour != id || !OccupiesPlace(ride->second.state))
          return absl::StrCat(id.ToString(), " keeps a place for ", visit.ride.value());
      }
    }
    return missing_;
  }

 private:
  std::vector<std::string> Members(absl::string_view index) const {
    const auto listed = repository_.List(kTenant, index, std::nullopt, false, 1000, Town::Soon());
    std::vector<std::string> members;
    for (size_t i = 0; listed.ok() && i < listed->size(); ++i)
      members.push_back((*listed)[i].member);
    return members;
  }
  static bool Stranded(const Ride& ride) {
    return ride.state == RideState::kAffected && IsAboard(ride);
  }
  bool IsAmong(const std::optional<TourId>& id, const RideId& ride) const {
    const auto tour = id ? tours_.find(*id) : tours_.end();
    return tour != tours_.end() &&
           std::count(tour->second.stranded.begin(), tour->second.stranded.end(), ride) == 1;
  }
  bool Open(const Ride& ride, VisitKind kind) const {
    const auto tour = ride.tour ? tours_.find(*ride.tour) : tours_.end();
    return tour != tours_.end() && FindVisit(tour->second, kind, ride.id) >= tour->second.executed;
  }

  const Repository& repository_;
  std::map<TourId, Tour> tours_;
  std::map<RideId, Ride> rides_;
  std::string missing_;  // what an index names and nothing is
};

TEST(Agreement, RidesAndToursSayTheSameWhateverPeopleDo) {
  size_t all_rides = 0;
  for (unsigned seed = 11; seed <= 16; ++seed) {
    RandomCalls calls(seed);
    size_t rides = 0;
    for (int i = 0; i < 600; ++i) {
      calls.Run(1);
      const Books books(calls.town());
      ASSERT_EQ(books.Contradiction(), "") << "seed " << seed << ", call " << i;
      rides = std::max(rides, books.rides());
    }
    all_rides += rides;
  }
  EXPECT_GE(all_rides, 180u) << "too little was tried";
}

// Both ways of a booking may be in one tour: when the hold ends, both places are free again.
TEST(Agreement, AHoldOfBothWaysFreesBothPlaces) {
  Town town;
  const auto held = HoldOutAndBack(town, Citizen());
  ASSERT_TRUE(held.ok()) << held.status();
  ASSERT_EQ(held->rides_size(), 2);
  ASSERT_EQ(held->rides(0).tour_id(), held->rides(1).tour_id()) << "else nothing is tested";
  town.clock().Advance(absl::Minutes(3));
  EXPECT_EQ(town.service().tasks().RunDue(), 1);
  const auto manifest = town.GetManifest(Dispatcher(), held->rides(0).tour_id());
  ASSERT_TRUE(manifest.ok()) << manifest.status();
  EXPECT_TRUE(manifest->visits().empty()) << manifest->DebugString();
  EXPECT_EQ(Books(town).Contradiction(), "");
}

}  // namespace
}  // namespace stadtmesh::buergerbus
