// The Bürgerbus as a process of its own: settings, adapters, signals. Nothing here decides
// anything.
#include <memory>

#include "base/status.h"
#include "buergerbus/buergerbus.h"
#include "buergerbus/config.h"
#include "buergerbus/demo.h"
#include "rpc/server.h"
#include "wiring/backends.h"
#include "wiring/command_line.h"
#include "wiring/identity.h"
#include "wiring/imported_map.h"
#include "wiring/process.h"
#include "wiring/settings.h"

namespace stadtmesh::buergerbus {
namespace {

constexpr absl::Duration kPatience =
    absl::Seconds(20);  // for Redis at the start, and for calls at the end

absl::Status SeedDemos(Buergerbus& service, const wiring::Settings& settings,
                       const routing::TownMap& map, const std::string& file) {
  ASSIGN_OR_RETURN(const Settings demo, MakeDemoSettings(map, file));
  for (const std::string& tenant : settings.tenants) {
    RETURN_IF_ERROR(SeedDemo(service.services(), tenant, demo, absl::Now() + kPatience));
  }
  return absl::OkStatus();
}

absl::Status Serve(const wiring::Settings& settings, const Config& config,
                   const wiring::StopSignals& signals) {
  SystemClock clock;
  RandomIdSource ids;
  obs::Metrics metrics;
  obs::Logger logger({.service = "buergerbus", .level = settings.log_level});
  ASSIGN_OR_RETURN(
      const wiring::Identity identity,
      wiring::MakeIdentity(settings, kServiceName, {auth::Role::kService, auth::Role::kGuest},
                           nullptr, &clock));
  ASSIGN_OR_RETURN(const wiring::ImportedMap map, wiring::ImportMap(config.map));
  ASSIGN_OR_RETURN(const std::unique_ptr<store::Store> store,
                   wiring::OpenStore(settings, kPatience));
  ASSIGN_OR_RETURN(const std::unique_ptr<events::Bus> bus, wiring::OpenBus(settings, &clock));
  ASSIGN_OR_RETURN(const std::unique_ptr<Buergerbus> service,
                   Buergerbus::Create({.tenants = settings.tenants,
                                       .pool = config.pool,
                                       .task_threads = config.task_threads,
                                       .improver = config.improver,
                                       .traffic = config.traffic,
                                       .offer_secret = settings.auth.alias_secret},
                                      {.store = store.get(),
                                       .bus = bus.get(),
                                       .clock = &clock,
                                       .ids = &ids,
                                       .logger = &logger,
                                       .metrics = &metrics,
                                       .travel_times = map.travel_times,
                                       .addresses = map.addresses.get()}));
  if (settings.demo) RETURN_IF_ERROR(SeedDemos(*service, settings, map.town, config.map));
  std::unique_ptr<obs::MetricsServer> metrics_server;
  if (!settings.metrics_listen.empty()) {
    ASSIGN_OR_RETURN(metrics_server, obs::MetricsServer::Start(metrics, settings.metrics_listen));
  }
  ASSIGN_OR_RETURN(rpc::Service methods, service->MakeService());
  std::vector<rpc::Service> services;
  services.push_back(std::move(methods));
  ASSIGN_OR_RETURN(const std::unique_ptr<rpc::Server> server,
                   rpc::Server::Start({.listen = config.listen,
                                       .tenants = settings.tenants,
                                       .demo = settings.demo,
                                       .reflection = config.reflection,
                                       .healthy = wiring::AnswersWithinASecond(
                                           store.get(), settings, std::string(kServiceName)),
                                       .authenticator = identity.authenticator.get(),
                                       .logger = &logger,
                                       .metrics = &metrics,
                                       .clock = &clock},
                                      std::move(services)));
  RETURN_IF_ERROR(service->Start());
  logger.Info("started", {{"port", server->port()}});
  while (!signals.Wait(absl::Seconds(60))) {
  }
  logger.Info("draining");
  server->Stop(absl::Now() + kPatience);
  service->Stop();
  return absl::OkStatus();
}

absl::Status Run(int argc, char** argv) {
  const wiring::StopSignals signals;
  ASSIGN_OR_RETURN(const wiring::CommandLine command, wiring::ParseCommandLine(argc, argv));
  config::Reader reader(command.sources);
  const wiring::Settings settings = wiring::ReadSettings(reader, command.demo);
  const Config config = ReadConfig(reader);
  ASSIGN_OR_RETURN(const bool done, wiring::OnlyAsked(command.sources.help, command.check, reader));
  return done ? absl::OkStatus() : Serve(settings, config, signals);
}

}  // namespace
}  // namespace stadtmesh::buergerbus

int main(int argc, char** argv) {
  return stadtmesh::wiring::ExitCode("stadtmesh-buergerbus",
                                     stadtmesh::buergerbus::Run(argc, argv));
}
