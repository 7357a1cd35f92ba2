// The gateway as a process of its own: settings, adapters, signals. Nothing here decides anything.
#include <memory>
#include <utility>

#include "base/status.h"
#include "gateway/gateway.h"
#include "wiring/command_line.h"
#include "wiring/foundation.h"
#include "wiring/process.h"
#include "wiring/settings.h"

namespace stadtmesh::gateway {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(20);  // with requests at the end

absl::Status Serve(const wiring::Settings& settings, Config config, const UpstreamConfig& upstreams,
                   wiring::StopSignals& signals) {
  ASSIGN_OR_RETURN(const std::unique_ptr<wiring::Foundation> foundation,
                   wiring::Foundation::Lay(settings, "gateway", {auth::Role::kGuest}));
  Dependencies dependencies{.authenticator = foundation->identity.authenticator.get(),
                            .identity = foundation->identity.service.get(),
                            .bus = foundation->bus.get(),
                            .logger = &foundation->logger,
                            .metrics = &foundation->metrics,
                            .clock = &foundation->clock,
                            .ids = &foundation->ids};
  dependencies.descriptor_set = upstreams.descriptor_set;
  for (const auto& [package, target] : upstreams.upstreams)
    dependencies.channels[package] = rpc::Connect(target);
  ASSIGN_OR_RETURN(const std::unique_ptr<Gateway> gateway,
                   Gateway::Start(std::move(config), std::move(dependencies)));
  foundation->logger.Info("started", {{"port", gateway->port()}});
  while (!signals.Wait(absl::Seconds(60))) {
  }
  foundation->logger.Info("draining");
  gateway->Drain(absl::Now() + kPatience);
  return absl::OkStatus();
}

absl::Status Run(int argc, char** argv) {
  wiring::StopSignals signals;
  wiring::RaiseDescriptorLimit();
  ASSIGN_OR_RETURN(const wiring::CommandLine command, wiring::ParseCommandLine(argc, argv));
  config::Reader reader(command.sources);
  const wiring::Settings settings = wiring::ReadSettings(reader, command.demo);
  const Config config = ReadConfig(reader, settings.tenants);
  const UpstreamConfig upstreams = ReadUpstreamConfig(reader, config.tenants);
  ASSIGN_OR_RETURN(const bool done,
                   wiring::OnlyAsked("stadtmesh-gateway " STADTMESH_VERSION, command, reader));
  return done ? absl::OkStatus() : Serve(settings, config, upstreams, signals);
}

}  // namespace
}  // namespace stadtmesh::gateway

int main(int argc, char** argv) {
  return stadtmesh::wiring::ExitCode("stadtmesh-gateway", stadtmesh::gateway::Run(argc, argv));
}
