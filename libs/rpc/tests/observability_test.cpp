// What can be seen of a server from outside: health, reflection, log lines and metrics.
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "base/error.h"
#include "rpc/generic_client.h"
#include "rpc/tests/echo_service.h"
#include "rpc/tests/support.h"

namespace stadtmesh::rpc {
namespace {

using auth::Role;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Observability, EveryCallIsALineAndACountWithoutAnythingPersonal) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  std::string log;
  std::string token;
  {
    obs::Logger logger({.service = "echo", .file_descriptor = ends[1]});
    EchoServer echo({}, {}, {.logger = &logger});
    CallOptions options = echo.As(Role::kCitizen, "anna-person");
    token = options.user_token;
    options.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    ASSERT_TRUE(echo.client()
                    .Call<v1::EchoReply>(EchoMethod("Echo"), Text("my-secret-text"), options)
                    .ok());
    v1::GetThingRequest request;
    request.set_thing_id("thing-of-berta");
    ASSERT_FALSE(echo.client().Call<v1::EchoReply>(EchoMethod("GetThing"), request, options).ok());
    EXPECT_THAT(echo.metrics.Text(),
                HasSubstr("stadtmesh_rpc_server_calls_total{code=\"OK\",method=\"/"
                          "stadtmesh.rpctest.v1.EchoService/Echo\"} 1"));
    EXPECT_THAT(
        echo.metrics.Text(),
        HasSubstr("code=\"NOT_FOUND\",method=\"/stadtmesh.rpctest.v1.EchoService/GetThing\"} 1"));
    EXPECT_THAT(echo.metrics.Text(), HasSubstr("stadtmesh_rpc_server_seconds_count"));
    logger.Flush();
    log.resize(65536);
    log.resize(static_cast<size_t>(read(ends[0], log.data(), log.size())));
    for (const std::string& personal :
         {std::string("anna"), echo.identity.Alias(kTown, "anna-person"), token,
          std::string("my-secret-text"), std::string("berta")}) {
      EXPECT_THAT(log, Not(HasSubstr(personal)));
    }
  }
  EXPECT_THAT(
      log,
      HasSubstr(
          R"("event":"rpc","method":"/stadtmesh.rpctest.v1.EchoService/Echo","code":"OK","us":)"));
  EXPECT_THAT(log, HasSubstr(R"("tenant":"musterstadt","caller":"gateway",)"
                             R"("trace":"4bf92f3577b34da6a3ce929d0e0e4736")"));
  EXPECT_THAT(log, HasSubstr(R"("code":"NOT_FOUND","reason":"NOT_FOUND")"));
  close(ends[0]);
  close(ends[1]);
}

// The health service's messages, by hand: HealthCheckRequest{service = 1},
// HealthCheckResponse{status = 1} with SERVING = 1.
absl::StatusOr<std::string> Health(const Channel& channel, const std::string& service) {
  absl::Notification finished;
  absl::StatusOr<std::string> result = absl::UnknownError("");
  std::string request;
  if (!service.empty()) request = std::string("\x0a") + static_cast<char>(service.size()) + service;
  GenericClient(channel).Call("/grpc.health.v1.Health/Check", request, Metadata(),
                              absl::Now() + absl::Seconds(10),
                              [&](absl::StatusOr<std::string> reply) {
                                result = std::move(reply);
                                finished.Notify();
                              });
  finished.WaitForNotification();
  return result;
}

TEST(Health, SaysServingAndAnswersWhileThePoolIsFull) {
  absl::Notification release;
  absl::BlockingCounter entered(1);
  EchoHandlers handlers;
  handlers.echo = [&](const Call&, const v1::EchoRequest&) -> absl::StatusOr<v1::EchoReply> {
    entered.DecrementCount();
    release.WaitForNotification();
    return v1::EchoReply();
  };
  EchoServer echo(handlers, {.threads = 1, .queue = 0});
  std::thread caller([&] {
    EXPECT_TRUE(
        echo.client().Call<v1::EchoReply>(EchoMethod("Echo"), Text("x"), echo.AsCitizen()).ok());
  });
  entered.Wait();
  const Channel channel = Connect(absl::StrCat("127.0.0.1:", echo.server->port()));
  EXPECT_EQ(Health(channel, "").value_or("error"), "\x08\x01");
  EXPECT_EQ(Health(channel, "stadtmesh.rpctest.v1.EchoService").value_or("error"), "\x08\x01");
  EXPECT_FALSE(Health(channel, "unknown").ok());
  echo.server->SetServing(false);
  EXPECT_EQ(Health(channel, "").value_or("error"), "\x08\x02");
  release.Notify();
  caller.join();
}

TEST(Health, FollowsWhatTheServicesNeed) {
  std::atomic<bool> reachable{true};
  EchoServer echo(
      {}, {},
      {.healthy = [&] { return reachable.load(); }, .health_interval = absl::Milliseconds(5)});
  const Channel channel = echo.server->InProcess();
  EXPECT_EQ(Health(channel, "").value_or("error"), "\x08\x01");
  reachable = false;
  EXPECT_TRUE(Eventually([&] { return Health(channel, "").value_or("error") == "\x08\x02"; }));
  EXPECT_TRUE(
      echo.client().Call<v1::EchoReply>(EchoMethod("Echo"), Text("x"), echo.AsCitizen()).ok());
  reachable = true;
  EXPECT_TRUE(Eventually([&] { return Health(channel, "").value_or("error") == "\x08\x01"; }));
}

TEST(Reflection, IsThereOnlyWhenAskedFor) {
  for (const bool on : {false, true}) {
    EchoServer echo({}, {}, {.reflection = on});
    absl::Notification answered;
    absl::Notification done;
    std::string answer;
    // ServerReflectionRequest{list_services = 7: "*"}
    const auto stream = GenericClient(Connect(absl::StrCat("127.0.0.1:", echo.server->port())))
                            .Stream(
                                "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                                "\x3a\x01*", Metadata(), absl::Now() + absl::Seconds(10),
                                [&](std::string bytes) {
                                  answer = std::move(bytes);
                                  answered.Notify();
                                },
                                [&](absl::Status) {
                                  if (!answered.HasBeenNotified()) answered.Notify();
                                  done.Notify();
                                });
    answered.WaitForNotification();
    stream->Cancel();
    done.WaitForNotification();
    if (on) {
      EXPECT_THAT(answer, HasSubstr("stadtmesh.rpctest.v1.EchoService"));
    } else {
      EXPECT_EQ(answer, "");
    }
  }
}

}  // namespace
}  // namespace stadtmesh::rpc
