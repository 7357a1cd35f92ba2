// The gateway as a process of its own: settings, adapters, signals. Nothing here decides anything.
#include <memory>
#include <utility>

#include "base/status.h"
#include "gateway/gateway.h"
#include "wiring/backends.h"
#include "wiring/command_line.h"
#include "wiring/identity.h"
#include "wiring/process.h"
#include "wiring/settings.h"

namespace stadtmesh::gateway {
namespace {

constexpr absl::Duration kPatience =
    absl::Seconds(20);  // for the bus at the start, and for requests at the end

absl::Status Serve(const wiring::Settings& settings, Config config, const UpstreamConfig& upstreams,
                   const wiring::StopSignals& signals) {
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
  dependencies.descriptor_set = upstreams.descriptor_set;
  for (const auto& [package, target] : upstreams.upstreams)
    dependencies.channels[package] = rpc::Connect(target);
  ASSIGN_OR_RETURN(const std::unique_ptr<Gateway> gateway,
                   Gateway::Start(std::move(config), std::move(dependencies)));
  logger.Info("started", {{"port", gateway->port()}});
  while (!signals.Wait(absl::Seconds(60))) {
  }
  logger.Info("draining");
  gateway->Drain(absl::Now() + kPatience);
  return absl::OkStatus();
}

absl::Status Run(int argc, char** argv) {
  const wiring::StopSignals signals;
  wiring::RaiseDescriptorLimit();
  ASSIGN_OR_RETURN(const wiring::CommandLine command, wiring::ParseCommandLine(argc, argv));
  config::Reader reader(command.sources);
  const wiring::Settings settings = wiring::ReadSettings(reader, command.demo);
  const Config config = ReadConfig(reader, settings.tenants);
  const UpstreamConfig upstreams = ReadUpstreamConfig(reader, config.tenants);
  ASSIGN_OR_RETURN(const bool done, wiring::OnlyAsked(command.sources.help, command.check, reader));
  return done ? absl::OkStatus() : Serve(settings, config, upstreams, signals);
}

}  // namespace
}  // namespace stadtmesh::gateway

int main(int argc, char** argv) {
  return stadtmesh::wiring::ExitCode("stadtmesh-gateway", stadtmesh::gateway::Run(argc, argv));
}
