// Every method, every role, own and stranger's objects: generated from the contract.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "buergerbus/records.h"
#include "buergerbus/rpc/tokens.h"
#include "buergerbus/tests/component/town.h"
#include "rpc/testing/authorisation_matrix.h"

namespace stadtmesh::buergerbus {
namespace {

// Objects of somebody, written straight into the store: a booked ride in a tour that its owner
// drives, too.
class Objects {
 public:
  explicit Objects(Town& town) : town_(town) {}

  absl::Status Make(absl::string_view owner, google::protobuf::Message& request) {
    ++count_;
    const TourId tour_id{VehicleId("bus-1"),
                         absl::CivilDay(2025, 3, 4) + count_};  // a tour of its own for each object
    const Ride ride = MakeRide(owner, tour_id);
    store::Transaction transaction(
        store::ReplyIdentity{"fixture", "fixture", ride.id.value(), "1"});
    transaction.Put(keys::Ride(ride.id), Encode(ride, ""), "");
    transaction.Put(keys::Tour(tour_id), Encode(MakeTour(owner, ride, tour_id), ""), "");
    for (const IndexEntry& entry : IndexEntriesOf(ride))
      transaction.IndexPut(entry.index, entry.member, entry.score);
    const auto committed = town_.fake_store().Commit(Repository::ScopeOf(kTenant), transaction,
                                                     absl::InfiniteFuture());
    if (!committed.ok()) return committed.status();
    Set(request, "ride_id", ride.id.value());
    Set(request, "booking_id", ride.booking.value());
    Set(request, "tour_id", tour_id.ToString());
    Set(request, "shift_id", "early");
    Set(request, "offer_id",
        OfferIds(town_.service().offer_key(), kTenant)
            .Make({.trip = ride.trip, .time = town_.clock().Now()}, {.promise = ride.promise},
                  ride.id));
    FillReports(request);
    return absl::OkStatus();
  }

 private:
  static void Set(google::protobuf::Message& message, const std::string& field,
                  const std::string& value) {
    const auto* descriptor = message.GetDescriptor()->FindFieldByName(field);
    if (descriptor != nullptr) message.GetReflection()->SetString(&message, descriptor, value);
  }

  // What the reports of drivers need besides the object.
  void FillReports(google::protobuf::Message& request) const {
    if (auto* arrival = dynamic_cast<v1::ReportArrivalRequest*>(&request)) {
      arrival->set_kind(v1::PICKUP);
      arrival->set_ride_id(absl::StrCat("ride-", count_));
    }
    if (auto* delay = dynamic_cast<v1::ReportDelayRequest*>(&request))
      delay->mutable_delay()->set_seconds(60);
    if (auto* position = dynamic_cast<v1::ReportPositionRequest*>(&request))
      *position->mutable_location() = Town::Door(51.9, 7.3, "").location();
    if (auto* fare = dynamic_cast<v1::TakeFareRequest*>(&request)) fare->set_payment(v1::FREE);
  }

  Ride MakeRide(absl::string_view owner, const TourId& tour) const {
    const absl::Time pickup = BerlinTime(tour.day, absl::Hours(9));
    Ride ride{.id = RideId(absl::StrCat("ride-", count_)),
              .booking = BookingId(absl::StrCat("booking-", count_))};
    ride.customer.alias = std::string(owner);
    ride.trip.origin = {.stop = StopId("halt-00"), .location = {51.9, 7.3}};
    ride.trip.destination = {.stop = StopId("halt-22"), .location = {51.92, 7.32}};
    ride.promise = {.pickup = {pickup, pickup + absl::Minutes(15)},
                    .latest_arrival = pickup + absl::Hours(1),
                    .longest_ride = absl::Minutes(40)};
    ride.tour = tour;
    ride.state = RideState::kBooked;
    ride.created_at = town_.clock().Now();
    return ride;
  }
  static Tour MakeTour(absl::string_view owner, const Ride& ride, const TourId& id) {
    Tour tour{.id = id, .layouts = {{8, 0, 0}}};
    tour.shifts.push_back({.id = ShiftId("early"),
                           .driver = DriverId(std::string(owner)),
                           .begin = BerlinTime(id.day, absl::Hours(6)),
                           .end = BerlinTime(id.day, absl::Hours(13))});
    tour.assignments.push_back({.ride = ride.id, .load = {1, 0, 0}, .promise = ride.promise});
    tour.visits.push_back(
        {.kind = VisitKind::kPickup, .ride = ride.id, .begin = ride.promise.pickup.begin});
    tour.visits.push_back(
        {.kind = VisitKind::kDropoff, .ride = ride.id, .begin = ride.promise.latest_arrival});
    return tour;
  }

  Town& town_;
  int count_ = 0;
};

TEST(Authorisation, TheMatrixHolds) {
  Town town;
  Objects objects(town);
  rpc::testing::MatrixOptions options{.channel = town.server().InProcess(),
                                      .identity = &town.identity()};
  for (const char* resource : {"ride", "booking", "tour"}) {
    options.fixtures[resource] = [&](const google::protobuf::MethodDescriptor&,
                                     absl::string_view owner, google::protobuf::Message& request) {
      return objects.Make(owner, request);
    };
  }
  for (const std::string& broken : rpc::testing::CheckAuthorisationMatrix(
           rpc::Contract("stadtmesh.buergerbus.v1.BuergerbusService"), options)) {
    ADD_FAILURE() << broken;
  }
}

}  // namespace
}  // namespace stadtmesh::buergerbus
