#include "gateway/gateway.h"

#include <set>
#include <utility>
#include <vector>

#include "base/status.h"
#include "gateway/api/api.h"
#include "gateway/live/streams.h"
#include "gateway/metrics.h"
#include "gateway/pages.h"
#include "gateway/request_handler.h"
#include "gateway/upstream_health.h"

namespace stadtmesh::gateway {
namespace {

std::vector<std::string> Packages(const Dependencies& dependencies) {
  std::vector<std::string> packages;
  for (const auto& [package, channel] : dependencies.channels) packages.push_back(package);
  return packages;
}

std::vector<std::string> Services(const Dependencies& dependencies) {
  std::set<std::string> services;
  for (const auto& [package, channel] : dependencies.channels)
    services.insert(ServiceOfPackage(package));
  return {services.begin(), services.end()};
}

// Members are destroyed from the last to the first: the server stops before what its handler uses.
class RunningGateway final : public Gateway {
 public:
  RunningGateway(Config config, Dependencies dependencies, std::unique_ptr<Api> api)
      : config_(std::move(config)),
        dependencies_(std::move(dependencies)),
        api_(std::move(api)),
        metrics_(*dependencies_.metrics, *api_),
        pages_(*api_, Packages(dependencies_), config_.docs) {}

  ~RunningGateway() override {
    server_.reset();
    if (streams_ != nullptr) streams_->Stop();
  }

  absl::Status Start() {
    const StreamsOptions options{config_.streams, config_.streams_per_user, config_.stream_ring,
                                 config_.heartbeat};
    ASSIGN_OR_RETURN(streams_, Streams::Start(*api_, Services(dependencies_), dependencies_.bus,
                                              options, dependencies_.clock, &metrics_));
    health_ = std::make_unique<UpstreamHealth>(dependencies_.channels, config_.health_interval);
    handler_ = std::make_unique<RequestHandler>(config_, dependencies_, *api_, pages_, *streams_,
                                                *health_, metrics_);
    ServerOptions http = config_.http;
    http.exempt = [this](absl::string_view address) {
      for (const Network& proxy : config_.proxies) {
        if (proxy.Contains(address)) return true;
      }
      return false;
    };
    http.common_headers = {
        {"cache-control", "no-store"},
        {"content-security-policy", "default-src 'none'; frame-ancestors 'none'"},
        {"x-content-type-options", "nosniff"},
        {"referrer-policy", "no-referrer"}};
    ASSIGN_OR_RETURN(server_, HttpServer::Start(std::move(http), handler_.get()));
    return absl::OkStatus();
  }

  int port() const override { return server_->port(); }
  ServerStats stats() const override { return server_->stats(); }

  void Drain(absl::Time deadline) override {
    handler_->SetReady(false);
    streams_->Stop();
    server_->Drain(deadline);
    // A channel in process ends with its server, which the caller stops next.
    health_->Stop();
  }

 private:
  const Config config_;
  const Dependencies dependencies_;
  const std::unique_ptr<Api> api_;
  GatewayMetrics metrics_;
  const Pages pages_;
  std::unique_ptr<Streams> streams_;
  std::unique_ptr<UpstreamHealth> health_;
  std::unique_ptr<RequestHandler> handler_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Gateway>> Gateway::Start(Config config, Dependencies dependencies) {
  ASSIGN_OR_RETURN(std::unique_ptr<Api> api, Api::Load(dependencies.descriptor_set));
  auto gateway =
      std::make_unique<RunningGateway>(std::move(config), std::move(dependencies), std::move(api));
  RETURN_IF_ERROR(gateway->Start());
  return std::unique_ptr<Gateway>(std::move(gateway));
}

}  // namespace stadtmesh::gateway
