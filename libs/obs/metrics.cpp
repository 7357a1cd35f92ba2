#include "obs/metrics.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <prometheus/counter.h>
#include <prometheus/exposer.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <thread>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"

namespace stadtmesh::obs {
namespace {

enum class Type { kCounter, kGauge, kHistogram };

// Whoever breaks the schema hears of it at the first start.
[[noreturn]] void Abort(absl::string_view name, absl::string_view why) {
  std::fprintf(stderr, "metric %s: %s\n", std::string(name).c_str(), std::string(why).c_str());
  std::abort();
}

void CheckName(absl::string_view name, Type type) {
  const bool characters = std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_';
  });
  if (!absl::StartsWith(name, "stadtmesh_") || !characters)
    Abort(name, "should be stadtmesh_ and snake_case");
  if ((type == Type::kCounter) != absl::EndsWith(name, "_total"))
    Abort(name, "exactly counters end in _total");
}

}  // namespace

struct Metrics::Registry {
  std::shared_ptr<prometheus::Registry> prometheus = std::make_shared<prometheus::Registry>();
  absl::Mutex mutex;
  std::map<std::string, Type> types ABSL_GUARDED_BY(mutex);

  void Check(absl::string_view name, Type type) {
    CheckName(name, type);
    absl::MutexLock lock(&mutex);
    const auto [it, inserted] = types.emplace(std::string(name), type);
    if (!inserted && it->second != type) Abort(name, "changes its type");
  }
};

Metrics::Metrics() : registry_(std::make_shared<Registry>()) {}
Metrics::~Metrics() = default;

Counter Metrics::AddCounter(absl::string_view name, absl::string_view help, const Labels& labels) {
  registry_->Check(name, Type::kCounter);
  Counter counter;
  counter.counter_ = &prometheus::BuildCounter()
                          .Name(std::string(name))
                          .Help(std::string(help))
                          .Register(*registry_->prometheus)
                          .Add(labels);
  return counter;
}

Gauge Metrics::AddGauge(absl::string_view name, absl::string_view help, const Labels& labels) {
  registry_->Check(name, Type::kGauge);
  Gauge gauge;
  gauge.gauge_ = &prometheus::BuildGauge()
                      .Name(std::string(name))
                      .Help(std::string(help))
                      .Register(*registry_->prometheus)
                      .Add(labels);
  return gauge;
}

Histogram Metrics::AddHistogram(absl::string_view name, absl::string_view help,
                                const Labels& labels, const std::vector<double>& buckets) {
  registry_->Check(name, Type::kHistogram);
  Histogram histogram;
  histogram.histogram_ = &prometheus::BuildHistogram()
                              .Name(std::string(name))
                              .Help(std::string(help))
                              .Register(*registry_->prometheus)
                              .Add(labels, buckets);
  return histogram;
}

std::string Metrics::Text() const {
  return prometheus::TextSerializer().Serialize(registry_->prometheus->Collect());
}

void Counter::Add(double value) { static_cast<prometheus::Counter*>(counter_)->Increment(value); }
double Counter::Value() const { return static_cast<prometheus::Counter*>(counter_)->Value(); }
void Gauge::Set(double value) { static_cast<prometheus::Gauge*>(gauge_)->Set(value); }
void Gauge::Add(double value) { static_cast<prometheus::Gauge*>(gauge_)->Increment(value); }
double Gauge::Value() const { return static_cast<prometheus::Gauge*>(gauge_)->Value(); }
void Histogram::Observe(double value) {
  static_cast<prometheus::Histogram*>(histogram_)->Observe(value);
}

std::vector<double> LatencyBuckets() {
  return {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};
}

struct MetricsServer::Exposer {
  explicit Exposer(const std::string& listen)
      : prometheus(std::make_unique<prometheus::Exposer>(listen, 1)) {}
  std::unique_ptr<prometheus::Exposer> prometheus;
  std::shared_ptr<prometheus::Registry> registry;
};

namespace {

// Connects and hangs up.
void Knock(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (socket < 0) return;
  (void)connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address));
  close(socket);
}

}  // namespace

// civetweb looks for its stop flag only when a connection comes or every two seconds; a knock makes
// a stop of the process quick.
MetricsServer::~MetricsServer() {
  if (!exposer_) return;
  std::atomic<bool> stopped{false};
  std::thread stopping([&] {
    exposer_->prometheus.reset();
    stopped = true;
  });
  while (!stopped) {
    Knock(port_);
    absl::SleepFor(absl::Milliseconds(5));
  }
  stopping.join();
}

absl::StatusOr<std::unique_ptr<MetricsServer>> MetricsServer::Start(const Metrics& metrics,
                                                                    absl::string_view listen) {
  std::unique_ptr<MetricsServer> server(new MetricsServer);
  try {  // civetweb's wrapper throws when the port is taken
    server->exposer_ = std::make_unique<Exposer>(std::string(listen));
  } catch (const std::exception& error) {
    return absl::UnavailableError(
        absl::StrCat("metrics cannot listen on ", listen, ": ", error.what()));
  }
  server->exposer_->registry = metrics.registry_->prometheus;
  server->exposer_->prometheus->RegisterCollectable(server->exposer_->registry);
  server->port_ = server->exposer_->prometheus->GetListeningPorts().at(0);
  return server;
}

}  // namespace stadtmesh::obs
