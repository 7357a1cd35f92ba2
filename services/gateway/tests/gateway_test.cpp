// The whole gateway: HTTP in, gRPC through the real chassis, HTTP out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "gateway/tests/test_gateway.h"

namespace stadtmesh::gateway {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr char kRide[] =
    R"({"id":"r1","pickup":{"name":"Rathaus","latitude":0,"longitude":0},"seats":2,)"
    R"("colour":"COLOUR_UNSPECIFIED","notes":[]})";

TEST(GatewayTest, GetsAndBooks) {
  const TestGateway test;
  const HttpReply ride = test.Get("/v1/test/rides/r1");
  EXPECT_EQ(ride.status, 200);
  EXPECT_EQ(ride.body, kRide);
  EXPECT_EQ(ride.headers.at("content-type"), "application/json");
  EXPECT_EQ(ride.headers.at("x-content-type-options"), "nosniff");
  const HttpReply booked =
      test.Post("/v1/test/rides", R"({"ride":{"id":"r2","dropOff":{"name":"Bad"},"seats":3}})");
  EXPECT_EQ(booked.status, 200) << booked.body;
  EXPECT_THAT(booked.body, HasSubstr(R"("dropOff":{"name":"Bad")"));
}

TEST(GatewayTest, HeadHasNoBody) {
  const TestGateway test;
  const HttpReply reply = Fetch(test.port(), "HEAD", "/v1/test/rides/r1");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.at("content-length"), absl::StrCat(sizeof(kRide) - 1));
}

TEST(GatewayTest, ManyRequestsOnOneConnection) {
  const TestGateway test;
  HttpConnection connection(test.port());
  std::string requests;
  for (int i = 0; i < 20; ++i)
    absl::StrAppend(&requests, "GET /v1/test/rides/r", i, " HTTP/1.1\r\nhost: localhost\r\n\r\n");
  ASSERT_TRUE(connection.Send(requests));  // pipelined
  for (int i = 0; i < 20; ++i)
    EXPECT_THAT(connection.Receive().body, StartsWith(absl::StrCat("{\"id\":\"r", i, "\"")));
}

