#include "rpc/access_log.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/error.h"

namespace stadtmesh::rpc {

MethodMetrics::MethodMetrics(obs::Metrics* metrics, const std::string& service,
                             const std::string& method)
    : metrics_(metrics), method_(method) {
  if (metrics_ == nullptr) return;
  seconds_ = metrics_->AddHistogram(kCallSeconds, "Time from a call's arrival to its answer.",
                                    {{"method", method}}, obs::LatencyBuckets());
  queue_seconds_ = metrics_->AddHistogram(kQueueSeconds, "Time a call waits for a thread.",
                                          {{"service", service}}, obs::LatencyBuckets());
  overloaded_ = metrics_->AddCounter(kOverloadedTotal, "Calls refused because the pool was full.",
                                     {{"service", service}});
  calls_ = std::make_unique<std::array<PerCode, kCodes>>();
}

void MethodMetrics::Finished(absl::StatusCode code, absl::Duration total, absl::Duration queued) {
  if (metrics_ == nullptr) return;
  seconds_.Observe(absl::ToDoubleSeconds(total));
  queue_seconds_.Observe(absl::ToDoubleSeconds(queued));
  PerCode& entry = (*calls_)[static_cast<size_t>(code) % kCodes];
  absl::call_once(entry.once, [&] {
    const std::string name = code == absl::StatusCode::kOk ? "OK" : absl::StatusCodeToString(code);
    entry.counter =
        metrics_->AddCounter(kCallsTotal, "Calls answered.", {{"method", method_}, {"code", name}});
  });
  entry.counter.Add();
}

void MethodMetrics::Overloaded() {
  if (metrics_ != nullptr) overloaded_.Add();
}

void RecordCall(MethodState& method, const Call& call, const CallTimes& times,
                const absl::Status& status) {
  const absl::Duration total = absl::Now() - times.arrived;
  const absl::Duration queued = times.started - times.arrived;
  method.metrics.Finished(status.code(), total, queued);
  obs::Logger* logger = method.server->options.logger;
  if (logger == nullptr) return;
  // Our own and well-formed; empty when the call was refused before it had one.
  const absl::string_view trace =
      absl::string_view(call.traceparent).substr(std::min<size_t>(3, call.traceparent.size()), 32);
  const int64_t microseconds = absl::ToInt64Microseconds(total);
  if (status.ok()) {
    logger->Info("rpc", {{"method", method.path},
                         {"code", "OK"},
                         {"us", microseconds},
                         {"tenant", call.principal.tenant},
                         {"caller", call.principal.service},
                         {"trace", trace}});
    return;
  }
  const std::optional<ErrorInfo> info = GetErrorInfo(status);
  const bool ours = status.code() == absl::StatusCode::kInternal ||
                    status.code() == absl::StatusCode::kUnknown ||
                    status.code() == absl::StatusCode::kDataLoss;
  logger->Log(ours ? obs::Level::kError : obs::Level::kInfo, "rpc",
              {{"method", method.path},
               {"code", absl::StatusCodeToString(status.code())},
               {"reason", info ? info->reason : std::string()},
               {"message", status.message()},
               {"us", microseconds},
               {"tenant", call.principal.tenant},
               {"caller", call.principal.service},
               {"trace", trace}});
}

absl::Status RecordOverload(MethodState& method) {
  method.metrics.Overloaded();
  method.metrics.Finished(absl::StatusCode::kUnavailable, absl::ZeroDuration(),
                          absl::ZeroDuration());
  return CommonError(absl::StatusCode::kUnavailable, "OVERLOADED",
                     "all threads are busy and the queue is full");
}

}  // namespace stadtmesh::rpc
