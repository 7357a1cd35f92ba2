// Live streams: from the bus to a connection, through the whole gateway.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gateway/live/positions.h"
#include "gateway/tests/test_gateway.h"
#include "testing/wait_until.h"

namespace stadtmesh::gateway {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr absl::string_view kEndOfEvent = "\n\n";

events::Event Booked(const std::string& ride, const std::string& rider, uint64_t n = 1,
                     const std::string& tenant = kTown) {
  gatewaytest::v1::RideBooked payload;
  payload.set_ride_id(ride);
  payload.set_rider(rider);
  payload.set_seats(2);
  return {.id = absl::StrCat(ride, "-", n),
          .type = "stadtmesh.gatewaytest.ride.booked.v1",
          .service = "gatewaytest",
          .tenant = tenant,
          .aggregate = ride,
          .epoch = 1,
          .n = n,
          .time = absl::FromUnixSeconds(1795246200),
          .payload = payload.SerializeAsString()};
}

class StreamsTest : public ::testing::Test {
 protected:
  void Publish(const events::Event& event) {
    ASSERT_TRUE(test_.bus.Publish("gatewaytest", {event}, absl::Now() + absl::Seconds(5)).ok());
  }
  std::unique_ptr<HttpConnection> Open(absl::string_view channels, HeaderMap headers) {
    auto connection = std::make_unique<HttpConnection>(test_.port());
    std::string request =
        absl::StrCat("GET /v1/stream?channels=", channels, " HTTP/1.1\r\nhost: localhost\r\n");
    for (const auto& [name, value] : headers) absl::StrAppend(&request, name, ": ", value, "\r\n");
    connection->Send(absl::StrCat(request, "\r\n"));
    return connection;
  }
  // The next event that is no comment.
  static std::string Next(HttpConnection& connection) {
    while (true) {
      const std::string piece = connection.ReadUntil(kEndOfEvent);
      if (piece.find("event: ") != std::string::npos || piece.empty()) return piece;
    }
  }
  static std::string IdOf(const std::string& event) {
    const size_t begin = event.find("id: ") + 4;
    return event.substr(begin, event.find('\n', begin) - begin);
  }
  std::string Alias(absl::string_view subject) const {
    return test_.identity.Alias(kTown, subject);
  }