TEST(GatewayTest, ErrorsAreProblems) {
  const TestGateway test;
  const HttpReply missing = test.Get("/v1/test/rides/unknown");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.headers.at("content-type"), "application/problem+json");
  EXPECT_THAT(
      missing.body,
      AllOf(HasSubstr(R"("type":"/problems/stadtmesh/NOT_FOUND")"),
            HasSubstr(R"("title":"Das gibt es hier nicht.")"),
            HasSubstr(R"("en":"There is no such thing here.")"), HasSubstr(R"("status":404)"),
            HasSubstr(R"("reason":"NOT_FOUND")"), HasSubstr(R"("traceId":")")));
  const HttpReply english =
      test.Get("/v1/test/rides/unknown", {{"accept-language", "en-GB,en;q=0.9,de;q=0.1"}});
  EXPECT_THAT(english.body, HasSubstr(R"("title":"There is no such thing here.")"));
  const HttpReply full = test.Post("/v1/test/rides/r1:cancel", R"({"reason":"full"})");
  EXPECT_EQ(full.status, 409);
  EXPECT_THAT(full.body, AllOf(HasSubstr(R"("domain":"gatewaytest","reason":"NO_SEAT_LEFT")"),
                               HasSubstr(R"("metadata":{"seats":"0"})"), Not(HasSubstr("detail"))))
      << "its title says it all; facts are for the app";
  const HttpReply bug = test.Post("/v1/test/rides/r1:cancel", R"({"reason":"bug"})");
  EXPECT_EQ(bug.status, 500);
  EXPECT_THAT(bug.body, Not(HasSubstr("secret")));
}

TEST(GatewayTest, NamesTheFieldAtFault) {
  const TestGateway test;
  const HttpReply service = test.Post("/v1/test/rides", R"({"ride":{"seats":9}})");
  EXPECT_EQ(service.status, 400);
  EXPECT_THAT(
      service.body,
      HasSubstr(R"("errors":[{"field":"ride.dropOff.name","reason":"OUT_OF_RANGE",)"
                R"("de":"Dieser Wert ist nicht möglich. Erlaubt ist 1 bis 8.",)"
                R"("en":"This value is not possible. Allowed is 1 to 8.","limit":"1..8"}])"));
  EXPECT_THAT(service.body, HasSubstr(R"("detail":"ride.dropOff.name: Dieser Wert ist nicht )"
                                      R"(möglich. Erlaubt ist 1 bis 8.")"))
      << "for people, in their language";
  const HttpReply both = test.Post("/v1/test/rides", R"({"ride":{"seats":99}})");
  EXPECT_THAT(both.body, HasSubstr(R"("limit":"dropOff")")) << "as the client knows it";
  const HttpReply type = test.Post("/v1/test/rides", R"({"ride":{"seats":"many"}})");
  EXPECT_EQ(type.status, 400);
  EXPECT_THAT(type.body, HasSubstr(R"("field":"ride.seats","reason":"INVALID_FORMAT")"));
  EXPECT_THAT(test.Post("/v1/test/rides", R"({"ride":)").body,
              HasSubstr(R"("reason":"MALFORMED_BODY")"));
  EXPECT_THAT(test.Get("/v1/test/rides?nope=1").body,
              HasSubstr(R"("field":"nope","reason":"UNKNOWN_FIELD")"));
  EXPECT_THAT(test.Get("/v1/test/rides?pageSize=x").body,
              HasSubstr(R"("field":"pageSize","reason":"INVALID_FORMAT")"));
  EXPECT_THAT(test.Get("/v1/test/rides?pageSize=1&page_size=1").body,
              HasSubstr(R"("reason":"DUPLICATE")"));
  EXPECT_THAT(test.Get("/v1/test/rides/%ff").body,
              HasSubstr(R"("field":"id","reason":"INVALID_UTF8")"));
  EXPECT_EQ(test.Get("/v1/test/rides/%zz").status, 400);
  EXPECT_EQ(test.calls(), 2) << "the first two; the gateway refuses the others itself";
}

// Beneath a German title stands no English sentence: what is for developers has a member of its
// own.
TEST(GatewayTest, DetailIsInTheLanguageAskedFor) {
  const TestGateway test;
  const std::vector<std::pair<HttpReply, std::string>> refused = {
      {test.Get("/nowhere"), "no such path"},
      {test.Get("/v1/test/rides/r1", {{"authorization", "Basic x"}}),
       "authorization should be Bearer"},
      {test.Get("/v1/test/rides/r1", {{"authorization", "Bearer x"}}), ""},
      {Fetch(test.port(), "GET", "/v1/test/rides/r1", {}, "{}"), "this call takes no body"},
      {test.Post("/v1/test/rides", "{}", {{"content-type", "text/plain"}}),
       "the body should be application/json"},
      {test.Post("/v1/test/rides", "x"), "malformed JSON at byte 0"},
      {test.Get("/v1/stream?channels=board"), "a stream needs a token"},
      {test.Get("/v1/test/rides/unknown"), ""}};
  for (const auto& [reply, message] : refused) {
    EXPECT_THAT(reply.body, AllOf(HasSubstr(R"("title":")"), Not(HasSubstr(R"("detail")")),
                                  HasSubstr(R"("developerMessage":")" + message)));
  }
  const HttpReply type = test.Post("/v1/test/rides", R"({"ride":7})");
  EXPECT_THAT(type.body, AllOf(HasSubstr(R"("detail":"ride: Diese Angabe hat nicht die richtige )"
                                         R"(Form. Erwartet wird ein Objekt {…}.")"),
                               Not(HasSubstr("developerMessage"))));
  EXPECT_THAT(
      test.Post("/v1/test/rides", R"({"ride":7})", {{"accept-language", "en"}}).body,
      HasSubstr(R"("detail":"ride: This value does not have the right form. Expected is an )"));
}

TEST(GatewayTest, TheAddressLeadsToTheDocumentation) {
  const TestGateway test;
  for (const char* path : {"/", "/docs/"}) {
    const HttpReply reply = test.Get(path);
    EXPECT_EQ(reply.status, 302) << path;
    EXPECT_EQ(reply.headers.at("location"), "/docs") << path;
  }
  const HttpReply icon = test.Get("/favicon.ico");
  EXPECT_EQ(icon.status, 200);
  EXPECT_EQ(icon.headers.at("content-type"), "image/svg+xml");
  const std::string tomorrow = FormatDay(BerlinDay(absl::Now()) + 1);
  EXPECT_THAT(test.Get("/openapi.json").body,
              AllOf(HasSubstr(tomorrow), Not(HasSubstr("{tomorrow}"))));
  const TestGateway silent([](Config& config) { config.docs = false; });
  EXPECT_EQ(silent.Get("/").status, 404);
}

TEST(GatewayTest, SaysHowLongSomethingMayBe) {
  const TestGateway test;
  const HttpReply reply = test.Post("/v1/test/rides", R"({"ride":{"seats":100}})");
  for (const char* text :
       {"höchstens 100 Zeichen", "at most 100 characters", "höchstens 5 Einträge",
        "at most 5 entries", "höchstens 7 Zeichen", "at most 7 characters", R"("limit":"100")"}) {
    EXPECT_THAT(reply.body, HasSubstr(text));
  }
  std::string notes = R"({"ride":{"notes":[)";
  for (int i = 0; i < 20'001; ++i) notes += i == 0 ? "\"\"" : ",\"\"";
  const HttpReply many = test.Post("/v1/test/rides", notes + "]}}");
  EXPECT_THAT(many.body,
              AllOf(HasSubstr("höchstens 20000 Elemente"), HasSubstr("at most 20000 elements")));
}

// The body itself has no name: nothing stands before the text.
TEST(GatewayTest, WhatIsWrongWithTheWholeBodyBeginsWithTheText) {
  const TestGateway test;
  for (const std::string& body :
       {std::string(100, '['), std::string("7"), std::string("\"\xc3\x28\"")}) {
    const HttpReply reply = test.Post("/v1/test/rides", body);
    EXPECT_EQ(reply.status, 400);
    EXPECT_THAT(reply.body, AllOf(HasSubstr("\"detail\":\""), Not(HasSubstr("\"detail\":\": "))));
  }
}

TEST(GatewayTest, EveryKindOfRoute) {
  const TestGateway test;
  const HttpReply list = test.Get(
      "/v1/test/"
      "rides?areas=n%C3%B6rd&areas=s+d&colour=RED&near.latitude=1.5&after=2026-11-21T08:30:00Z&"
      "open=false");
  EXPECT_THAT(list.body, AllOf(HasSubstr("\"id\":\"nörd\""), HasSubstr("\"id\":\"s d\""),
                               HasSubstr("colour: RED"), HasSubstr("latitude: 1.5"),
                               HasSubstr("open: false")));
  EXPECT_THAT(test.Get("/v1/test/areas/a%2Fb/rides").body, HasSubstr(R"("id":"a/b")"));
  EXPECT_EQ(test.Get("/v1/test/files/a/b%2Fc/%20d").body, R"({"path":"a/b%2Fc/ d"})");
  EXPECT_THAT(test.Get("/v1/test/names?areas=x").body, StartsWith(R"([{"id":"x")"));
  EXPECT_EQ(test.Post("/v1/test/rides/r1:cancel", "{}").body, "{}");
  const HttpReply patch = Fetch(test.port(), "PATCH", "/v1/test/rides/r1", {},
                                R"({"seats":3,"pickup":{"name":"x"},"departure":null})");
  EXPECT_THAT(patch.body, AllOf(HasSubstr(R"("id":"r1")"),
                                HasSubstr(R"("paths":["seats","pickup.name","departure"])")));
  const HttpReply masked =
      Fetch(test.port(), "PATCH", "/v1/test/rides/r1?updateMask=dropOff", {}, R"({"seats":3})");
  EXPECT_THAT(masked.body, HasSubstr(R"("paths":["drop_off"])"));
}

TEST(GatewayTest, RawProtocols) {
  const TestGateway test;
  const HttpReply get = test.Get("/v1/test/raw/Things(1)/x%20y?$top=5");
  EXPECT_EQ(get.status, 201);
  EXPECT_EQ(get.headers.at("content-type"), "text/plain");
  EXPECT_EQ(get.body, "GET Things(1)/x y $top=5 ");
  EXPECT_EQ(test.Post("/v1/test/raw/a", "<x/>", {{"content-type", "text/xml"}}).body,
            "POST a  <x/>");
  EXPECT_EQ(
      Fetch(test.port(), "PUT", "/v1/test/uploads/n", {{"content-type", "image/png"}}, "\x89PNG")
          .body,
      "PUT /v1/test/uploads/n  \x89PNG");
  EXPECT_EQ(test.Post("/v1/test/raw/a", std::string(5000, 'x')).status, 413);
}

TEST(GatewayTest, RefusesWhatDoesNotFit) {
  const TestGateway test([](Config& config) { config.body_limit = 1000; });
  EXPECT_EQ(test.Get("/v1/nope").status, 404);
  const HttpReply method = Fetch(test.port(), "PUT", "/v1/test/rides/r1", {}, "{}");
  EXPECT_EQ(method.status, 405);
  EXPECT_EQ(method.headers.at("allow"), "DELETE, GET, HEAD, PATCH, OPTIONS");
  EXPECT_EQ(test.Post("/v1/test/rides", "{}", {{"content-type", "text/plain"}}).status, 415);
  EXPECT_EQ(test.Post("/v1/test/rides", "{}", {{"content-encoding", "gzip"}}).status, 415);
  EXPECT_EQ(test.Post("/v1/test/rides", std::string(1001, ' ')).status, 413);
  EXPECT_EQ(test.Get("/v1/test/rides/r1", {{"host", "evil.example"}}).status, 421);
  EXPECT_EQ(Fetch(test.port(), "GET", "/v1/test/rides/r1", {}, "{}").status, 400);
  EXPECT_EQ(test.Post("/v1/test/rides", "{}", {{"idempotency-key", std::string(129, 'x')}}).status,
            400);
  EXPECT_EQ(test.calls(), 0);
}

TEST(GatewayTest, TokensTenantsAndGuests) {
  const TestGateway test;
  EXPECT_EQ(test.Post("/v1/test/who-am-i", "").status, 401);
  EXPECT_EQ(test.Post("/v1/test/who-am-i", "", {{"authorization", "Bearer x.y.z"}}).status, 401);
  EXPECT_EQ(test.Post("/v1/test/who-am-i", "", {{"authorization", "Basic eDp5"}}).status, 401);
  EXPECT_EQ(test.Get("/v1/test/rides/r1", {{"authorization", "Bearer x.y.z"}}).status, 401)
      << "also where nobody needs a token";
  HeaderMap citizen = test.As(auth::Role::kCitizen);
  citizen["idempotency-key"] = "key-1";
  citizen["accept-language"] = "en";
  citizen["traceparent"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const HttpReply me = test.Post("/v1/test/who-am-i", "", citizen);
  EXPECT_THAT(me.body,
              AllOf(HasSubstr(R"("tenant":"musterstadt")"), HasSubstr(R"("roles":["citizen"])"),
                    HasSubstr(R"("idempotencyKey":"key-1")"), HasSubstr(R"("language":"en")"),
                    HasSubstr("0af7651916cd43dd8448eb211c80319c")));
  // The same person under another town's name has no role there.
  citizen["host"] = "other.example";
  EXPECT_EQ(test.Post("/v1/test/who-am-i", "", citizen).status, 403);
  EXPECT_EQ(Fetch(test.port(), "DELETE", "/v1/test/rides/r1", test.As(auth::Role::kCitizen)).status,
            403);
  EXPECT_EQ(
      Fetch(test.port(), "DELETE", "/v1/test/rides/r1", test.As(auth::Role::kDispatcher)).status,
      200);

  const HttpReply guest = Fetch(test.port(), "POST", "/v1/guest-token");
  ASSERT_EQ(guest.status, 200);
  const std::string token = guest.body.substr(10, guest.body.find('"', 10) - 10);
  EXPECT_THAT(
      test.Post("/v1/test/who-am-i", "", {{"authorization", absl::StrCat("Bearer ", token)}}).body,
      HasSubstr(R"("roles":["guest"])"));
}

TEST(GatewayTest, InventsAnIdempotencyKey) {
  const TestGateway test;
  const std::string first = test.Post("/v1/test/who-am-i", "", test.As(auth::Role::kCitizen)).body;
  const std::string second = test.Post("/v1/test/who-am-i", "", test.As(auth::Role::kCitizen)).body;
  EXPECT_THAT(first, HasSubstr(R"("idempotencyKey":"gateway-)"));
  EXPECT_NE(first.substr(first.find("gateway-"), 34), second.substr(second.find("gateway-"), 34));
}

TEST(GatewayTest, LimitsPerAddressAndPerPerson) {
  const TestGateway by_address([](Config& config) {
    config.address_rate = {0.01, 3};
    config.proxies = {*Network::Parse("127.0.0.0/8")};
  });
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(by_address.Get("/v1/test/rides/r1", {{"x-forwarded-for", "192.0.2.1"}}).status, 200);
  const HttpReply limited = by_address.Get("/v1/test/rides/r1", {{"x-forwarded-for", "192.0.2.1"}});
  EXPECT_EQ(limited.status, 429);
  EXPECT_EQ(limited.headers.at("retry-after"), "100");
  EXPECT_EQ(by_address.Get("/v1/test/rides/r1", {{"x-forwarded-for", "192.0.2.2"}}).status, 200);
  EXPECT_EQ(
      by_address.Get("/v1/test/rides/r1", {{"x-forwarded-for", "192.0.2.9, 192.0.2.1"}}).status,
      429)
      << "only the last hop is believed";

  const TestGateway by_person([](Config& config) { config.user_rate = {0.01, 2}; });
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(by_person.Get("/v1/test/rides/r1", by_person.As(auth::Role::kCitizen, "a")).status,
              200);
  EXPECT_EQ(by_person.Get("/v1/test/rides/r1", by_person.As(auth::Role::kCitizen, "a")).status,
            429);
  EXPECT_EQ(by_person.Get("/v1/test/rides/r1", by_person.As(auth::Role::kCitizen, "b")).status,
            200);
}

TEST(GatewayTest, CrossOriginOnlyForConfiguredOrigins) {
  const TestGateway test([](Config& config) { config.cors_origins = {"https://app.example"}; });
  const HttpReply preflight =
      Fetch(test.port(), "OPTIONS", "/v1/test/rides",
            {{"origin", "https://app.example"}, {"access-control-request-method", "POST"}});
  EXPECT_EQ(preflight.status, 204);
  EXPECT_EQ(preflight.headers.at("access-control-allow-origin"), "https://app.example");
  EXPECT_EQ(preflight.headers.at("access-control-allow-methods"), "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(test.Get("/v1/test/rides/r1", {{"origin", "https://app.example"}})
                .headers.at("access-control-allow-origin"),
            "https://app.example");
  EXPECT_EQ(test.Get("/v1/test/rides/r1", {{"origin", "https://evil.example"}})
                .headers.count("access-control-allow-origin"),
            0u);
}

TEST(GatewayTest, HealthReadinessAndDrain) {
  TestGateway test;
  EXPECT_EQ(test.Get("/healthz", {{"host", "10.0.0.1"}}).status, 200);
  EXPECT_EQ(test.Get("/readyz").status, 200);
  HttpConnection idle(test.port());
  ASSERT_TRUE(idle.Send("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n"));
  EXPECT_EQ(idle.Receive().status, 200);
  test.gateway->Drain(absl::Now() + absl::Seconds(5));
  EXPECT_TRUE(idle.WaitForClose());
  EXPECT_EQ(test.gateway->stats().connections, 0u);
  EXPECT_EQ(test.Get("/readyz").status, 0);
}

TEST(GatewayTest, DrainLetsARunningRequestFinish) {
  absl::Notification entered, leave;
  RideHandlers handlers;
  handlers.get =
      [&](const rpc::Call&,
          const gatewaytest::v1::GetRideRequest&) -> absl::StatusOr<gatewaytest::v1::Ride> {
    entered.Notify();
    leave.WaitForNotification();
    return gatewaytest::v1::Ride();
  };
  TestGateway test({}, handlers);
  HttpConnection connection(test.port());
  ASSERT_TRUE(connection.Send("GET /v1/test/rides/r1 HTTP/1.1\r\nhost: localhost\r\n\r\n"));
  entered.WaitForNotification();
  std::thread drain([&] { test.gateway->Drain(absl::Now() + absl::Seconds(10)); });
  leave.Notify();
  const HttpReply reply = connection.Receive();
  drain.join();
  EXPECT_EQ(reply.status, 200);
}

}  // namespace
}  // namespace stadtmesh::gateway
