// The gateway as a process of its own: settings, adapters, signals. Nothing here decides anything.
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>

#include "base/status.h"
#include "gateway/gateway.h"
#include "wiring/backends.h"
#include "wiring/identity.h"
#include "wiring/settings.h"

namespace stadtmesh::gateway {
namespace {

constexpr absl::Duration kPatience =
    absl::Seconds(20);  // for the bus at the start, and for requests at the end

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  if (!file || !(bytes << file.rdbuf()))
    return absl::InvalidArgumentError("gateway.descriptor_set: cannot read " + path);
  return std::move(bytes).str();
}

// Connections are descriptors: takes as many as the system gives.
void RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int BlockSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signalfd(-1, &signals, SFD_CLOEXEC);
}

absl::Status Run(int argc, char** argv) {
  ASSIGN_OR_RETURN(config::Sources sources, config::Sources::FromProcess(argc, argv));
  const bool help = sources.help;
  const bool demo = std::count(sources.arguments.begin(), sources.arguments.end(), "--demo") > 0;
  config::Reader reader(std::move(sources));
  const wiring::Settings settings = wiring::ReadSettings(reader, demo);
  Config config = ReadConfig(reader);
  const UpstreamConfig upstreams = ReadUpstreamConfig(reader);
  if (help) {
    std::cout << reader.Help();
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(reader.Finish());

  const int signals = BlockSignals();
  RaiseDescriptorLimit();
  SystemClock clock;
  RandomIdSource ids;
  obs::Metrics metrics;
  obs::Logger logger({.service = "gateway", .level = settings.log_level});
  ASSIGN_OR_RETURN(
      const wiring::Identity identity,
      wiring::MakeIdentity(settings, "gateway", {auth::Role::kGuest}, nullptr, &clock));
  ASSIGN_OR_RETURN(const std::unique_ptr<events::Bus> bus, wiring::OpenBus(settings, &clock));
  std::unique_ptr<obs::MetricsServer> metrics_server;
  if (!settings.metrics_listen.empty()) {
    ASSIGN_OR_RETURN(metrics_server, obs::MetricsServer::Start(metrics, settings.metrics_listen));
  }
  Dependencies dependencies{.authenticator = identity.authenticator.get(),
                            .identity = identity.service.get(),
                            .bus = bus.get(),
                            .logger = &logger,
                            .metrics = &metrics,
                            .clock = &clock,
                            .ids = &ids};
  ASSIGN_OR_RETURN(dependencies.descriptor_set, ReadFile(upstreams.descriptor_set));
  for (const auto& [package, target] : upstreams.upstreams)
    dependencies.channels[package] = rpc::Connect(target);
  ASSIGN_OR_RETURN(const std::unique_ptr<Gateway> gateway,
                   Gateway::Start(std::move(config), std::move(dependencies)));
  logger.Info("started", {{"port", gateway->port()}});
  signalfd_siginfo signal{};
  while (read(signals, &signal, sizeof(signal)) < 0 && errno == EINTR) {
  }
  logger.Info("draining");
  gateway->Drain(absl::Now() + kPatience);
  return absl::OkStatus();
}

}  // namespace
}  // namespace stadtmesh::gateway

int main(int argc, char** argv) {
  const absl::Status status = stadtmesh::gateway::Run(argc, argv);
  if (status.ok()) return 0;
  std::cerr << "stadtmesh-gateway: " << status.message() << "\n";
  return status.code() == absl::StatusCode::kInvalidArgument ? 2 : 1;
}
