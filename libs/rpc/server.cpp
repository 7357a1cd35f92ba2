#include "rpc/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <thread>

#include "absl/base/call_once.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "base/ids.h"
#include "base/status.h"
#include "rpc/channel_impl.h"
#include "rpc/local_calls.h"
#include "rpc/metadata.h"
#include "rpc/registration.h"

namespace stadtmesh::rpc {
namespace {

// libgrpc++_reflection puts itself into every server of a process that links it; this takes it out
// again.
class WithoutReflection final : public grpc::ServerBuilderOption {
 public:
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    std::erase_if(*plugins, [](const std::unique_ptr<grpc::ServerBuilderPlugin>& plugin) {
      return dynamic_cast<grpc::reflection::ProtoServerReflectionPlugin*>(plugin.get()) != nullptr;
    });
  }
};

int Milliseconds(absl::Duration duration) {
  return static_cast<int>(
      std::min<int64_t>(absl::ToInt64Milliseconds(duration), std::numeric_limits<int>::max()));
}

void Configure(const ServerOptions& options, grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(static_cast<int>(options.largest_message));
  builder.SetMaxSendMessageSize(static_cast<int>(options.largest_message));
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT,
                             0);  // a second server on the port is an error, not a lottery
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, static_cast<int>(kLargestMetadata) * 2);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, Milliseconds(options.connection_age));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS,
                             Milliseconds(options.connection_grace));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, Milliseconds(options.keepalive));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20'000);
  // Our clients ping every 30 s.
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
  if (!options.reflection) builder.SetOption(std::make_unique<WithoutReflection>());
}

absl::Status Check(const ServerOptions& options) {
  if (options.authenticator == nullptr)
    return absl::InvalidArgumentError("server: needs an authenticator");
  if (options.tenants.empty())
    return absl::InvalidArgumentError("server: needs at least one tenant");
  for (const std::string& tenant : options.tenants) {
    if (!IsId(tenant))
      return absl::InvalidArgumentError(absl::StrCat("server: \"", tenant, "\" is no tenant's id"));
  }
  return absl::OkStatus();
}

class ServerImpl final : public Server {
 public:
  explicit ServerImpl(ServerOptions options) {
    state_.tenants.insert(options.tenants.begin(), options.tenants.end());
    state_.options = std::move(options);
  }
  ~ServerImpl() override { Stop(absl::InfinitePast()); }

  absl::Status Start(std::vector<Service> services) {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::ServerBuilder builder;
    std::vector<std::unique_ptr<grpc::ServerCompletionQueue>> queues;  // one per service
    Configure(state_.options, builder);
    for (Service& service : services) {
      ASSIGN_OR_RETURN(std::unique_ptr<RegisteredService> registered,
                       Register(state_, std::move(service)));
      builder.RegisterService(registered->grpc_service());
      queues.push_back(builder.AddCompletionQueue());
      for (MethodState* method : registered->methods()) local_->Add(method);
      services_.push_back(std::move(registered));
    }
    if (!state_.options.listen.empty())
      builder.AddListeningPort(state_.options.listen, grpc::InsecureServerCredentials(), &port_);
    grpc_ = builder.BuildAndStart();
    if (!grpc_)
      return absl::UnavailableError(absl::StrCat("cannot listen on ", state_.options.listen));
    for (size_t i = 0; i < queues.size(); ++i) services_[i]->Receive(std::move(queues[i]));
    SetServing(true);
    if (state_.options.healthy) health_thread_ = std::thread([this] { WatchHealth(); });
    return absl::OkStatus();
  }

  int port() const override { return port_; }

  Channel InProcess() override {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(static_cast<int>(state_.options.largest_message));
    arguments.SetMaxSendMessageSize(static_cast<int>(state_.options.largest_message));
    arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, static_cast<int>(kLargestMetadata) * 2);
    absl::call_once(serves_locally_, [this] {
      for (const std::unique_ptr<RegisteredService>& service : services_) service->ServeLocally();
    });
    auto impl = std::make_shared<Channel::Impl>();
    impl->grpc = grpc_->InProcessChannel(arguments);
    impl->local = local_;
    return Channel(std::move(impl));
  }

  void SetServing(bool serving) override {
    grpc::HealthCheckServiceInterface* health = grpc_->GetHealthCheckService();
    health->SetServingStatus(serving);
    for (const std::unique_ptr<RegisteredService>& service : services_)
      health->SetServingStatus(service->name(), serving);
  }

  void Stop(absl::Time deadline) override {
    const absl::MutexLock lock(&stop_mutex_);
    if (!grpc_ || stopped_) return;
    health_ends_.Notify();
    if (health_thread_.joinable()) health_thread_.join();
    SetServing(false);
    local_->Stop(deadline);
    grpc_->Shutdown(absl::ToChronoTime(std::max(deadline, absl::UnixEpoch())));
    for (const std::unique_ptr<RegisteredService>& service : services_) service->StopReceiving();
    stopped_ = true;
  }

 private:
  void WatchHealth() {
    bool serving = true;
    do {
      const bool healthy = state_.options.healthy();
      if (healthy != serving) SetServing(healthy);
      serving = healthy;
    } while (!health_ends_.WaitForNotificationWithTimeout(state_.options.health_interval));
  }

  ServerState state_;
  absl::once_flag serves_locally_;
  absl::Notification health_ends_;
  std::thread health_thread_;
  const std::shared_ptr<LocalCalls> local_ = std::make_shared<LocalCalls>();
  std::vector<std::unique_ptr<RegisteredService>> services_;
  std::unique_ptr<grpc::Server> grpc_;  // destroyed before the services, which its last calls use
  int port_ = 0;
  absl::Mutex stop_mutex_;
  bool stopped_ ABSL_GUARDED_BY(stop_mutex_) = false;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(ServerOptions options,
                                                      std::vector<Service> services) {
  RETURN_IF_ERROR(Check(options));
  // Debian builds Abseil with its deadlock detector on; it would cost every lock of this process,
  // gRPC's included, a graph search.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  auto server = std::make_unique<ServerImpl>(std::move(options));
  RETURN_IF_ERROR(server->Start(std::move(services)));
  return server;
}

}  // namespace stadtmesh::rpc
