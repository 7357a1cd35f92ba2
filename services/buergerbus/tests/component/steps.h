// What people do in a town, one call each: for tests that are about what follows.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "buergerbus/tests/component/town.h"

namespace stadtmesh::buergerbus {

// Out at 10, back at 14, in one booking.
inline absl::StatusOr<v1::HoldRideResponse> HoldOutAndBack(Town& town, const Person& person) {
  v1::FindOffersRequest wish = town.Wish();
  wish.mutable_back()->mutable_depart_at()->set_seconds(
      absl::ToUnixSeconds(town.clock().Now() + absl::Hours(7)));
  const auto offers = town.FindOffers(person, wish);
  if (!offers.ok()) return offers.status();
  if (offers->offers().empty() || offers->back_offers().empty())
    return absl::NotFoundError(offers->ShortDebugString());
  v1::HoldRideRequest hold;
  hold.set_offer_id(offers->offers(0).offer_id());
  hold.set_back_offer_id(offers->back_offers(0).offer_id());
  return town.Call<v1::HoldRideResponse>(person, "HoldRide", hold);
}

inline absl::StatusOr<v1::Ride> Cancel(Town& town, const Person& person, const std::string& ride) {
  v1::CancelRideRequest request;
  request.set_ride_id(ride);
  return town.Call<v1::Ride>(person, "CancelRide", request);
}

template <typename Request>
absl::StatusOr<v1::Ride> Report(Town& town, const std::string& method, const std::string& ride) {
  Request request;
  request.set_ride_id(ride);
  return town.Call<v1::Ride>(Driver(), method, request);
}
inline absl::StatusOr<v1::Ride> BoardRider(Town& town, const std::string& ride) {
  return Report<v1::ReportBoardingRequest>(town, "ReportBoarding", ride);
}
inline absl::StatusOr<v1::Ride> AlightRider(Town& town, const std::string& ride) {
  return Report<v1::ReportAlightingRequest>(town, "ReportAlighting", ride);
}

inline std::string ShiftOf(const v1::Manifest& manifest, const std::string& ride) {
  for (const v1::Visit& visit : manifest.visits()) {
    if (visit.ride_id() == ride) return visit.shift_id();
  }
  return "";
}

inline absl::StatusOr<v1::Manifest> BeginShift(Town& town, const v1::Ride& ride) {
  const auto manifest = town.GetManifest(Dispatcher(), ride.tour_id());
  if (!manifest.ok()) return manifest.status();
  v1::StartShiftRequest start;
  start.set_tour_id(ride.tour_id());
  start.set_shift_id(ShiftOf(*manifest, ride.ride_id()));
  return town.Call<v1::Manifest>(Driver(), "StartShift", start);
}

inline absl::StatusOr<v1::Manifest> DelayBy(Town& town, const std::string& tour,
                                            absl::Duration delay) {
  v1::ReportDelayRequest request;
  request.set_tour_id(tour);
  request.mutable_delay()->set_seconds(absl::ToInt64Seconds(delay));
  return town.Call<v1::Manifest>(Driver(), "ReportDelay", request);
}

inline absl::StatusOr<v1::Ride> Move(Town& town, const std::string& ride,
                                     const std::string& vehicle) {
  v1::MoveRideRequest request;
  request.set_ride_id(ride);
  request.set_vehicle_id(vehicle);
  return town.Call<v1::Ride>(Dispatcher(), "MoveRide", request);
}

// To the best offer for another wish, by a dispatcher.
inline absl::StatusOr<v1::ChangeRideResponse> Change(Town& town, const std::string& ride,
                                                     v1::FindOffersRequest wish) {
  wish.set_replaces_ride_id(ride);
  const auto offers = town.FindOffers(Dispatcher(), wish);
  if (!offers.ok()) return offers.status();
  if (offers->offers().empty()) return absl::NotFoundError(offers->ShortDebugString());
  v1::ChangeRideRequest change;
  change.set_ride_id(ride);
  change.set_offer_id(offers->offers(0).offer_id());
  return town.Call<v1::ChangeRideResponse>(Dispatcher(), "ChangeRide", change);
}

inline absl::StatusOr<v1::BlockStopResponse> Block(Town& town, const std::string& stop,
                                                   absl::Duration length, std::string key = "") {
  v1::BlockStopRequest request;
  request.set_stop_id(stop);
  request.mutable_span()->mutable_begin()->set_seconds(absl::ToUnixSeconds(town.clock().Now()));
  request.mutable_span()->mutable_end()->set_seconds(
      absl::ToUnixSeconds(town.clock().Now() + length));
  return town.Call<v1::BlockStopResponse>(Dispatcher(), "BlockStop", request, std::move(key));
}

// By phone for somebody without a card.
inline absl::StatusOr<v1::Ride> BookByPhone(Town& town, const v1::FindOffersRequest& wish,
                                            const std::string& card = "") {
  const auto offers = town.FindOffers(Dispatcher(), wish);
  if (!offers.ok()) return offers.status();
  if (offers->offers().empty()) return absl::NotFoundError(offers->ShortDebugString());
  v1::BookByPhoneRequest request;
  request.set_offer_id(offers->offers(0).offer_id());
  request.set_card_id(card);
  if (card.empty()) request.mutable_contact()->set_phone("025951234567");
  const auto booked = town.Call<v1::BookByPhoneResponse>(Dispatcher(), "BookByPhone", request);
  if (!booked.ok()) return booked.status();
  if (booked->rides().empty()) return absl::NotFoundError(booked->ShortDebugString());
  return booked->rides(0);
}

inline std::vector<v1::Call> OpenCalls(Town& town) {
  const auto calls =
      town.Call<v1::ListCallsResponse>(Dispatcher(), "ListCalls", v1::ListCallsRequest());
  if (!calls.ok()) return {};
  return {calls->calls().begin(), calls->calls().end()};
}

inline void TickOffCalls(Town& town) {
  for (const v1::Call& call : OpenCalls(town)) {
    v1::TickOffCallRequest request;
    request.set_call_id(call.call_id());
    ASSERT_TRUE(town.Call<v1::Call>(Dispatcher(), "TickOffCall", request).ok());
  }
}

// Every ride that stands is in its tour, once in and once out, and tours hold nobody else.
inline void ExpectWhole(Town& town, const std::vector<std::string>& rides) {
  std::map<std::string, std::set<std::string>> by_tour;
  for (const std::string& id : rides) {
    const auto ride = town.GetRide(Dispatcher(), id);
    ASSERT_TRUE(ride.ok()) << ride.status();
    if (ride->state() == v1::Ride::BOOKED || ride->state() == v1::Ride::HELD)
      by_tour[ride->tour_id()].insert(id);
    if (ride->state() == v1::Ride::AFFECTED) {
      EXPECT_EQ(ride->tour_id(), "");
    }
  }
  for (const auto& [tour, expected] : by_tour) {
    const auto manifest = town.GetManifest(Dispatcher(), tour);
    ASSERT_TRUE(manifest.ok()) << tour << manifest.status();
    std::multiset<std::string> pickups, dropoffs;
    for (const v1::Visit& visit : manifest->visits()) {
      if (visit.kind() == v1::PICKUP) pickups.insert(visit.ride_id());
      if (visit.kind() == v1::DROPOFF) dropoffs.insert(visit.ride_id());
    }
    EXPECT_EQ(pickups, (std::multiset<std::string>(expected.begin(), expected.end()))) << tour;
    EXPECT_EQ(dropoffs, pickups) << tour;
  }
}

inline absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds());
}

// The settings, changed as the city does it, and the tasks that follow.
inline absl::Status ChangeSettings(Town& town, const std::function<void(v1::Settings&)>& change) {
  const auto before =
      town.Call<v1::GetSettingsResponse>(City(), "GetSettings", v1::GetSettingsRequest());
  if (!before.ok()) return before.status();
  v1::UpdateSettingsRequest update;
  *update.mutable_settings() = before->settings();
  update.set_etag(before->etag());
  change(*update.mutable_settings());
  const absl::Status updated =
      town.Call<v1::UpdateSettingsResponse>(City(), "UpdateSettings", update).status();
  if (!updated.ok()) return updated;
  town.service().tasks().RunDue();
  return absl::OkStatus();
}

}  // namespace stadtmesh::buergerbus