  TestGateway test_{[](Config& config) {
    config.stream_ring = 16;
    config.heartbeat = absl::Milliseconds(200);
    config.streams_per_user = 2;
  }};
};

TEST_F(StreamsTest, EverybodyHearsWhatIsTheirs) {
  const auto board = Open("board,my-rides", test_.As(auth::Role::kDispatcher, "boss"));
  const auto mine = Open("my-rides", test_.As(auth::Role::kCitizen, "me"));
  EXPECT_THAT(Next(*board), AllOf(HasSubstr("text/event-stream"), HasSubstr("event: open")));
  EXPECT_THAT(Next(*mine), HasSubstr("event: open"));
  Publish(Booked("r1", Alias("somebody else")));
  Publish(Booked("r2", Alias("me")));
  const std::string both =
      Next(*board) + Next(*board);  // the order of different rides is not promised
  EXPECT_THAT(both,
              AllOf(HasSubstr("event: board"), HasSubstr(R"("subject":"r1")"),
                    HasSubstr(R"("data":{"rideId":"r1")"), HasSubstr(R"("data":{"rideId":"r2")")));
  EXPECT_THAT(Next(*mine), AllOf(HasSubstr("event: my-rides"), HasSubstr("\"rideId\":\"r2\"")));
}

TEST_F(StreamsTest, NobodyHearsAnotherTenant) {
  const auto board = Open("board", test_.As(auth::Role::kDispatcher));
  EXPECT_THAT(Next(*board), HasSubstr("event: open"));
  Publish(Booked("foreign", "x", 1, kOtherTown));
  Publish(Booked("own", "x"));
  EXPECT_THAT(Next(*board), HasSubstr("\"rideId\":\"own\""));
}

TEST_F(StreamsTest, OldCopiesAreDropped) {
  const auto board = Open("board", test_.As(auth::Role::kDispatcher));
  EXPECT_THAT(Next(*board), HasSubstr("event: open"));
  Publish(Booked("r1", "x", 1));
  Publish(Booked("r1", "x", 2));
  Publish(Booked("r1", "x", 1));  // a relay that lost its lease
  Publish(Booked("r1", "x", 3));
  std::string seen;
  for (int i = 0; i < 3; ++i) seen += Next(*board);
  Publish(Booked("last", "x"));
  EXPECT_THAT(Next(*board), HasSubstr("\"rideId\":\"last\""));
}

TEST_F(StreamsTest, ResumesWhereItWasInterrupted) {
  auto board = Open("board", test_.As(auth::Role::kDispatcher));
  EXPECT_THAT(Next(*board), HasSubstr("event: open"));
  Publish(Booked("r1", "x"));
  const std::string first = Next(*board);
  EXPECT_THAT(first, HasSubstr("\"rideId\":\"r1\""));
  board.reset();
  Publish(Booked("r2", "x"));
  Publish(Booked("r3", "x"));
  HeaderMap headers = test_.As(auth::Role::kDispatcher);
  headers["last-event-id"] = IdOf(first);
  board = Open("board", headers);
  const std::string open = Next(*board);
  EXPECT_THAT(open, HasSubstr("event: open"));
  EXPECT_EQ(IdOf(open), IdOf(first)) << "who is cut off now must not miss what follows";
  std::string rest = Next(*board) + Next(*board);  // the order of different rides is not promised
  EXPECT_THAT(rest, AllOf(HasSubstr("\"rideId\":\"r2\""), HasSubstr("\"rideId\":\"r3\""),
                          Not(HasSubstr("\"rideId\":\"r1\""))));
}

TEST_F(StreamsTest, TooFarBackIsReset) {
  auto board = Open("board", test_.As(auth::Role::kDispatcher));
  EXPECT_THAT(Next(*board), HasSubstr("event: open"));
  Publish(Booked("r0", "x"));
  const std::string first = Next(*board);
  for (int i = 1; i < 100; ++i) Publish(Booked(absl::StrCat("r", i), "x"));
  for (int i = 1; i < 100; ++i) ASSERT_THAT(Next(*board), HasSubstr("event: board"));
  for (const std::string& id :
       {IdOf(first), std::string("gatewaytest:0=0"), std::string("elsewhere:0=7")}) {
    HeaderMap headers = test_.As(auth::Role::kDispatcher);
    headers["last-event-id"] = id;
    auto again = Open("board", headers);
    EXPECT_THAT(Next(*again), HasSubstr("event: reset"));
    EXPECT_TRUE(again->WaitForClose());
  }
}

TEST_F(StreamsTest, ASlowReaderIsResetAndHoldsUpNobody) {
  auto slow = Open("board", test_.As(auth::Role::kDispatcher, "slow"));
  auto fast = Open("board", test_.As(auth::Role::kDispatcher, "fast"));
  EXPECT_THAT(Next(*slow), HasSubstr("event: open"));
  EXPECT_THAT(Next(*fast), HasSubstr("event: open"));
  const std::string large(10000, 'r');
  int sent = 0;
  // The kernel's buffers take some megabytes before the stream's own bound is felt.
  const obs::Counter resets = test_.metrics.AddCounter("stadtmesh_gateway_stream_resets_total", "");
  while (resets.Value() == 0 && sent < 3000) {
    Publish(Booked(absl::StrCat("r", sent++), large));
    ASSERT_THAT(Next(*fast), HasSubstr("event: board"));
  }
  EXPECT_LT(sent, 3000);
  Publish(Booked("after", "x"));
  EXPECT_THAT(Next(*fast), HasSubstr("\"rideId\":\"after\""));
}

TEST_F(StreamsTest, SilenceIsBrokenByComments) {
  auto board = Open("board", test_.As(auth::Role::kDispatcher));
  EXPECT_THAT(Next(*board), HasSubstr("event: open"));
  EXPECT_THAT(board->ReadUntil(":\n\n"), HasSubstr(":\n\n"));
}

TEST_F(StreamsTest, RefusesWithoutTokenChannelOrPlace) {
  EXPECT_EQ(test_.Get("/v1/stream?channels=board").status, 401);
  EXPECT_EQ(test_.Get("/v1/stream", test_.As(auth::Role::kCitizen)).status, 400);
  EXPECT_EQ(test_.Get("/v1/stream?channels=nope", test_.As(auth::Role::kCitizen)).status, 404);
  EXPECT_EQ(test_.Get("/v1/stream?channels=board&x=1", test_.As(auth::Role::kCitizen)).status, 400);
  EXPECT_EQ(test_.Get("/v1/stream?channels=board", test_.As(auth::Role::kCitizen)).status, 403);
  HeaderMap nonsense = test_.As(auth::Role::kDispatcher);
  nonsense["last-event-id"] = "nonsense";
  EXPECT_EQ(test_.Get("/v1/stream?channels=board", nonsense).status, 400);
  const auto one = Open("board", test_.As(auth::Role::kDispatcher)),
             two = Open("board", test_.As(auth::Role::kDispatcher));
  EXPECT_THAT(Next(*one), HasSubstr("event: open"));
  EXPECT_THAT(Next(*two), HasSubstr("event: open"));
  const auto counted = [this](const char* status) {
    const obs::Labels labels = {{"route", "page"}, {"status", status}};
    return test_.metrics.AddCounter("stadtmesh_gateway_requests_total", "", labels).Value();
  };
  ASSERT_TRUE(stadtmesh::testing::WaitUntil([&] { return counted("2xx") == 2; }));
  const double refused = counted("4xx");
  const HttpReply third = test_.Get("/v1/stream?channels=board", test_.As(auth::Role::kDispatcher));
  EXPECT_EQ(third.status, 429);
  EXPECT_EQ(third.headers.count("retry-after"), 1u);
  EXPECT_EQ(counted("4xx"), refused + 1);
  EXPECT_EQ(counted("2xx"), 2) << "it was never begun";
}

TEST_F(StreamsTest, DrainEndsStreams) {
  auto board = Open("board", test_.As(auth::Role::kDispatcher));
  EXPECT_THAT(Next(*board), HasSubstr("event: open"));
  test_.gateway->Drain(absl::Now() + absl::Seconds(10));
  EXPECT_THAT(Next(*board), HasSubstr("event: end"));
  EXPECT_TRUE(board->WaitForClose());
}

TEST(PositionsTest, TextAndBack) {
  const Positions positions = {{"buergerbus", {{0, 12}, {3, -1}}}, {"volunteer", {{0, 7}}}};
  EXPECT_EQ(FormatPositions(positions), "buergerbus:0=12,3=-1;volunteer:0=7");
  EXPECT_EQ(ParsePositions(FormatPositions(positions)), positions);
  for (const char* text : {"x", "a:b", "A:0=1", "a:0=1=2", "a:99999999999=1", "a:0"}) {
    const auto parsed = ParsePositions(text);
    EXPECT_TRUE(!parsed || parsed->begin()->second.empty()) << text;
  }
}

}  // namespace
}  // namespace stadtmesh::gateway
