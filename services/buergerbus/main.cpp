// The Bürgerbus as a process of its own: settings, adapters, signals. Nothing here decides
// anything.
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "buergerbus/buergerbus.h"
#include "buergerbus/config.h"
#include "buergerbus/demo.h"
#include "rpc/server.h"
#include "wiring/backends.h"
#include "wiring/command_line.h"
#include "wiring/foundation.h"
#include "wiring/imported_map.h"
#include "wiring/process.h"
#include "wiring/settings.h"

namespace stadtmesh::buergerbus {
namespace {

constexpr absl::Duration kPatience =
    absl::Seconds(20);  // for Redis at the start, and for calls at the end

// What a start is made of before it needs a server.
struct Setup {
  wiring::Settings settings;
  Config config;
  wiring::ImportedMap map;
  std::optional<Settings> demo;
};

Setup ReadSetup(config::Reader& reader, bool demo) {
  Setup setup;
  setup.settings = wiring::ReadSettings(reader, demo);
  setup.config = ReadConfig(reader);
  setup.map = wiring::ReadMap(reader, "buergerbus.map", setup.config.map);
  if (!demo || setup.map.addresses == nullptr) return setup;
  absl::StatusOr<Settings> town = MakeDemoSettings(setup.map.town, setup.config.map);
  if (town.ok()) {
    setup.demo = *std::move(town);
  } else {
    reader.Refuse("buergerbus.map", setup.config.map,
                  absl::StrCat("a map that makes a demo town (", town.status().message(), ")"));
  }
  return setup;
}

absl::StatusOr<std::unique_ptr<Buergerbus>> MakeBuergerbus(const Setup& setup,
                                                           wiring::Foundation& foundation,
                                                           store::Store* store) {
  ASSIGN_OR_RETURN(std::unique_ptr<Buergerbus> service,
                   Buergerbus::Create({.tenants = setup.settings.tenants,
                                       .pool = setup.config.pool,
                                       .task_threads = setup.config.task_threads,
                                       .improver = setup.config.improver,
                                       .traffic = setup.config.traffic,
                                       .offer_secret = setup.settings.auth.alias_secret},
                                      {.store = store,
                                       .bus = foundation.bus.get(),
                                       .clock = &foundation.clock,
                                       .ids = &foundation.ids,
                                       .logger = &foundation.logger,
                                       .metrics = &foundation.metrics,
                                       .travel_times = setup.map.travel_times,
                                       .addresses = setup.map.addresses.get()}));
  if (!setup.demo) return service;
  for (const std::string& tenant : setup.settings.tenants) {
    RETURN_IF_ERROR(SeedDemo(service->services(), tenant, *setup.demo, absl::Now() + kPatience));
  }
  return service;
}

absl::StatusOr<std::unique_ptr<rpc::Server>> StartServer(const Setup& setup,
                                                         wiring::Foundation& foundation,
                                                         store::Store* store, Buergerbus& service) {
  std::vector<rpc::Service> services;
  ASSIGN_OR_RETURN(rpc::Service methods, service.MakeService());
  services.push_back(std::move(methods));
  return rpc::Server::Start(
      {.listen = setup.config.listen,
       .tenants = setup.settings.tenants,
       .demo = setup.settings.demo,
       .reflection = setup.config.reflection,
       .healthy = wiring::AnswersWithinASecond(store, setup.settings, std::string(kServiceName)),
       .authenticator = foundation.identity.authenticator.get(),
       .logger = &foundation.logger,
       .metrics = &foundation.metrics,
       .clock = &foundation.clock},
      std::move(services));
}

absl::Status Serve(const Setup& setup, wiring::StopSignals& signals) {
  ASSIGN_OR_RETURN(const std::unique_ptr<wiring::Foundation> foundation,
                   wiring::Foundation::Lay(setup.settings, kServiceName,
                                           {auth::Role::kService, auth::Role::kGuest}));
  ASSIGN_OR_RETURN(const std::unique_ptr<store::Store> store,
                   wiring::OpenStore(setup.settings, kPatience));
  ASSIGN_OR_RETURN(const std::unique_ptr<Buergerbus> service,
                   MakeBuergerbus(setup, *foundation, store.get()));
  // Before it listens: a process whose bus is away must not look ready, or a rolling update would
  // end those that work.
  RETURN_IF_ERROR(service->Start());
  ASSIGN_OR_RETURN(const std::unique_ptr<rpc::Server> server,
                   StartServer(setup, *foundation, store.get(), *service));
  foundation->logger.Info("started", {{"port", server->port()}});
  while (!signals.Wait(absl::Seconds(60))) {
  }
  foundation->logger.Info("draining");
  server->Stop(absl::Now() + kPatience);
  service->Stop();
  return absl::OkStatus();
}

absl::Status Run(int argc, char** argv) {
  wiring::StopSignals signals;
  ASSIGN_OR_RETURN(const wiring::CommandLine command, wiring::ParseCommandLine(argc, argv));
  config::Reader reader(command.sources);
  const Setup setup = ReadSetup(reader, command.demo);
  ASSIGN_OR_RETURN(const bool done,
                   wiring::OnlyAsked("stadtmesh-buergerbus " STADTMESH_VERSION, command, reader));
  return done ? absl::OkStatus() : Serve(setup, signals);
}

}  // namespace
}  // namespace stadtmesh::buergerbus

int main(int argc, char** argv) {
  return stadtmesh::wiring::ExitCode("stadtmesh-buergerbus",
                                     stadtmesh::buergerbus::Run(argc, argv));
}
