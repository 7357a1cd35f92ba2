// What a request means: whose word counts, who is asked, whether the gateway is ready.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/tests/test_gateway.h"

namespace stadtmesh::gateway {
namespace {

using testing::AllOf;
using testing::HasSubstr;

bool Soon(const std::function<bool()>& condition) {
  const absl::Time deadline = absl::Now() + absl::Seconds(10);
  while (!condition()) {
    if (absl::Now() > deadline) return false;
    absl::SleepFor(absl::Milliseconds(10));
  }
  return true;
}

TEST(SemanticsTest, ABodyThatContradictsThePathIsRefused) {
  const TestGateway test;
  const auto patch = [&](absl::string_view body) {
    return Fetch(test.port(), "PATCH", "/v1/test/rides/r1", {}, body);
  };
  const HttpReply other = patch(R"({"id":"r2","seats":3})");
  EXPECT_EQ(other.status, 400);
  EXPECT_THAT(other.body,
              AllOf(HasSubstr(R"("field":"id","reason":"CONFLICT")"), HasSubstr("{ride_id}")));
  EXPECT_EQ(patch(R"({"id":"r1","seats":3})").status, 200);
  EXPECT_THAT(patch(R"({"id":"","seats":3})").body, HasSubstr(R"("id":"r1")"));
  const HttpReply cancel = test.Post("/v1/test/rides/r1:cancel", R"({"id":"r2"})");
  EXPECT_EQ(cancel.status, 400);
  EXPECT_THAT(cancel.body, HasSubstr(R"("field":"id","reason":"CONFLICT")"));
  EXPECT_EQ(test.Post("/v1/test/rides/r1:cancel", R"({"id":"r1"})").status, 200);
}

TEST(SemanticsTest, ReadyWhileAServiceServes) {
  const TestGateway test([](Config& config) { config.health_interval = absl::Milliseconds(50); });
  EXPECT_THAT(test.Get("/readyz").body, HasSubstr("stadtmesh.gatewaytest.v1: serving"));
  test.server->SetServing(false);  // as a service does that cannot reach its Redis
  EXPECT_TRUE(Soon([&] { return test.Get("/readyz").status == 503; }));
  EXPECT_EQ(test.Get("/healthz").status, 200) << "the gateway itself lives";
  test.server->SetServing(true);
  EXPECT_TRUE(Soon([&] { return test.Get("/readyz").status == 200; }));
}

TEST(SemanticsTest, AGuestOfATownIsOneInEveryTenantThatServesIt) {
  const TestGateway test([](Config& config) {
    config.tenants = *Tenants::Parse(
        {absl::StrCat("localhost=", kTown), absl::StrCat("other.example=", kOtherTown)},
        {absl::StrCat(kTown, "/gatewaytest=", kOtherTown)});
  });
  const HttpReply guest = Fetch(test.port(), "POST", "/v1/guest-token");
  ASSERT_EQ(guest.status, 200);
  const std::string token = guest.body.substr(10, guest.body.find('"', 10) - 10);
  HeaderMap headers = {{"authorization", absl::StrCat("Bearer ", token)}};
  EXPECT_THAT(test.Post("/v1/test/who-am-i", "", headers).body,
              AllOf(HasSubstr(absl::StrCat("\"tenant\":\"", kOtherTown)),
                    HasSubstr(R"("roles":["guest"])")));
}

TEST(SemanticsTest, MetricsHaveAPortOfTheirOwn) {
  const TestGateway test;
  const auto metrics = obs::MetricsServer::Start(test.metrics, "127.0.0.1:0");
  ASSERT_TRUE(metrics.ok()) << metrics.status();
  EXPECT_EQ(test.Get("/v1/test/rides/r1").status, 200);
  const HttpReply reply = Fetch((*metrics)->port(), "GET", "/metrics");
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(
      reply.body,
      HasSubstr(R"(stadtmesh_gateway_requests_total{route="/v1/test/rides/{id}",status="2xx"} 1)"));
  EXPECT_EQ(test.Get("/metrics").status, 404) << "not where the apps are";
}

}  // namespace
}  // namespace stadtmesh::gateway
