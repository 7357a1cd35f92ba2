// A town in the process: the whole service behind the chassis, over a fake store (or a real one),
// with people who call it.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/error.h"
#include "buergerbus/buergerbus.h"
#include "buergerbus/demo.h"
#include "events/memory_bus.h"
#include "rpc/client.h"
#include "rpc/server.h"
#include "rpc/testing/test_identity.h"
#include "stadtmesh/buergerbus/v1/buergerbus.pb.h"
#include "testing/fake_clock.h"
#include "testing/fake_store.h"

namespace stadtmesh::buergerbus {

inline constexpr char kTenant[] = "musterstadt";

// Monday, 3 March 2025, 07:00 in Berlin: before any real time, so that deadlines (which are real)
// never pass.
inline absl::Time MondayMorning() { return BerlinTime(absl::CivilDay(2025, 3, 3), absl::Hours(7)); }

// Nine stops, about 1.1 km apart from south to north and 0.7 km from west to east.
inline std::vector<DemoStop> TownStops() {
  std::vector<DemoStop> stops;
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column) {
      stops.push_back(
          {absl::StrCat("Halt ", row, column), {51.9 + 0.01 * row, 7.3 + 0.01 * column}});
    }
  }
  return stops;
}

// What a person says who calls the service.
struct Person {
  auth::Role role = auth::Role::kCitizen;
  std::string name = "anna";
};
inline Person Citizen(std::string name = "anna") { return {auth::Role::kCitizen, std::move(name)}; }
inline Person Driver(std::string name = "dirk") { return {auth::Role::kDriver, std::move(name)}; }
inline Person Dispatcher(std::string name = "lea") {
  return {auth::Role::kDispatcher, std::move(name)};
}
inline Person City(std::string name = "carl") { return {auth::Role::kCity, std::move(name)}; }

class Town {
 public:
  // Without `roads` as the crow flies.
  explicit Town(store::Store* real_store = nullptr,
                std::shared_ptr<const routing::TravelTimes> roads = nullptr)
      : fake_store_(clock_) {
    store_ = real_store != nullptr ? real_store : &fake_store_;
    const obs::LogOptions quiet{.service = "test", .level = obs::Level::kError};
    logger_ = std::make_unique<obs::Logger>(quiet);
    service_ = *Buergerbus::Create({.tenants = {kTenant, "anderswo"}}, {.store = store_,
                                                                        .bus = &bus_,
                                                                        .clock = &clock_,
                                                                        .ids = &ids_,
                                                                        .logger = logger_.get(),
                                                                        .metrics = &metrics_,
                                                                        .travel_times = roads});
    EXPECT_TRUE(
        SeedDemo(service_->services(), kTenant, MakeDemoSettings(TownStops(), Polygon()), Soon())
            .ok());
    std::vector<rpc::Service> services;
    services.push_back(*service_->MakeService());
    absl::StatusOr<std::unique_ptr<rpc::Server>> server =
        rpc::Server::Start({.listen = "",
                            .tenants = {kTenant, "anderswo"},
                            .authenticator = &identity_.authenticator(),
                            .logger = logger_.get(),
                            .metrics = &metrics_},
                           std::move(services));
    if (!server.ok()) ADD_FAILURE() << server.status();
    server_ = *std::move(server);
    client_ = std::make_unique<rpc::Client>(server_->InProcess(), &identity_.gateway());
  }
  ~Town() {
    server_->Stop(absl::Now() + absl::Seconds(10));
    EXPECT_EQ(service_->services().core.metrics.undeclared_refusals.Value(), 0);
    service_->Stop();
  }

  // One call of a person. Without a key, a new one is made.
  template <typename Response, typename Request>
  absl::StatusOr<Response> Call(const Person& person, const std::string& method,
                                const Request& request, std::string key = "",
                                const std::string& tenant = kTenant) {
    const auto* descriptor =
        rpc::Contract("stadtmesh.buergerbus.v1.BuergerbusService")->FindMethodByName(method);
    if (descriptor == nullptr) return absl::InternalError(method);
    rpc::CallOptions options{.deadline = Soon(), .tenant = tenant};
    options.user_token = identity_.Token(person.role, tenant, person.name);
    options.idempotency_key = key.empty() ? ids_.NewId("key") : key;
    return client_->Call<Response>(descriptor, request, options);
  }

