// Server streams: order, back-pressure, and how they end.
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "base/error.h"
#include "rpc/generic_client.h"
#include "rpc/tests/echo_service.h"
#include "rpc/tests/support.h"

namespace stadtmesh::rpc {
namespace {

using auth::Role;
using ::testing::HasSubstr;

TEST(Stream, DeliversInOrderAndEndsWithTheHandlersStatus) {
  EchoServer echo;
  v1::CountRequest request;
  request.set_to(1000);
  int next = 0;
  const absl::Status status = echo.client().Stream<v1::EchoReply>(
      EchoMethod("Count"), request, echo.AsCitizen(), [&](const v1::EchoReply& reply) {
        EXPECT_EQ(reply.text(), std::to_string(next++));
        return absl::OkStatus();
      });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(next, 1000);
}

TEST(Stream, ACallerThatStopsReadingHoldsTheWriterBack) {
  std::atomic<int> written{0};
  EchoHandlers handlers;
  handlers.count = [&](const Call&, const v1::CountRequest&,
                       Writer<v1::EchoReply>& writer) -> absl::Status {
    v1::EchoReply reply;
    reply.set_text(std::string(64 * 1024, 'x'));
    while (true) {
      if (absl::Status status = writer.Write(reply); !status.ok()) return status;
      ++written;
    }
  };
  EchoServer echo(handlers);
  Metadata metadata;
  ASSERT_TRUE(metadata.Add(kTenant, kTown).ok());
  ASSERT_TRUE(
      metadata.Add(kAuthorization, "Bearer " + echo.identity.Token(Role::kCitizen, kTown, "anna"))
          .ok());
  ASSERT_TRUE(metadata.Add(kCaller, echo.identity.gateway().Token()).ok());
  absl::Notification first;
  absl::Notification done;
  const auto stream = GenericClient(Connect(absl::StrCat("127.0.0.1:", echo.server->port())))
                          .Stream(
                              "/stadtmesh.rpctest.v1.EchoService/Count", "", metadata,
                              absl::InfiniteFuture(), [&](std::string) { first.Notify(); },
                              [&](absl::Status status) {
                                EXPECT_TRUE(absl::IsCancelled(status)) << status;
                                done.Notify();
                              });
  first.WaitForNotification();
  // Nobody reads: the writer stands still with what fits the windows.
  int before = -1;
  EXPECT_TRUE(Eventually([&] {
    const int now = written;
    if (now == before) return true;
    before = now;
    absl::SleepFor(absl::Milliseconds(200));
    return false;
  }));
  EXPECT_LT(written, 1000);
  stream->Cancel();
  done.WaitForNotification();
}

TEST(Stream, EndsWithTheToken) {
  FakeClock clock;
  absl::Notification first;
  EchoHandlers handlers;
  handlers.count = [&](const Call&, const v1::CountRequest&,
                       Writer<v1::EchoReply>& writer) -> absl::Status {
    while (true) {
      if (absl::Status status = writer.Write(v1::EchoReply()); !status.ok()) return status;
      clock.Advance(absl::Minutes(7));
    }
  };
  EchoServer echo(handlers, {}, {}, /*demo=*/false, &clock);
  const absl::Status status =
      echo.client().Stream<v1::EchoReply>(EchoMethod("Count"), v1::CountRequest(), echo.AsCitizen(),
                                          [](const auto&) { return absl::OkStatus(); });
  EXPECT_TRUE(absl::IsUnauthenticated(status)) << status;
  EXPECT_EQ(GetErrorInfo(status)->reason, "TOKEN_EXPIRED");
}

TEST(Stream, AConsumersErrorCancelsIt) {
  EchoServer echo;
  v1::CountRequest request;
  request.set_to(1'000'000'000);
  int seen = 0;
  const absl::Status status = echo.client().Stream<v1::EchoReply>(
      EchoMethod("Count"), request, echo.AsCitizen(), [&](const v1::EchoReply&) {
        return ++seen == 3 ? absl::DataLossError("enough") : absl::OkStatus();
      });
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(seen, 3);
}

}  // namespace
}  // namespace stadtmesh::rpc
