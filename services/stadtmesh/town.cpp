#include "stadtmesh/town.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/ids.h"
#include "base/status.h"
#include "buergerbus/buergerbus.h"
#include "buergerbus/demo.h"
#include "gateway/api/api.h"
#include "gateway/gateway.h"
#include "redis/server_process.h"
#include "rpc/server.h"
#include "stadtmesh/demo_identity.h"
#include "stadtmesh/town_settings.h"
#include "wiring/backends.h"
#include "wiring/identity.h"
#include "wiring/imported_map.h"
#include "wiring/process.h"

namespace stadtmesh::town {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(30);

// The contracts lie two folders above bin/stadtmesh in a build, and beside the data of an
// installation.
std::string DescriptorFile(const Arguments& arguments) {
  if (!arguments.descriptors.empty()) return arguments.descriptors;
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  for (const auto& place :
       {program.parent_path().parent_path() / "stadtmesh.protoset",
        program.parent_path().parent_path() / "share/stadtmesh/stadtmesh.protoset"}) {
    if (std::filesystem::exists(place, error)) return place.string();
  }
  return "stadtmesh.protoset";
}

absl::StatusOr<std::string> ReadDescriptors(const Arguments& arguments) {
  const std::string file = DescriptorFile(arguments);
  std::ostringstream bytes;
  bytes << std::ifstream(file, std::ios::binary).rdbuf();
  const absl::Status read = gateway::Api::Load(bytes.str()).status();
  if (!bytes.str().empty() && read.ok()) return std::move(bytes).str();
  return absl::InvalidArgumentError(absl::StrCat(
      "--descriptors is \"", file, "\", should be a file that holds the contracts of this build (",
      bytes.str().empty() ? "it cannot be read" : read.message(), ")"));
}

// Two stops that lie as far apart as stops do at the median, so that the first ride is neither a
// stone's throw nor a journey.
FirstRide ChooseFirstRide(const std::vector<buergerbus::Stop>& stops) {
  if (stops.size() < 2) return {};
  std::vector<const buergerbus::Stop*> by_distance;
  for (const buergerbus::Stop& stop : stops) by_distance.push_back(&stop);
  std::sort(by_distance.begin(), by_distance.end(), [&](const auto* a, const auto* b) {
    return DistanceMetres(stops[0].location, a->location) <
           DistanceMetres(stops[0].location, b->location);
  });
  return {stops[0].id.value(),
          by_distance[std::max<size_t>(1, by_distance.size() / 2)]->id.value()};
}

// Members stand in the order in which they are made; they end in the opposite one.
class OneProcessTown final : public Town {
 public:
  explicit OneProcessTown(const Clock* clock) : clock_(clock) {}
  ~OneProcessTown() override { Stop(absl::Now()); }

  absl::Status Start(const Arguments& arguments);
  int port() const override { return gateway_->port(); }
  std::map<std::string, std::string> tokens() const override { return tokens_; }
  int metrics_port() const override {
    return metrics_server_ != nullptr ? metrics_server_->port() : 0;
  }
  FirstRide first_ride() const override { return first_ride_; }
  bool healthy() const override { return redis_->running(); }
  void Stop(absl::Time deadline) override;

 private:
  absl::StatusOr<buergerbus::Settings> ReadMap(const std::string& file);
  absl::Status StartBuergerbus(const Arguments& arguments, const TownSettings& settings);
  absl::Status StartGateway(const Arguments& arguments, gateway::Config config);

