// The server around the calls: how it starts, its limits, and its clients.
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

}  // namespace
}  // namespace stadtmesh::rpc
