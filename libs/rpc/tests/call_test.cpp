// What a handler sees, and what it never sees: identity, tenant, authorisation, deadline,
// idempotency key, trace, errors.
#include <gmock/gmock.h>

#include "absl/strings/match.h"
#include "absl/synchronization/notification.h"
#include "base/error.h"
#include "obs/trace.h"
#include "rpc/generic_client.h"
#include "rpc/testing/authorisation_matrix.h"
#include "rpc/tests/echo_service.h"

namespace stadtmesh::rpc {
namespace {

using auth::Role;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string ReasonOf(const absl::Status& status) {
  const std::optional<ErrorInfo> info = GetErrorInfo(status);
  return info ? info->reason : "";
}

TEST(Call, HandlersSeeWhoCallsForWhomAndUntilWhen) {
  Call seen;
  EchoHandlers handlers;
  handlers.change = [&](const Call& call, const v1::EchoRequest&) -> absl::StatusOr<v1::EchoReply> {
    seen = call;
    return v1::EchoReply();
  };
  EchoServer echo(handlers);
  CallOptions options = echo.AsCitizen();
  options.idempotency_key = "key-1";
  options.language = "en";
  options.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  ASSERT_TRUE(echo.client().Call<v1::EchoReply>(EchoMethod("Change"), Text("x"), options).ok());
  EXPECT_EQ(seen.principal.tenant, kTown);
  EXPECT_EQ(seen.principal.subject, "anna");
  EXPECT_EQ(seen.principal.alias, echo.identity.Alias(kTown, "anna"));
  EXPECT_EQ(seen.principal.service, "gateway");
  EXPECT_EQ(seen.principal.reach, auth::Reach::kOwn);
  EXPECT_FALSE(seen.principal.anonymous);
  EXPECT_EQ(seen.method, "/stadtmesh.rpctest.v1.EchoService/Change");
  EXPECT_EQ(seen.idempotency_key, "key-1");
  EXPECT_EQ(seen.fingerprint.size(), 64u);
  EXPECT_EQ(seen.language, "en");
  EXPECT_EQ(obs::TraceIdOf(seen.traceparent), "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_NE(seen.traceparent, options.traceparent);
  EXPECT_EQ(seen.user_token, options.user_token);
  EXPECT_LE(seen.deadline, options.deadline + absl::Seconds(5));  // it travels as a duration
  EXPECT_GT(seen.deadline, absl::Now() + absl::Seconds(10));
}

TEST(Call, WhatChangesSomethingNeedsAnIdempotencyKey) {
  int runs = 0;
  EchoHandlers handlers;
  handlers.change = [&](const Call&, const v1::EchoRequest&) -> absl::StatusOr<v1::EchoReply> {
    ++runs;
    return v1::EchoReply();
  };
  EchoServer echo(handlers);
  const absl::Status status =
      echo.client().Call<v1::EchoReply>(EchoMethod("Change"), Text("x"), echo.AsCitizen()).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_EQ(GetErrorInfo(status)->fields.at(0),
            (FieldError{"idempotency-key", FieldReason::kRequired, ""}));
  CallOptions options = echo.AsCitizen();
  options.idempotency_key = std::string(129, 'k');
  EXPECT_TRUE(absl::IsInvalidArgument(
      echo.client().Call<v1::EchoReply>(EchoMethod("Change"), Text("x"), options).status()));
  EXPECT_EQ(runs, 0);
  options.idempotency_key = std::string(128, 'k');
  EXPECT_TRUE(echo.client().Call<v1::EchoReply>(EchoMethod("Change"), Text("x"), options).ok());
  EXPECT_EQ(runs, 1);
}

TEST(Call, OnlyServicesNameTheTenant) {
  EchoServer echo;
  const Client without_identity(Connect("127.0.0.1:" + std::to_string(echo.server->port())),
                                nullptr, {.tries = 1});
  const absl::Status status =
      without_identity.Call<v1::EchoReply>(EchoMethod("Open"), Text("x"), echo.AsCitizen())
          .status();
  EXPECT_TRUE(absl::IsUnauthenticated(status)) << status;
  EchoServer demo({}, {}, {}, /*demo=*/true);
  const Client in_demo(demo.server->InProcess(), nullptr, {.tries = 1});
  EXPECT_TRUE(in_demo.Call<v1::EchoReply>(EchoMethod("Echo"), Text("x"), demo.AsCitizen()).ok());
}

TEST(Call, AnUnknownOrMissingTenantDoesNotExist) {
  EchoServer echo;
  CallOptions options = echo.AsCitizen();
  options.tenant = "atlantis";
  EXPECT_TRUE(absl::IsNotFound(
      echo.client().Call<v1::EchoReply>(EchoMethod("Open"), Text("x"), options).status()));
  options.tenant = "";
  EXPECT_TRUE(absl::IsInvalidArgument(
      echo.client().Call<v1::EchoReply>(EchoMethod("Open"), Text("x"), options).status()));
}

TEST(Call, TheTenantDecidesWhereDataLiesAndTheTokenNever) {
  EchoServer echo;
  CallOptions options = echo.AsCitizen();
  options.tenant = "anderswo";
  EXPECT_TRUE(absl::IsPermissionDenied(
      echo.client().Call<v1::EchoReply>(EchoMethod("Echo"), Text("x"), options).status()));
}

TEST(Call, SelfPutsTheCallerWhereNobodyIsNamed) {
  EchoServer echo;
  const std::string alias = echo.identity.Alias(kTown, "anna");
  v1::ListMineRequest request;
  const auto list = [&](Role role) {
    return echo.client().Call<v1::EchoReply>(EchoMethod("ListMine"), request, echo.As(role));
  };
  EXPECT_EQ(list(Role::kCitizen)->text(), alias);
  EXPECT_EQ(list(Role::kDispatcher)->text(), "")
      << "who reaches everything and names nobody means everybody";
  request.mutable_filter()->set_person("me");
  EXPECT_EQ(list(Role::kCitizen)->text(), alias);
  request.mutable_filter()->set_person(echo.identity.Alias(kTown, "berta"));
  EXPECT_TRUE(absl::IsPermissionDenied(list(Role::kCitizen).status()));
  EXPECT_EQ(list(Role::kDispatcher)->text(), echo.identity.Alias(kTown, "berta"));
}

TEST(Call, AServiceActsForSomebodyWhereTheOptionAllowsIt) {
  EchoServer echo;
  const std::string alias = echo.identity.Alias(kTown, "anna");
  v1::GetThingRequest request;
  request.set_thing_id("thing-" + alias);
  CallOptions options = echo.AsCitizen();
  options.user_token.clear();
  EXPECT_TRUE(absl::IsNotFound(
      echo.client().Call<v1::EchoReply>(EchoMethod("GetThing"), request, options).status()));
  options.on_behalf_of = alias;
  EXPECT_TRUE(echo.client().Call<v1::EchoReply>(EchoMethod("GetThing"), request, options).ok());
  options.on_behalf_of = echo.identity.Alias(kTown, "berta");
  EXPECT_TRUE(absl::IsNotFound(
      echo.client().Call<v1::EchoReply>(EchoMethod("GetThing"), request, options).status()));
  EXPECT_TRUE(absl::IsPermissionDenied(
      echo.client().Call<v1::EchoReply>(EchoMethod("Echo"), Text("x"), options).status()));
}

TEST(Call, ErrorsKeepTheirDetails) {
  EchoHandlers handlers;
  handlers.echo = [](const Call&, const v1::EchoRequest& request) -> absl::StatusOr<v1::EchoReply> {
    if (request.text() == "inside") return absl::InternalError("redis said 47");
    return InvalidField("pickup.time", FieldReason::kInPast, "now");
  };
  EchoServer echo(handlers);
  const absl::Status status =
      echo.client().Call<v1::EchoReply>(EchoMethod("Echo"), Text("x"), echo.AsCitizen()).status();
  EXPECT_EQ(GetErrorInfo(status),
            GetErrorInfo(InvalidField("pickup.time", FieldReason::kInPast, "now")));
  const absl::Status inside =
      echo.client()
          .Call<v1::EchoReply>(EchoMethod("Echo"), Text("inside"), echo.AsCitizen())
          .status();
  EXPECT_EQ(inside.code(), absl::StatusCode::kInternal);
  EXPECT_FALSE(absl::StrContains(inside.message(), "47"));
}

Metadata CitizensMetadata(EchoServer& echo) {
  const std::string token = echo.identity.Token(Role::kCitizen, kTown, "anna");
  Metadata metadata;
  EXPECT_TRUE(metadata.Add(kTenant, kTown).ok());
  EXPECT_TRUE(metadata.Add(kAuthorization, "Bearer " + token).ok());
  EXPECT_TRUE(metadata.Add(kCaller, echo.identity.gateway().Token()).ok());
  return metadata;
}

TEST(Call, TheFingerprintIsTheMessagesNotItsBytes) {
  std::string seen;
  EchoHandlers handlers;
  handlers.change = [&](const Call& call, const v1::EchoRequest&) -> absl::StatusOr<v1::EchoReply> {
    seen = call.fingerprint;
    return v1::EchoReply();
  };
  EchoServer echo(handlers);
  const GenericClient client(echo.server->InProcess());
  const auto fingerprint = [&](const std::string& bytes) {
    Metadata metadata = CitizensMetadata(echo);
    EXPECT_TRUE(metadata.Add(kIdempotencyKey, "key-1").ok());
    absl::Notification finished;
    client.Call("/stadtmesh.rpctest.v1.EchoService/Change", bytes, metadata,
                absl::Now() + absl::Seconds(10), [&](absl::StatusOr<std::string> reply) {
                  EXPECT_TRUE(reply.ok()) << reply.status();
                  finished.Notify();
                });
    finished.WaitForNotification();
    return seen;
  };
  const std::string text_x = "\x0a\x01x", text_y = "\x0a\x01y", empty("\x0a\x00", 2);
  EXPECT_EQ(fingerprint(empty), fingerprint("")) << "an empty field and an absent one";
  EXPECT_EQ(fingerprint(text_y + text_x), fingerprint(text_x)) << "the last one counts";
  EXPECT_NE(fingerprint(text_x), fingerprint(text_y));
  EXPECT_NE(fingerprint(text_x), fingerprint(""));
  EXPECT_NE(fingerprint("\x9a\x06\x01z"), fingerprint("")) << "a newer version's field";
}

TEST(Call, BytesThatAreNoMessageAreRefused) {
  EchoServer echo;
  const Metadata metadata = CitizensMetadata(echo);
  const GenericClient client(echo.server->InProcess());
  for (const std::string& bytes :
       {std::string("\x0a\xff"), std::string("\x0a\x02\xc3\x28"), std::string(1000, '\xff')}) {
    absl::Notification finished;
    absl::Status status;
    client.Call("/stadtmesh.rpctest.v1.EchoService/Echo", bytes, metadata,
                absl::Now() + absl::Seconds(10), [&](absl::StatusOr<std::string> reply) {
                  status = reply.status();
                  finished.Notify();
                });
    finished.WaitForNotification();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  }
}

TEST(Call, TheDeadlineReachesTheHandlerAndPastOnesNeverRun) {
  EchoServer echo;
  CallOptions options = echo.AsCitizen();
  options.deadline = absl::Now() - absl::Seconds(1);
  const absl::Status status =
      echo.client().Call<v1::EchoReply>(EchoMethod("Echo"), Text("x"), options).status();
  EXPECT_TRUE(absl::IsDeadlineExceeded(status)) << status;
  EXPECT_EQ(ReasonOf(status), "DEADLINE_EXCEEDED");
}

TEST(Call, AMissingDeadlineIsCut) {
  absl::Time seen;
  EchoHandlers handlers;
  handlers.echo = [&](const Call& call, const v1::EchoRequest&) -> absl::StatusOr<v1::EchoReply> {
    seen = call.deadline;
    return v1::EchoReply();
  };
  EchoServer echo(handlers, {}, {.longest_deadline = absl::Seconds(5)});
  Metadata metadata;
  ASSERT_TRUE(metadata.Add(kTenant, kTown).ok());
  ASSERT_TRUE(metadata.Add(kAuthorization, "Bearer " + echo.identity.gateway().Token()).ok());
  absl::Notification finished;
  GenericClient(echo.server->InProcess())
      .Call("/stadtmesh.rpctest.v1.EchoService/Echo", "", metadata, absl::InfiniteFuture(),
            [&](absl::StatusOr<std::string> reply) {
              EXPECT_TRUE(reply.ok()) << reply.status();
              finished.Notify();
            });
  finished.WaitForNotification();
  EXPECT_LE(seen, absl::Now() + absl::Seconds(5));
}

testing::MatrixOptions MatrixOf(EchoServer& echo) {
  testing::MatrixOptions options{.channel = echo.server->InProcess(), .identity = &echo.identity};
  options.fixtures["thing"] = [](const google::protobuf::MethodDescriptor&, absl::string_view owner,
                                 google::protobuf::Message& request) {
    static_cast<v1::GetThingRequest&>(request).set_thing_id("thing-" + std::string(owner));
    return absl::OkStatus();
  };
  return options;
}

TEST(Matrix, TheEchoServiceKeepsEveryRule) {
  EchoServer echo;
  EXPECT_THAT(testing::CheckAuthorisationMatrix(Contract("stadtmesh.rpctest.v1.EchoService"),
                                                MatrixOf(echo)),
              IsEmpty());
}

TEST(Matrix, AMissingOrNeedlessFixtureIsABrokenRule) {
  EchoServer echo;
  testing::MatrixOptions options = MatrixOf(echo);
  options.fixtures["unicorn"] = options.fixtures["thing"];
  options.fixtures.erase("thing");
  const std::vector<std::string> broken =
      testing::CheckAuthorisationMatrix(Contract("stadtmesh.rpctest.v1.EchoService"), options);
  EXPECT_THAT(broken, Contains(HasSubstr("resource \"thing\" has no fixture")));
  EXPECT_THAT(broken, Contains(HasSubstr("fixture \"unicorn\"")));
}

TEST(Matrix, AFixtureWhoseObjectIsNotThereCannotPass) {
  EchoServer echo;
  testing::MatrixOptions options = MatrixOf(echo);
  options.fixtures["thing"] = [](const google::protobuf::MethodDescriptor&, absl::string_view,
                                 google::protobuf::Message& request) {
    static_cast<v1::GetThingRequest&>(request).set_thing_id("thing-of-nobody");
    return absl::OkStatus();
  };
  EXPECT_THAT(
      testing::CheckAuthorisationMatrix(Contract("stadtmesh.rpctest.v1.EchoService"), options),
      Contains(HasSubstr("its owner's object")));
}

TEST(Matrix, FindsAServiceThatForgetsOwnership) {
  // The same contract, served by handlers that open everything.
  ServiceBuilder builder(Contract("stadtmesh.rpctest.v1.EchoService"));
  const auto open = [](const Call&, const auto&) {
    return absl::StatusOr<v1::EchoReply>(v1::EchoReply());
  };
  for (const char* name : {"Echo", "Open", "Change"})
    builder.Unary<v1::EchoRequest, v1::EchoReply>(name, open);
  builder.Unary<v1::GetThingRequest, v1::EchoReply>("GetThing", open);
  builder.Unary<v1::ListMineRequest, v1::EchoReply>("ListMine", open);
  builder.ServerStream<v1::CountRequest, v1::EchoReply>(
      "Count", [](const Call&, const v1::CountRequest&, Writer<v1::EchoReply>&) {
        return absl::OkStatus();
      });
  EchoServer echo;
  std::vector<Service> services;
  services.push_back(*std::move(builder).Build());
  const auto careless = Server::Start(
      {.tenants = {kTown, "anderswo"}, .authenticator = &echo.identity.authenticator()},
      std::move(services));
  ASSERT_TRUE(careless.ok());
  testing::MatrixOptions options = MatrixOf(echo);
  options.channel = (*careless)->InProcess();
  EXPECT_THAT(
      testing::CheckAuthorisationMatrix(Contract("stadtmesh.rpctest.v1.EchoService"), options),
      Contains(HasSubstr("citizen: a stranger's object should be NOT_FOUND")));
}

}  // namespace
}  // namespace stadtmesh::rpc