  const Clock* const clock_;
  RandomIdSource ids_;
  obs::Metrics metrics_;
  std::unique_ptr<obs::MetricsServer> metrics_server_;
  std::unique_ptr<obs::Logger> logger_;
  std::map<std::string, std::string> tokens_;
  std::unique_ptr<redis::ServerProcess> redis_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<events::Bus> bus_;
  wiring::ImportedMap map_;
  FirstRide first_ride_;
  wiring::Identity service_identity_, gateway_identity_;
  std::unique_ptr<buergerbus::Buergerbus> buergerbus_;
  std::unique_ptr<rpc::Server> server_;
  std::unique_ptr<gateway::Gateway> gateway_;
};

absl::Status OneProcessTown::Start(const Arguments& arguments) {
  ASSIGN_OR_RETURN(const auto issuer, OpenIssuer(arguments.data_directory, clock_));
  RETURN_IF_ERROR(OpenSecrets(arguments.data_directory).status());
  ASSIGN_OR_RETURN(tokens_, DemoTokens(*issuer));
  const char* const no_arguments[] = {"stadtmesh"};
  ASSIGN_OR_RETURN(const config::Sources environment,
                   config::Sources::FromProcess(1, no_arguments));
  const std::string folder = std::filesystem::absolute(arguments.data_directory) / "redis";
  const std::string socket = folder + "/redis.sock";
  ASSIGN_OR_RETURN(TownSettings settings, ReadTownSettings(arguments, socket, environment));
  const wiring::Settings& shared = settings.shared;

  logger_ = std::make_unique<obs::Logger>(
      obs::LogOptions{.service = "stadtmesh", .level = shared.log_level, .metrics = &metrics_});
  ASSIGN_OR_RETURN(
      service_identity_,
      wiring::MakeIdentity(shared, "buergerbus", {auth::Role::kService, auth::Role::kGuest},
                           logger_.get(), clock_));
  ASSIGN_OR_RETURN(gateway_identity_, wiring::MakeIdentity(shared, "gateway", {auth::Role::kGuest},
                                                           logger_.get(), clock_));
  ASSIGN_OR_RETURN(redis_, redis::ServerProcess::Start({.directory = folder, .socket = socket}));
  ASSIGN_OR_RETURN(store_, wiring::OpenStore(shared, kPatience));
  ASSIGN_OR_RETURN(bus_, wiring::OpenBus(shared, clock_));
  RETURN_IF_ERROR(StartBuergerbus(arguments, settings));
  if (!shared.metrics_listen.empty()) {
    ASSIGN_OR_RETURN(metrics_server_, obs::MetricsServer::Start(metrics_, shared.metrics_listen));
  }
  return StartGateway(arguments, std::move(settings.gateway));
}

absl::StatusOr<buergerbus::Settings> OneProcessTown::ReadMap(const std::string& file) {
  absl::StatusOr<wiring::ImportedMap> map = wiring::ImportMap(file);
  absl::StatusOr<buergerbus::Settings> demo =
      map.ok() ? buergerbus::MakeDemoSettings(map->town, file) : map.status();
  if (!demo.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("--map ", file, ": ", demo.status().message()));
  }
  map_ = *std::move(map);
  return demo;
}

absl::Status OneProcessTown::StartBuergerbus(const Arguments& arguments,
                                             const TownSettings& settings) {
  const std::vector<std::string>& tenants = settings.shared.tenants;
  ASSIGN_OR_RETURN(const buergerbus::Settings demo, ReadMap(arguments.map_file));
  ASSIGN_OR_RETURN(buergerbus_, buergerbus::Buergerbus::Create(
                                    {.tenants = tenants,
                                     .improver = settings.improver,
                                     .traffic = settings.traffic,
                                     .offer_secret = settings.shared.auth.alias_secret},
                                    {.store = store_.get(),
                                     .bus = bus_.get(),
                                     .clock = clock_,
                                     .ids = &ids_,
                                     .logger = logger_.get(),
                                     .metrics = &metrics_,
                                     .travel_times = map_.travel_times,
                                     .addresses = map_.addresses.get()}));
  RETURN_IF_ERROR(
      buergerbus::SeedDemo(buergerbus_->services(), kDemoTenant, demo, absl::Now() + kPatience));
  first_ride_ = ChooseFirstRide(demo.stops);
  ASSIGN_OR_RETURN(rpc::Service service, buergerbus_->MakeService());
  std::vector<rpc::Service> services;
  services.push_back(std::move(service));
  ASSIGN_OR_RETURN(server_,
                   rpc::Server::Start({.listen = "",
                                       .tenants = tenants,
                                       .demo = true,
                                       .healthy = wiring::AnswersWithinASecond(
                                           store_.get(), settings.shared, "buergerbus"),
                                       .authenticator = service_identity_.authenticator.get(),
                                       .logger = logger_.get(),
                                       .metrics = &metrics_,
                                       .clock = clock_},
                                      std::move(services)));
  return buergerbus_->Start();
}

absl::Status OneProcessTown::StartGateway(const Arguments& arguments, gateway::Config config) {
  wiring::RaiseDescriptorLimit();
  gateway::Dependencies dependencies{.authenticator = gateway_identity_.authenticator.get(),
                                     .identity = gateway_identity_.service.get(),
                                     .bus = bus_.get(),
                                     .logger = logger_.get(),
                                     .metrics = &metrics_,
                                     .clock = clock_,
                                     .ids = &ids_};
  ASSIGN_OR_RETURN(dependencies.descriptor_set, ReadDescriptors(arguments));
  dependencies.channels["stadtmesh.buergerbus.v1"] = server_->InProcess();
  ASSIGN_OR_RETURN(gateway_, gateway::Gateway::Start(std::move(config), std::move(dependencies)));
  return absl::OkStatus();
}

void OneProcessTown::Stop(absl::Time deadline) {
  if (gateway_ != nullptr) gateway_->Drain(deadline);
  if (server_ != nullptr) server_->Stop(deadline);
  if (buergerbus_ != nullptr) buergerbus_->Stop();
  gateway_.reset();
  server_.reset();
  buergerbus_.reset();
  bus_.reset();
  store_.reset();
  if (redis_ != nullptr) redis_->Stop();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Town>> Town::Start(const Arguments& arguments, const Clock* clock) {
  auto town = std::make_unique<OneProcessTown>(clock);
  RETURN_IF_ERROR(town->Start(arguments));
  return std::unique_ptr<Town>(std::move(town));
}

}  // namespace stadtmesh::town
