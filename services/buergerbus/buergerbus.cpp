#include "buergerbus/buergerbus.h"

#include <utility>

#include "auth/crypto.h"
#include "base/status.h"
#include "buergerbus/planner/insertion_planner.h"
#include "buergerbus/road_oracle.h"
#include "buergerbus/rpc.h"
#include "buergerbus/tasks.h"
#include "events/event_types.h"
#include "stadtmesh/buergerbus/v1/events.pb.h"

namespace stadtmesh::buergerbus {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(10);  // with the store, at the start

std::unique_ptr<TravelOracle> MakeOracle(std::shared_ptr<const routing::TravelTimes> times,
                                         bool traffic) {
  if (times == nullptr) return std::make_unique<StraightLineOracle>();
  if (!traffic) return std::make_unique<RoadOracle>(std::move(times));
  std::shared_ptr<const routing::TravelTimes> hourly =
      *times->WithProfile(routing::SpeedProfile::WorkingDay());
  return std::make_unique<RoadOracle>(std::move(times), std::move(hourly));
}

// A key of its own, so that offers say nothing about what else the secret is for; without a secret
// that of this process alone.
std::string OfferKey(const config::Secret& secret) {
  if (secret.empty()) return auth::RandomString(32);
  const auth::Digest key = auth::HmacSha256(secret.Reveal(), "stadtmesh buergerbus offer ids");
  return std::string(key.begin(), key.end());
}

ImproverOptions ImproverOf(const Buergerbus::Options& options) {
  ImproverOptions improver = options.improver;
  improver.tenants = options.tenants;
  return improver;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Buergerbus>> Buergerbus::Create(Options options, Adapters adapters) {
  RETURN_IF_ERROR(events::ValidateEvents(*v1::RideBooked::descriptor()->file()));
  return std::unique_ptr<Buergerbus>(new Buergerbus(std::move(options), std::move(adapters)));
}

Buergerbus::Buergerbus(Options options, Adapters adapters)
    : options_(std::move(options)),
      adapters_(std::move(adapters)),
      oracle_(MakeOracle(adapters_.travel_times, options_.traffic)),
      planner_(MakeInsertionPlanner(oracle_.get())),
      services_(adapters_.store, planner_.get(), adapters_.addresses, adapters_.clock,
                adapters_.ids, adapters_.logger, adapters_.metrics),
      board_(&services_.core.repository, &services_.core.settings, adapters_.clock),
      api_{.services = services_, .board = board_, .offer_key = OfferKey(options_.offer_secret)},
      tasks_(MakeTaskWorker(&services_, options_.tenants, options_.task_threads)),
      improver_(
          std::make_unique<Improver>(&services_.core, ImproverOf(options_), adapters_.metrics)),
      bus_metrics_(adapters_.metrics),
      relay_(std::make_unique<events::Relay>(
          adapters_.store, adapters_.bus,
          events::RelayOptions{.service = std::string(kServiceName),
                               .tenants = [this] { return options_.tenants; }},
          adapters_.clock, &relay_counters_)) {
  bus_metrics_.AddRelay(kServiceName, &relay_counters_);
}

Buergerbus::~Buergerbus() { Stop(); }

absl::StatusOr<rpc::Service> Buergerbus::MakeService() {
  ASSIGN_OR_RETURN(rpc::Service service, MakeRpcService(&api_));
  service.pool = options_.pool;
  return service;
}

absl::Status Buergerbus::Start() {
  RETURN_IF_ERROR(board_.Start(adapters_.bus));
  for (const std::string& tenant : options_.tenants) {
    RETURN_IF_ERROR(services_.retention.Schedule(tenant, absl::Now() + kPatience));
    RETURN_IF_ERROR(services_.lateness.Schedule(tenant, absl::Now() + kPatience));
  }
  relay_->Start();
  tasks_->Start();
  improver_->Start();
  return absl::OkStatus();
}

void Buergerbus::Stop() {
  improver_->Stop();
  tasks_->Stop();
  relay_->Stop();
  board_.Stop();
}

}  // namespace stadtmesh::buergerbus
