// The server around the calls: start, pools, drain, health, nested calls, logs and metrics.
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

template <typename Request>
absl::Status BuildWithOne(const google::protobuf::ServiceDescriptor* service, const char* method) {
  ServiceBuilder builder(service);
  builder.Unary<Request, v1::EchoReply>(method, [](const Call&, const Request&) {
    return absl::StatusOr<v1::EchoReply>(v1::EchoReply());
  });
  return std::move(builder).Build().status();
}

TEST(Start, AMethodWithoutUsableAuthorisationStopsIt) {
  EXPECT_THAT(std::string(BuildWithOne<v1::EchoRequest>(
                              Contract("stadtmesh.rpctest.v1.BrokenService"), "Unprotected")
                              .message()),
              HasSubstr("BrokenService.Unprotected: authorisation option is missing"));
  EXPECT_THAT(std::string(BuildWithOne<v1::EchoRequest>(
                              Contract("stadtmesh.rpctest.v1.ContradictingService"), "Both")
                              .message()),
              HasSubstr("Both"));
  EXPECT_THAT(std::string(BuildWithOne<v1::EchoRequest>(
                              Contract("stadtmesh.rpctest.v1.LostFieldService"), "Lost")
                              .message()),
              HasSubstr("nobody"));
}

TEST(Start, EveryMethodNeedsExactlyOneHandlerOfItsTypes) {
  EXPECT_THAT(std::string(BuildWithOne<v1::EchoRequest>(
                              Contract("stadtmesh.rpctest.v1.EchoService"), "Echo")
                              .message()),
              HasSubstr("EchoService.Open: has no handler"));
  EXPECT_THAT(std::string(BuildWithOne<v1::EchoRequest>(
                              Contract("stadtmesh.rpctest.v1.EchoService"), "Nothing")
                              .message()),
              HasSubstr("no such method"));
  EXPECT_THAT(std::string(BuildWithOne<v1::CountRequest>(
                              Contract("stadtmesh.rpctest.v1.EchoService"), "Echo")
                              .message()),
              HasSubstr("types"));
  EXPECT_THAT(std::string(BuildWithOne<v1::CountRequest>(
                              Contract("stadtmesh.rpctest.v1.EchoService"), "Count")
                              .message()),
              HasSubstr("streaming handler"));
}

TEST(Start, NeedsTenantsAnAuthenticatorAndAFreePort) {
  const testing::TestIdentity identity;
  EXPECT_FALSE(Server::Start({.tenants = {kTown}}, {}).ok());
  EXPECT_FALSE(Server::Start({.authenticator = &identity.authenticator()}, {}).ok());
  EXPECT_FALSE(
      Server::Start({.tenants = {"A B"}, .authenticator = &identity.authenticator()}, {}).ok());
  EchoServer echo;
  const auto second = Server::Start({.listen = absl::StrCat("127.0.0.1:", echo.server->port()),
                                     .tenants = {kTown},
                                     .authenticator = &identity.authenticator()},
                                    {});
  EXPECT_FALSE(second.ok());
}

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

TEST(Client, RepeatsOnlyWhatMayBeRepeated) {
  std::atomic<int> tries{0};
  EchoHandlers handlers;
  handlers.echo =
      handlers.change = [&](const Call&, const v1::EchoRequest&) -> absl::StatusOr<v1::EchoReply> {
    if (++tries < 3) return absl::UnavailableError("not yet");
    return v1::EchoReply();
  };
  EchoServer echo(handlers);
  const Client client(echo.server->InProcess(), &echo.identity.gateway(),
                      {.tries = 3, .first_backoff = absl::Milliseconds(1)});
  EXPECT_TRUE(client.Call<v1::EchoReply>(EchoMethod("Echo"), Text("x"), echo.AsCitizen()).ok());
  EXPECT_EQ(tries, 3);
  tries = 0;
  CallOptions keyed = echo.AsCitizen();
  keyed.idempotency_key = "k";
  EXPECT_TRUE(client.Call<v1::EchoReply>(EchoMethod("Change"), Text("x"), keyed).ok());
  EXPECT_EQ(tries, 3);
  tries = -100;
  EXPECT_TRUE(absl::IsUnavailable(
      client.Call<v1::EchoReply>(EchoMethod("Echo"), Text("x"), echo.AsCitizen()).status()));
  EXPECT_EQ(tries, -97);
  // Neither side-effect-free nor keyed: one try (refused for its missing key, but a broken
  // connection would look the same).
  const Client nowhere(Connect("127.0.0.1:1"), &echo.identity.gateway(),
                       {.tries = 5, .first_backoff = absl::Seconds(30)});
  const absl::Time begin = absl::Now();
  EXPECT_TRUE(absl::IsUnavailable(
      nowhere.Call<v1::EchoReply>(EchoMethod("Change"), Text("x"), echo.AsCitizen()).status()));
  EXPECT_LT(absl::Now() - begin, absl::Seconds(10));
}

TEST(Client, ForeignBytesInItsOptionsAreAnErrorNotACrash) {
  EchoServer echo;
  CallOptions options = echo.AsCitizen();
  options.idempotency_key = "a\nb\xff";
  EXPECT_TRUE(absl::IsInvalidArgument(
      echo.client().Call<v1::EchoReply>(EchoMethod("Change"), Text("x"), options).status()));
}

TEST(Limits, AMessageBeyondTheLimitIsRefused) {
  EchoServer echo({}, {}, {.largest_message = 10000});
  EXPECT_FALSE(
      echo.client()
          .Call<v1::EchoReply>(EchoMethod("Echo"), Text(std::string(20000, 'x')), echo.AsCitizen())
          .ok());
  EXPECT_TRUE(
      echo.client()
          .Call<v1::EchoReply>(EchoMethod("Echo"), Text(std::string(5000, 'x')), echo.AsCitizen())
          .ok());
}

TEST(Limits, ALongTokenPasses) {
  EchoServer echo;
  CallOptions options = echo.AsCitizen();
  options.user_token = std::string(7000, 'x');
  EXPECT_TRUE(absl::IsUnauthenticated(
      echo.client().Call<v1::EchoReply>(EchoMethod("Echo"), Text("x"), options).status()));
}

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
