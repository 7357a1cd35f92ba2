// Prometheus metrics. The names are a reviewed schema: every service declares its own in one header
// (metrics.h), built from these types, and nowhere else. Names begin with stadtmesh_, counters end
// in _total, units are seconds and bytes. Labels hold few values (methods, reasons), never ids and
// never personal data.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace stadtmesh::obs {

using Labels = std::map<std::string, std::string>;

// Handles are cheap to copy, valid as long as their Metrics, and thread-safe.
class Counter {
 public:
  Counter() = default;
  void Add(double value = 1);
  double Value() const;

 private:
  friend class Metrics;
  void* counter_ = nullptr;
};

class Gauge {
 public:
  Gauge() = default;
  void Set(double value);
  void Add(double value);
  double Value() const;

 private:
  friend class Metrics;
  void* gauge_ = nullptr;
};

class Histogram {
 public:
  Histogram() = default;
  void Observe(double value);

 private:
  friend class Metrics;
  void* histogram_ = nullptr;
};

// Seconds from 0.5 ms to 30 s: for requests.
std::vector<double> LatencyBuckets();

class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // Same name and labels: the same metric. Aborts when a name breaks the schema or changes its
  // type: that is a programming error.
  Counter AddCounter(absl::string_view name, absl::string_view help, const Labels& labels = {});
  Gauge AddGauge(absl::string_view name, absl::string_view help, const Labels& labels = {});
  Histogram AddHistogram(absl::string_view name, absl::string_view help, const Labels& labels,
                         const std::vector<double>& buckets);

  // The text exposition format, as /metrics answers it.
  std::string Text() const;

 private:
  friend class MetricsServer;
  struct Registry;
  std::shared_ptr<Registry> registry_;
};

// Serves /metrics over HTTP on a port of its own. `listen` is "host:port"; port 0 takes a free one.
class MetricsServer {
 public:
  static absl::StatusOr<std::unique_ptr<MetricsServer>> Start(const Metrics& metrics,
                                                              absl::string_view listen);
  ~MetricsServer();
  int port() const { return port_; }

 private:
  MetricsServer() = default;
  struct Exposer;
  std::unique_ptr<Exposer> exposer_;
  int port_ = 0;
};

}  // namespace stadtmesh::obs
