// Inside libs/rpc only: the chassis' metrics. The schema of everything it measures stands here.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "absl/base/call_once.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "obs/metrics.h"

namespace stadtmesh::rpc {

inline constexpr char kCallsTotal[] = "stadtmesh_rpc_server_calls_total";  // method, code
inline constexpr char kCallSeconds[] =
    "stadtmesh_rpc_server_seconds";  // method; from arrival to the answer
inline constexpr char kQueueSeconds[] =
    "stadtmesh_rpc_server_queue_seconds";  // service; waiting for a thread
inline constexpr char kOverloadedTotal[] =
    "stadtmesh_rpc_server_overloaded_total";  // service; refused, the pool was full

// Thread-safe. Without Metrics it measures nothing.
class MethodMetrics {
 public:
  MethodMetrics(obs::Metrics* metrics, const std::string& service, const std::string& method);
  void Finished(absl::StatusCode code, absl::Duration total, absl::Duration queued);
  void Overloaded();

 private:
  static constexpr size_t kCodes = 17;
  struct PerCode {
    absl::once_flag once;
    obs::Counter counter;
  };
  obs::Metrics* metrics_;
  std::string method_;
  obs::Histogram seconds_;
  obs::Histogram queue_seconds_;
  obs::Counter overloaded_;
  // made when first needed: most codes never occur
  std::unique_ptr<std::array<PerCode, kCodes>> calls_;
};

}  // namespace stadtmesh::rpc
