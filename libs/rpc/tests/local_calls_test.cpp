// Calls within the process go past gRPC; nobody may notice but by their speed.
#include <gmock/gmock.h>

#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
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

constexpr char kEcho[] = "/stadtmesh.rpctest.v1.EchoService/Echo";

absl::StatusOr<std::string> Wait(const Channel& channel, absl::string_view method,
                                 const std::string& bytes, const Metadata& metadata,
                                 absl::Time deadline = absl::Now() + absl::Seconds(20)) {
  absl::Notification finished;
  absl::StatusOr<std::string> result;
  GenericClient(channel).Call(method, bytes, metadata, deadline,
                              [&](absl::StatusOr<std::string> reply) {
                                result = std::move(reply);
                                finished.Notify();
                              });
  finished.WaitForNotification();
  return result;
}

void Add(Metadata& metadata, absl::string_view name, absl::string_view value) {
  ASSERT_TRUE(metadata.Add(name, value).ok());
}

TEST(LocalCalls, AnswerAsThroughTheSocket) {
  EchoHandlers handlers;
  handlers.echo = [](const Call& call,
                     const v1::EchoRequest& request) -> absl::StatusOr<v1::EchoReply> {
    if (request.text() == "bug") return absl::InternalError("inside 47");
    if (request.text() == "field")
      return InvalidField("ride.seats", FieldReason::kOutOfRange, "1..8");
    v1::EchoReply reply;
    reply.set_text(absl::StrCat(request.text(), " ", call.principal.tenant, " ", call.language, " ",
                                call.principal.service));
    return reply;
  };
  EchoServer echo(handlers, {}, {.largest_message = 10'000});
  const Channel socket = Connect(absl::StrCat("127.0.0.1:", echo.server->port()));
  const Channel local = echo.server->InProcess();
  const std::string token = "Bearer " + echo.identity.Token(Role::kCitizen, kTown, "anna");
  int compared = 0;
  for (const char* tenant : {kTown, "nobody", ""}) {
    for (const std::string& authorization :
         {token, std::string("Bearer x.y.z"), std::string("Basic eDp5"), std::string()}) {
      for (const std::string& caller : {echo.identity.gateway().Token(), std::string()}) {
        for (const std::string& text : {std::string("hello"), std::string("bug"),
                                        std::string("field"), std::string(20'000, 'x')}) {
          Metadata metadata;
          if (*tenant != '\0') Add(metadata, kTenant, tenant);
          if (!authorization.empty()) Add(metadata, kAuthorization, authorization);
          if (!caller.empty()) Add(metadata, kCaller, caller);
          ASSERT_TRUE(metadata.Add(kAcceptLanguage, "en").ok());
          const auto there = Wait(socket, kEcho, Text(text).SerializeAsString(), metadata);
          const auto here = Wait(local, kEcho, Text(text).SerializeAsString(), metadata);
          EXPECT_EQ(here.ok(), there.ok());
          EXPECT_EQ(here.status().code(), there.status().code()) << here.status() << there.status();
          EXPECT_EQ(here.value_or(""), there.value_or(""));
          if (text.size() < 10'000) {  // gRPC words what is too large itself
            EXPECT_EQ(here.status().message(), there.status().message());
            const auto info = GetErrorInfo(here.status()).value_or(ErrorInfo{});
            EXPECT_EQ(info.reason, GetErrorInfo(there.status()).value_or(ErrorInfo{}).reason);
          }
          ++compared;
        }
      }
    }
  }
  EXPECT_EQ(compared, 96);
}

TEST(LocalCalls, APastDeadlineIsRefusedAndAFullPoolIsOverloaded) {
  absl::Notification release;
  std::atomic<int> entered{0};
  EchoHandlers handlers;
  handlers.echo = [&](const Call&, const v1::EchoRequest&) -> absl::StatusOr<v1::EchoReply> {
    ++entered;
    release.WaitForNotification();
    return v1::EchoReply();
  };
  EchoServer echo(handlers, {.threads = 1, .queue = 1});
  const Channel local = echo.server->InProcess();
  Metadata metadata;
  ASSERT_TRUE(metadata.Add(kTenant, kTown).ok());
  ASSERT_TRUE(metadata.Add(kAuthorization, "Bearer " + echo.identity.gateway().Token()).ok());
  EXPECT_TRUE(absl::IsDeadlineExceeded(
      Wait(local, kEcho, "", metadata, absl::Now() - absl::Seconds(1)).status()));
  std::vector<std::thread> callers;
  std::atomic<int> refused{0}, answered{0};
  for (int i = 0; i < 6; ++i) {
    callers.emplace_back([&] {
      const auto reply = Wait(local, kEcho, "", metadata);
      reply.ok() ? ++answered : ++refused;
    });
    // The first one holds the thread before the others come.
    EXPECT_TRUE(Eventually([&] { return entered == 1; }));
  }
  EXPECT_TRUE(Eventually([&] { return refused >= 4; }));
  release.Notify();
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(answered, 2);
}

TEST(LocalCalls, AStoppedServerRefusesAndOneThatIsGoneToo) {
  Channel local;
  Metadata metadata;
  ASSERT_TRUE(metadata.Add(kTenant, kTown).ok());
  {
    absl::Notification entered, leave;
    EchoHandlers handlers;
    handlers.echo = [&](const Call&, const v1::EchoRequest&) -> absl::StatusOr<v1::EchoReply> {
      entered.Notify();
      leave.WaitForNotification();
      return v1::EchoReply();
    };
    EchoServer echo(handlers);
    local = echo.server->InProcess();
    Metadata with_token = metadata;
    ASSERT_TRUE(with_token.Add(kAuthorization, "Bearer " + echo.identity.gateway().Token()).ok());
    absl::StatusOr<std::string> running;
    std::thread caller([&] { running = Wait(local, kEcho, "", with_token); });
    entered.WaitForNotification();
    std::thread stop([&] { echo.server->Stop(absl::Now() + absl::Seconds(20)); });
    EXPECT_TRUE(
        Eventually([&] { return absl::IsUnavailable(Wait(local, kEcho, "", metadata).status()); }));
    leave.Notify();
    caller.join();
    stop.join();
    EXPECT_TRUE(running.ok()) << running.status();
  }
  EXPECT_TRUE(absl::IsUnavailable(Wait(local, kEcho, "", metadata).status()));
}

}  // namespace
}  // namespace stadtmesh::rpc
