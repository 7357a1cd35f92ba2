// A gateway in front of the tests' ride service, both in this process, with real HTTP and the real
// chassis between.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/synchronization/mutex.h"
#include "auth/token_verifier.h"
#include "base/ids.h"
#include "events/memory_bus.h"
#include "gateway/gateway.h"
#include "gateway/tests/http_client.h"
#include "gateway_test.pb.h"
#include "rpc/server.h"
#include "rpc/testing/test_identity.h"

namespace stadtmesh::gateway {

inline constexpr char kTown[] = "musterstadt";
inline constexpr char kOtherTown[] = "anderswo";

// What the ride service answers; tests replace what they need. Everything called is counted.
struct RideHandlers {
  std::function<absl::StatusOr<gatewaytest::v1::Ride>(const rpc::Call&,
                                                      const gatewaytest::v1::BookRideRequest&)>
      book;
  std::function<absl::StatusOr<gatewaytest::v1::Ride>(const rpc::Call&,
                                                      const gatewaytest::v1::GetRideRequest&)>
      get;
  std::function<absl::StatusOr<http::v1::RawResponse>(const http::v1::RawRequest&)> raw;
  std::function<absl::Status(const http::v1::RawRequest&, rpc::Writer<http::v1::RawResponse>&)>
      download;
};

class TestGateway {
 public:
  explicit TestGateway(const std::function<void(Config&)>& change = {}, RideHandlers handlers = {});
  ~TestGateway();

  int port() const { return gateway->port(); }
  HttpReply Get(absl::string_view target, HeaderMap headers = {}) const {
    return Fetch(port(), "GET", target, std::move(headers));
  }
  HttpReply Post(absl::string_view target, absl::string_view body, HeaderMap headers = {}) const {
    return Fetch(port(), "POST", target, std::move(headers), body);
  }
  HeaderMap As(auth::Role role, absl::string_view subject = "somebody",
               absl::string_view tenant = kTown) const;
  int calls() const { return calls_.load(); }

  rpc::testing::TestIdentity identity;
  events::MemoryBus bus;
  SystemClock clock;
  RandomIdSource ids;
  obs::Metrics metrics;
  obs::Logger logger;
  std::unique_ptr<rpc::Server> server;
  std::unique_ptr<Gateway> gateway;

 private:
  rpc::Service MakeService(RideHandlers handlers);
  std::atomic<int> calls_{0};
};

}  // namespace stadtmesh::gateway
