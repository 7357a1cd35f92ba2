#include "gateway/upstream_health.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/clock.h"

namespace stadtmesh::gateway {
namespace {

constexpr char kCheck[] = "/grpc.health.v1.Health/Check";
// HealthCheckRequest without a service asks for the whole server; HealthCheckResponse{status:
// SERVING}.
constexpr absl::string_view kWholeServer = "";
constexpr absl::string_view kServing = "\x08\x01";

}  // namespace

UpstreamHealth::UpstreamHealth(const std::map<std::string, rpc::Channel>& channels,
                               absl::Duration interval)
    : interval_(interval) {
  {
    absl::MutexLock lock(&mutex_);
    for (const auto& [package, channel] : channels)
      upstreams_[package].client = std::make_unique<rpc::GenericClient>(channel);
  }
  AskAll();
  {
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(this, &UpstreamHealth::NobodyAsked));
  }
  thread_ = std::thread([this] { Run(); });
}

void UpstreamHealth::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
  absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(this, &UpstreamHealth::NobodyAsked));
}

bool UpstreamHealth::NobodyAsked() const {
  return std::none_of(upstreams_.begin(), upstreams_.end(),
                      [](const auto& entry) { return entry.second.asked; });
}

void UpstreamHealth::Run() {
  while (true) {
    {
      absl::MutexLock lock(&mutex_);
      if (mutex_.AwaitWithTimeout(absl::Condition(&stopping_), interval_)) return;
    }
    AskAll();
  }
}

void UpstreamHealth::AskAll() {
  std::vector<Upstream*> idle;
  {
    absl::MutexLock lock(&mutex_);
    for (auto& [package, upstream] : upstreams_) {
      if (!std::exchange(upstream.asked, true)) idle.push_back(&upstream);
    }
  }
  // Without the lock: gRPC may call back on this thread before Call returns.
  for (Upstream* upstream : idle) {
    const auto answered = [this, upstream](const absl::StatusOr<std::string>& answer) {
      absl::MutexLock lock(&mutex_);
      upstream->serving = answer.ok() && *answer == kServing;
      upstream->asked = false;
    };
    upstream->client->Call(kCheck, std::string(kWholeServer), rpc::Metadata(),
                           absl::Now() + interval_, answered);
  }
}

std::map<std::string, bool> UpstreamHealth::Serving() const {
  absl::MutexLock lock(&mutex_);
  std::map<std::string, bool> serving;
  for (const auto& [package, upstream] : upstreams_) serving[package] = upstream.serving;
  return serving;
}

}  // namespace stadtmesh::gateway