  // ---- The way of a ride, step by step.
  static v1::Place StopPlace(const std::string& id) {
    v1::Place place;
    place.set_stop_id(id);
    return place;
  }
  static v1::Place Door(double latitude, double longitude, const std::string& label) {
    v1::Place place;
    place.mutable_location()->set_latitude(latitude);
    place.mutable_location()->set_longitude(longitude);
    place.set_label(label);
    return place;
  }
  v1::FindOffersRequest Wish(absl::Duration from_now = absl::Hours(3)) const {
    v1::FindOffersRequest request;
    *request.mutable_origin() = StopPlace("halt-00");
    *request.mutable_destination() = StopPlace("halt-22");
    request.mutable_party()->set_people(1);
    request.mutable_when()->mutable_depart_at()->set_seconds(
        absl::ToUnixSeconds(clock_.Now() + from_now));
    return request;
  }
  absl::StatusOr<v1::FindOffersResponse> FindOffers(const Person& person,
                                                    const v1::FindOffersRequest& wish) {
    return Call<v1::FindOffersResponse>(person, "FindOffers", wish);
  }
  absl::StatusOr<v1::HoldRideResponse> Hold(const Person& person, const v1::FindOffersRequest& wish,
                                            std::string key = "") {
    absl::StatusOr<v1::FindOffersResponse> offers = FindOffers(person, wish);
    if (!offers.ok()) return offers.status();
    if (offers->offers().empty()) return absl::NotFoundError(offers->ShortDebugString());
    v1::HoldRideRequest request;
    request.set_offer_id(offers->offers(0).offer_id());
    return Call<v1::HoldRideResponse>(person, "HoldRide", request, std::move(key));
  }
  absl::StatusOr<v1::Ride> Book(const Person& person, const v1::FindOffersRequest& wish) {
    absl::StatusOr<v1::HoldRideResponse> held = Hold(person, wish);
    if (!held.ok()) return held.status();
    if (held->rides().empty()) return absl::NotFoundError(held->ShortDebugString());
    v1::BookRideRequest request;
    request.set_booking_id(held->rides(0).booking_id());
    absl::StatusOr<v1::BookRideResponse> booked =
        Call<v1::BookRideResponse>(person, "BookRide", request);
    if (!booked.ok()) return booked.status();
    return booked->rides(0);
  }
  absl::StatusOr<v1::Ride> GetRide(const Person& person, const std::string& id) {
    v1::GetRideRequest request;
    request.set_ride_id(id);
    return Call<v1::Ride>(person, "GetRide", request);
  }
  absl::StatusOr<v1::Manifest> GetManifest(const Person& person, const std::string& tour) {
    v1::GetManifestRequest request;
    request.set_tour_id(tour);
    return Call<v1::Manifest>(person, "GetManifest", request);
  }

  std::vector<store::OutboxEntry> Outbox() {
    return *store_->ReadOutbox(Repository::ScopeOf(kTenant), "", 1000, Soon());
  }
  static absl::Time Soon() { return absl::Now() + absl::Seconds(30); }

  Buergerbus& service() { return *service_; }
  rpc::Server& server() { return *server_; }
  testing::FakeClock& clock() { return clock_; }
  testing::FakeStore& fake_store() { return fake_store_; }
  events::MemoryBus& bus() { return bus_; }
  const obs::Metrics& metrics() const { return metrics_; }
  const rpc::testing::TestIdentity& identity() const { return identity_; }
  RandomIdSource& ids() { return ids_; }
  std::string AliasOf(const Person& person) const { return identity_.Alias(kTenant, person.name); }

 private:
  testing::FakeClock clock_{MondayMorning()};
  testing::FakeStore fake_store_;
  store::Store* store_;
  events::MemoryBus bus_;
  RandomIdSource ids_;
  obs::Metrics metrics_;
  std::unique_ptr<obs::Logger> logger_;
  rpc::testing::TestIdentity identity_;
  std::unique_ptr<Buergerbus> service_;
  std::unique_ptr<rpc::Server> server_;
  std::unique_ptr<rpc::Client> client_;
};

// ErrorInfo's reason of a failed call, or "".
inline std::string ReasonIn(const absl::Status& status) {
  const std::optional<ErrorInfo> info = GetErrorInfo(status);
  return info ? info->reason : "";
}
// The fields a refused request was told about.
inline std::vector<std::string> FieldsIn(const absl::Status& status) {
  std::vector<std::string> fields;
  if (const std::optional<ErrorInfo> info = GetErrorInfo(status)) {
    for (const FieldError& field : info->fields) fields.push_back(field.field);
  }
  return fields;
}

}  // namespace stadtmesh::buergerbus
