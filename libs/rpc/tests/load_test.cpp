// More calls than threads, and servers that stop under them.
#include <gmock/gmock.h>

#include <atomic>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "base/error.h"
#include "rpc/generic_client.h"
#include "rpc/metadata.h"
#include "rpc/tests/echo_service.h"
#include "rpc/tests/support.h"

namespace stadtmesh::rpc {
namespace {

using auth::Role;
using ::testing::HasSubstr;

constexpr char kEchoPath[] = "/stadtmesh.rpctest.v1.EchoService/Echo";

TEST(Pool, AFullOneIsUnavailableAndOverloaded) {
  absl::Notification release;
  std::atomic<int> entered{0};
  EchoHandlers handlers;
  handlers.echo = [&](const Call&, const v1::EchoRequest&) -> absl::StatusOr<v1::EchoReply> {
    ++entered;
    release.WaitForNotification();
    return v1::EchoReply();
  };
  EchoServer echo(handlers, {.threads = 2, .queue = 1});
  std::vector<std::thread> callers;
  std::atomic<int> answered{0};
  for (int i = 0; i < 3; ++i) {
    callers.emplace_back([&] {
      // The probe below may have taken the queue's one place: then again.
      absl::Status status;
      do {
        status = echo.client()
                     .Call<v1::EchoReply>(EchoMethod("Echo"), Text("x"), echo.AsCitizen())
                     .status();
      } while (absl::IsUnavailable(status));
      EXPECT_TRUE(status.ok()) << status;
      ++answered;
    });
  }
  absl::Status status;
  // The third caller waits in the queue once a fourth is refused.
  EXPECT_TRUE(Eventually([&] {
    if (entered < 2) return false;
    CallOptions options = echo.AsCitizen();
    options.deadline = absl::Now() + absl::Milliseconds(200);
    status = echo.client().Call<v1::EchoReply>(EchoMethod("Echo"), Text("x"), options).status();
    return absl::IsUnavailable(status);
  })) << status;
  EXPECT_EQ(GetErrorInfo(status)->reason, "OVERLOADED");
  EXPECT_THAT(
      echo.metrics.Text(),
      HasSubstr(
          "stadtmesh_rpc_server_overloaded_total{service=\"stadtmesh.rpctest.v1.EchoService\"} "));
  release.Notify();
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(answered, 3);
}

TEST(Pool, NestedCallsBetweenServicesOfOneProcessDoNotDeadlock) {
  // Two services, one thread each: the outer one's handler waits for the inner one's.
  EchoServer inner({}, {.threads = 1, .queue = 100});
  EchoHandlers handlers;
  const Client to_inner(inner.server->InProcess(), &inner.identity.gateway());
  handlers.echo = [&](const Call& call,
                      const v1::EchoRequest& request) -> absl::StatusOr<v1::EchoReply> {
    CallOptions options = CallOptions::From(call);
    options.user_token = inner.identity.Token(Role::kCitizen, kTown, "anna");
    return to_inner.Call<v1::EchoReply>(EchoMethod("Echo"), request, options);
  };
  EchoServer outer(handlers, {.threads = 1, .queue = 100});
  const Client client(outer.server->InProcess(), &outer.identity.gateway());
  std::vector<std::thread> callers;
  for (int t = 0; t < 8; ++t) {
    callers.emplace_back([&] {
      for (int i = 0; i < 25; ++i) {
        const auto reply =
            client.Call<v1::EchoReply>(EchoMethod("Echo"), Text("deep"), outer.AsCitizen());
        ASSERT_TRUE(reply.ok()) << reply.status();
        EXPECT_EQ(reply->text(), "deep");
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
}

TEST(Stop, LetsRunningCallsFinishAndRefusesNewOnes) {
  absl::Notification entered;
  absl::Notification release;
  EchoHandlers handlers;
  handlers.echo = [&](const Call&,
                      const v1::EchoRequest& request) -> absl::StatusOr<v1::EchoReply> {
    if (request.text() == "slow") {
      entered.Notify();
      release.WaitForNotification();
    }
    return v1::EchoReply();
  };
  EchoServer echo(handlers);
  const Client client = echo.client();
  std::thread slow([&] {
    EXPECT_TRUE(
        client.Call<v1::EchoReply>(EchoMethod("Echo"), Text("slow"), echo.AsCitizen()).ok());
  });
  entered.WaitForNotification();
  std::atomic<bool> stopped{false};
  std::thread stopper([&] {
    echo.server->Stop(absl::Now() + absl::Seconds(30));
    stopped = true;
  });
  EXPECT_TRUE(Eventually([&] {
    CallOptions options = echo.AsCitizen();
    options.deadline = absl::Now() + absl::Milliseconds(300);
    return !client.Call<v1::EchoReply>(EchoMethod("Echo"), Text("fast"), options).ok();
  }));
  EXPECT_FALSE(stopped);
  release.Notify();
  slow.join();
  stopper.join();
}

TEST(Stop, CancelsWhatOutlastsTheDeadline) {
  absl::Notification entered;
  EchoHandlers handlers;
  handlers.count = [&](const Call&, const v1::CountRequest&,
                       Writer<v1::EchoReply>& writer) -> absl::Status {
    entered.Notify();
    while (!writer.cancelled()) absl::SleepFor(absl::Milliseconds(1));
    return absl::CancelledError("");
  };
  EchoServer echo(handlers);
  std::thread caller([&] {
    EXPECT_FALSE(echo.client()
                     .Stream<v1::EchoReply>(EchoMethod("Count"), v1::CountRequest(),
                                            echo.AsCitizen(),
                                            [](const auto&) { return absl::OkStatus(); })
                     .ok());
  });
  entered.WaitForNotification();
  echo.server->Stop(absl::Now() + absl::Milliseconds(50));  // returns: the handler has seen the end
  caller.join();
}

// The only thread is busy; what waits for it and is not wanted any more is not run afterwards.
TEST(Pool, ACallWhoseCallerHasGoneIsNotRun) {
  absl::Notification entered;
  absl::Notification release;
  std::atomic<int> abandoned{0};
  EchoHandlers handlers;
  handlers.echo = [&](const Call&,
                      const v1::EchoRequest& request) -> absl::StatusOr<v1::EchoReply> {
    if (request.text() == "abandoned") ++abandoned;
    if (request.text() != "slow") return v1::EchoReply();
    entered.Notify();
    release.WaitForNotification();
    return v1::EchoReply();
  };
  EchoServer echo(handlers, {.threads = 1, .queue = 1});
  const Channel channel = Connect(absl::StrCat("127.0.0.1:", echo.server->port()));
  const Client client(channel, &echo.identity.gateway(), {.tries = 1});
  const auto call = [&](const char* text) {
    return client.Call<v1::EchoReply>(EchoMethod("Echo"), Text(text), echo.AsCitizen()).status();
  };
  std::thread slow([&] { EXPECT_TRUE(call("slow").ok()); });
  entered.WaitForNotification();

  Metadata metadata;
  ASSERT_TRUE(metadata.Add(kTenant, kTown).ok());
  ASSERT_TRUE(metadata.Add(kAuthorization, "Bearer " + echo.identity.gateway().Token()).ok());
  absl::Notification gone;
  const auto handle = GenericClient(channel).Call(kEchoPath, Text("abandoned").SerializeAsString(),
                                                  metadata, absl::Now() + absl::Seconds(30),
                                                  [&](const auto&) { gone.Notify(); });
  // One connection keeps the order: behind it the queue is full, and behind its end still.
  EXPECT_TRUE(absl::IsUnavailable(call("probe")));
  handle->Cancel();
  gone.WaitForNotification();
  EXPECT_TRUE(absl::IsUnavailable(call("probe")));
  release.Notify();
  slow.join();
  EXPECT_TRUE(Eventually([&] { return call("last").ok(); }));
  EXPECT_EQ(abandoned, 0);
}

// However a stop meets the calls on their way, each is answered once.
TEST(Stop, UnderLoadEveryCallIsAnswered) {
  for (int round = 0; round < 20; ++round) {
    EchoServer echo({}, {.threads = 3, .queue = 10});
    const Channel channel = Connect(absl::StrCat("127.0.0.1:", echo.server->port()));
    std::atomic<int> well{0};
    std::atomic<bool> ends{false};
    std::vector<std::thread> callers;
    for (int t = 0; t < 4; ++t) {
      callers.emplace_back([&] {
        const Client client(channel, &echo.identity.gateway(), {.tries = 1});
        while (!ends) {
          const auto reply =
              client.Call<v1::EchoReply>(EchoMethod("Echo"), Text("x"), echo.AsCitizen());
          if (reply.ok()) ++well;
          EXPECT_TRUE(reply.ok() || absl::IsUnavailable(reply.status()) ||
                      absl::IsCancelled(reply.status()))
              << reply.status();
        }
      });
    }
    EXPECT_TRUE(Eventually([&] { return well > 5; }));
    echo.server->Stop(absl::Now() + absl::Milliseconds(round));
    ends = true;
    for (std::thread& caller : callers) caller.join();
  }
}

}  // namespace
}  // namespace stadtmesh::rpc
