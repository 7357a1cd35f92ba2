// The chassis under test: an echo service with every kind of method, its identities, and a client.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "auth/ownership.h"
#include "echo.pb.h"
#include "rpc/client.h"
#include "rpc/server.h"
#include "rpc/testing/test_identity.h"

namespace stadtmesh::rpc {

namespace v1 = stadtmesh::rpctest::v1;
inline constexpr char kTown[] = "musterstadt";

inline const google::protobuf::MethodDescriptor* EchoMethod(const char* name) {
  return Contract("stadtmesh.rpctest.v1.EchoService")->FindMethodByName(name);
}

struct EchoHandlers {
  using Handler = std::function<absl::StatusOr<v1::EchoReply>(const Call&, const v1::EchoRequest&)>;
  Handler echo = [](const Call&, const v1::EchoRequest& request) -> absl::StatusOr<v1::EchoReply> {
    v1::EchoReply reply;
    reply.set_text(request.text());
    return reply;
  };
  Handler change = echo;
  std::function<absl::Status(const Call&, const v1::CountRequest&, Writer<v1::EchoReply>&)> count =
      [](const Call&, const v1::CountRequest& request,
         Writer<v1::EchoReply>& writer) -> absl::Status {
    for (int i = 0; i < request.to(); ++i) {
      v1::EchoReply reply;
      reply.set_text(std::to_string(i));
      if (absl::Status status = writer.Write(reply); !status.ok()) return status;
    }
    return absl::OkStatus();
  };
};

// Things belong to the alias that their id ends in: "thing-<alias>".
inline absl::StatusOr<v1::EchoReply> GetThing(const Call& call,
                                              const v1::GetThingRequest& request) {
  if (!request.thing_id().starts_with("thing-")) return auth::ObjectNotFound();
  v1::EchoReply thing;
  thing.set_text("secret of " + request.thing_id());
  auth::Guarded<v1::EchoReply> guarded(std::move(thing),
                                       {call.principal.tenant, {request.thing_id().substr(6)}});
  return std::move(guarded).For(call.principal);
}

inline absl::StatusOr<Service> EchoService(const EchoHandlers& handlers,
                                           const PoolOptions& pool = {}) {
  ServiceBuilder builder(Contract("stadtmesh.rpctest.v1.EchoService"));
  builder.Pool(pool);
  builder.Unary<v1::EchoRequest, v1::EchoReply>("Echo", handlers.echo);
  builder.Unary<v1::EchoRequest, v1::EchoReply>("Open", handlers.echo);
  builder.Unary<v1::EchoRequest, v1::EchoReply>("Change", handlers.change);
  builder.Unary<v1::GetThingRequest, v1::EchoReply>("GetThing", GetThing);
  builder.Unary<v1::ListMineRequest, v1::EchoReply>(
      "ListMine", [](const Call&, const v1::ListMineRequest& request) {
        v1::EchoReply reply;
        reply.set_text(request.filter().person());
        return absl::StatusOr<v1::EchoReply>(reply);
      });
  builder.ServerStream<v1::CountRequest, v1::EchoReply>("Count", handlers.count);
  return std::move(builder).Build();
}

class EchoServer {
 public:
  explicit EchoServer(const EchoHandlers& handlers = {}, const PoolOptions& pool = {},
                      ServerOptions options = {}, bool demo = false, const Clock* clock = nullptr)
      : identity(demo, clock) {
    options.tenants = {kTown, "anderswo"};
    options.authenticator = &identity.authenticator();
    options.metrics = &metrics;
    options.demo = demo;
    options.clock = clock;
    absl::StatusOr<Service> service = EchoService(handlers, pool);
    EXPECT_TRUE(service.ok()) << service.status();
    std::vector<Service> services;
    services.push_back(*std::move(service));
    absl::StatusOr<std::unique_ptr<Server>> started =
        Server::Start(std::move(options), std::move(services));
    EXPECT_TRUE(started.ok()) << started.status();
    server = *std::move(started);
  }

  Client client() const {
    return Client(Connect("127.0.0.1:" + std::to_string(server->port())), &identity.gateway(),
                  {.tries = 1});
  }
  CallOptions As(auth::Role role, const std::string& subject = "anna") const {
    CallOptions options;
    options.deadline = absl::Now() + absl::Seconds(20);
    options.tenant = kTown;
    options.user_token = identity.Token(role, kTown, subject);
    return options;
  }
  CallOptions AsCitizen() const { return As(auth::Role::kCitizen); }

  testing::TestIdentity identity;
  obs::Metrics metrics;
  std::unique_ptr<Server> server;
};

inline v1::EchoRequest Text(const std::string& text) {
  v1::EchoRequest request;
  request.set_text(text);
  return request;
}

}  // namespace stadtmesh::rpc
