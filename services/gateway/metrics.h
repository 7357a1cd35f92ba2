// The gateway's metrics: a reviewed schema. Labels hold route templates and status classes, never
// paths.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "gateway/api/api.h"
#include "obs/metrics.h"

namespace stadtmesh::gateway {

// Thread-safe: everything is made at start.
class GatewayMetrics {
 public:
  GatewayMetrics(obs::Metrics& metrics, const Api& api) {
    for (const Route& route : api.routes()) Add(metrics, route.label);
    Add(metrics, "none");
    Add(metrics, "page");
    limited = metrics.AddCounter("stadtmesh_gateway_limited_total", "Requests refused with 429");
    streams = metrics.AddGauge("stadtmesh_gateway_streams", "Open live streams");
    stream_resets =
        metrics.AddCounter("stadtmesh_gateway_stream_resets_total",
                           "Live streams closed because they were too slow or too far back");
    stream_events =
        metrics.AddCounter("stadtmesh_gateway_stream_events_total", "Events sent on live streams");
  }

  void Count(const std::string& label, int status, double seconds) {
    const auto found = routes_.find(label);
    PerRoute& route = found == routes_.end() ? routes_.at("none") : found->second;
    route.by_class[static_cast<size_t>(status / 100) % 6].Add();
    route.seconds.Observe(seconds);
  }

  obs::Counter limited, stream_resets, stream_events;
  obs::Gauge streams;

 private:
  struct PerRoute {
    std::array<obs::Counter, 6> by_class;
    obs::Histogram seconds;
  };
  void Add(obs::Metrics& metrics, const std::string& label) {
    if (routes_.count(label) != 0) return;
    PerRoute& route = routes_[label];
    for (int i = 1; i < 6; ++i) {
      route.by_class[static_cast<size_t>(i)] =
          metrics.AddCounter("stadtmesh_gateway_requests_total", "Answered requests",
                             {{"route", label}, {"status", std::to_string(i) + "xx"}});
    }
    route.by_class[0] = route.by_class[5];
    route.seconds = metrics.AddHistogram("stadtmesh_gateway_request_seconds",
                                         "From the head of a request to its answer",
                                         {{"route", label}}, obs::LatencyBuckets());
  }
  std::map<std::string, PerRoute> routes_;
};

}  // namespace stadtmesh::gateway
