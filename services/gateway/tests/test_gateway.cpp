#include "gateway/tests/test_gateway.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/error.h"
#include "gateway/tests/descriptor_sets.h"

namespace stadtmesh::gateway {
namespace {

namespace v1 = gatewaytest::v1;
using google::protobuf::Empty;

template <typename T>
T OrDie(absl::StatusOr<T> value) {
  if (value.ok()) return *std::move(value);
  ADD_FAILURE() << value.status();
  std::abort();
}

v1::Ride MakeRide(const std::string& id) {
  v1::Ride ride;
  ride.set_id(id);
  ride.mutable_pickup()->set_name("Rathaus");
  ride.set_seats(2);
  return ride;
}

// Tests do not read log lines.
int Nowhere() { return open("/dev/null", O_WRONLY | O_CLOEXEC); }

}  // namespace

TestGateway::TestGateway(const std::function<void(Config&)>& change, RideHandlers handlers)
    : identity(/*demo=*/false),
      logger(obs::LogOptions{.service = "gateway", .file_descriptor = Nowhere()}) {
  rpc::ServerOptions server_options;
  server_options.listen = "";
  server_options.tenants = {kTown, kOtherTown};
  server_options.authenticator = &identity.authenticator();
  server_options.logger = &logger;
  server_options.metrics = &metrics;
  std::vector<rpc::Service> services;
  services.push_back(MakeService(std::move(handlers)));
  server = OrDie(rpc::Server::Start(server_options, std::move(services)));

  Config config;
  config.http.listen = "127.0.0.1:0";
  config.tenants = OrDie(Tenants::Parse(
      {absl::StrCat("localhost=", kTown), absl::StrCat("other.example=", kOtherTown)}, {}));
  config.address_rate = config.user_rate = config.guest_rate = {0, 1};
  if (change) change(config);
  Dependencies dependencies{.descriptor_set = TestDescriptorSet(),
                            .channels = {{"stadtmesh.gatewaytest.v1", server->InProcess()}},
                            .authenticator = &identity.authenticator(),
                            .identity = &identity.gateway(),
                            .bus = &bus,
                            .logger = &logger,
                            .metrics = &metrics,
                            .clock = &clock,
                            .ids = &ids};
  gateway = OrDie(Gateway::Start(std::move(config), std::move(dependencies)));
}

TestGateway::~TestGateway() {
  gateway.reset();
  server->Stop(absl::Now() + absl::Seconds(5));
}

HeaderMap TestGateway::As(auth::Role role, absl::string_view subject,
                          absl::string_view tenant) const {
  return {{"authorization", absl::StrCat("Bearer ", identity.Token(role, tenant, subject))}};
}

rpc::Service TestGateway::MakeService(RideHandlers handlers) {
  if (!handlers.get) {
    handlers.get = [](const rpc::Call&,
                      const v1::GetRideRequest& request) -> absl::StatusOr<v1::Ride> {
      if (request.id() == "unknown")
        return CommonError(absl::StatusCode::kNotFound, "NOT_FOUND", "no such ride");
      return MakeRide(request.id());
    };
  }
  if (!handlers.book) {
    handlers.book = [](const rpc::Call&,
                       const v1::BookRideRequest& request) -> absl::StatusOr<v1::Ride> {
      if (request.ride().seats() == 99)
        return InvalidField("ride.seats", FieldReason::kConflict, "drop_off");
      if (request.ride().seats() == 100)
        return InvalidArgument({{"ride.drop_off.name", FieldReason::kTooLong, "100"},
                                {"ride.notes", FieldReason::kTooLong, "5"},
                                {"ride.notes[1]", FieldReason::kTooLong, "7"}});
      if (request.ride().seats() > 8)
        return InvalidField("ride.drop_off.name", FieldReason::kOutOfRange, "1..8");
      return request.ride();
    };
  }
  if (!handlers.raw) {
    handlers.raw =
        [](const http::v1::RawRequest& request) -> absl::StatusOr<http::v1::RawResponse> {
      http::v1::RawResponse response;
      response.set_status(201);
      auto& header = *response.add_headers();
      header.set_name("Content-Type");
      header.set_value("text/plain");
      response.set_body(absl::StrCat(request.method(), " ", request.path(), " ", request.query(),
                                     " ", request.body()));
      return response;
    };
  }
  rpc::ServiceBuilder builder(v1::Ride::descriptor()->file()->FindServiceByName("RideService"));
  const auto counted = [this](auto handler) {
    return [this, handler = std::move(handler)](const auto& call, const auto& request) {
      ++calls_;
      return handler(call, request);
    };
  };
  builder.Unary<v1::GetRideRequest, v1::Ride>("GetRide", counted(handlers.get));
  builder.Unary<v1::BookRideRequest, v1::Ride>("BookRide", counted(handlers.book));
  const auto list =
      [](const rpc::Call&,
         const v1::ListRidesRequest& request) -> absl::StatusOr<v1::ListRidesResponse> {
    v1::ListRidesResponse response;
    for (const std::string& area : request.areas()) *response.add_rides() = MakeRide(area);
    for (int i = 0; i < std::min(request.page_size(), 1000); ++i)
      *response.add_rides() = MakeRide(absl::StrCat("ride-", i));
    response.set_next_page_token(request.DebugString());
    return response;
  };
  builder.Unary<v1::ListRidesRequest, v1::ListRidesResponse>("ListRides", counted(list));
  builder.Unary<v1::ListRidesRequest, v1::ListRidesResponse>("Names", counted(list));
  builder.Unary<v1::UpdateRideRequest, v1::UpdateRideResponse>(
      "UpdateRide",
      counted([](const rpc::Call&,
                 const v1::UpdateRideRequest& request) -> absl::StatusOr<v1::UpdateRideResponse> {
        v1::UpdateRideResponse response;
        *response.mutable_ride() = request.ride();
        for (const std::string& path : request.update_mask().paths()) response.add_paths(path);
        return response;
      }));
  builder.Unary<v1::CancelRideRequest, Empty>(
      "CancelRide",
      counted([](const rpc::Call&, const v1::CancelRideRequest& request) -> absl::StatusOr<Empty> {
        if (request.reason() == "full") {
          return MakeError(
              absl::StatusCode::kFailedPrecondition,
              {.domain = "gatewaytest", .reason = "NO_SEAT_LEFT", .metadata = {{"seats", "0"}}},
              "NO_SEAT_LEFT");
        }
        if (request.reason() == "bug") return absl::InternalError("secret details");
        return Empty();
      }));
  builder.Unary<v1::GetRideRequest, Empty>(
      "DeleteRide",
      counted([](const rpc::Call&, const v1::GetRideRequest&) -> absl::StatusOr<Empty> {
        return Empty();
      }));
  builder.Unary<v1::FileRequest, v1::FileResponse>(
      "GetFile", counted([](const rpc::Call&,
                            const v1::FileRequest& request) -> absl::StatusOr<v1::FileResponse> {
        v1::FileResponse response;
        response.set_path(request.path());
        return response;
      }));
  builder.Unary<Empty, v1::WhoAmIResponse>(
      "WhoAmI",
      counted([](const rpc::Call& call, const Empty&) -> absl::StatusOr<v1::WhoAmIResponse> {
        v1::WhoAmIResponse response;
        response.set_tenant(call.principal.tenant);
        response.set_alias(call.principal.alias);
        for (const auth::Role role : call.principal.roles)
          response.add_roles(std::string(auth::RoleName(role)));
        response.set_idempotency_key(call.idempotency_key);
        response.set_language(call.language);
        response.set_traceparent(call.traceparent);
        return response;
      }));
  builder.Unary<http::v1::RawRequest, http::v1::RawResponse>(
      "Raw", counted([raw = handlers.raw](const rpc::Call&, const http::v1::RawRequest& request) {
        return raw(request);
      }));
  builder.Unary<v1::UploadRequest, http::v1::RawResponse>(
      "Upload", counted([raw = handlers.raw](const rpc::Call&, const v1::UploadRequest& request) {
        return raw(request.content());
      }));
  if (!handlers.download) {
    handlers.download = [](const http::v1::RawRequest&, rpc::Writer<http::v1::RawResponse>&) {
      return absl::OkStatus();
    };
  }
  builder.ServerStream<http::v1::RawRequest, http::v1::RawResponse>(
      "Download",
      [download = handlers.download](const rpc::Call&, const http::v1::RawRequest& request,
                                     rpc::Writer<http::v1::RawResponse>& writer) {
        return download(request, writer);
      });
  builder.Unary<v1::Everything, v1::Everything>(
      "Echo", counted([](const rpc::Call&, const v1::Everything& request)
                          -> absl::StatusOr<v1::Everything> { return request; }));
  return OrDie(std::move(builder).Build());
}

}  // namespace stadtmesh::gateway
