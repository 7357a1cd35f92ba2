#include "dispatch/model.h"

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace stadtmesh::dispatch {
namespace {

absl::Status Wrong(absl::string_view what, size_t index, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(what, " ", index, ": ", why));
}

bool IsDuration(Ticks ticks) { return ticks >= 0 && ticks <= kForever; }

bool IsWindow(const TimeWindow& window) {
  return window.earliest >= -kWidest && window.earliest <= window.latest &&
         window.latest <= kForever;
}

// kNever, or an instant.
bool IsTolerance(Ticks latest) { return latest >= kNever && latest <= kForever; }

bool IsLoad(const Load& load) {
  for (int32_t amount : load) {
    if (amount < 0 || amount > 1'000'000) return false;
  }
  return true;
}

const char* VisitError(const Visit& visit, int places) {
  if (visit.place < 0 || visit.place >= places) return "unknown place";
  if (!IsWindow(visit.window)) return "window ends before it begins";
  if (visit.promise && !IsWindow(*visit.promise)) return "promise ends before it begins";
  if (!IsTolerance(visit.tolerated_latest)) return "tolerates an absurd lateness";
  if (visit.service < 0 || visit.service > kWidest) return "negative or absurd service duration";
  return nullptr;
}

// Empty: none.
std::string RequestError(const Request& request, int places) {
  if (!request.pickup && !request.dropoff) return "has neither pick-up nor drop-off";
  for (const auto* visit : {&request.pickup, &request.dropoff}) {
    if (!*visit) continue;
    const char* error = VisitError(**visit, places);
    if (error == nullptr) continue;
    return absl::StrCat(visit == &request.pickup ? "pickup: " : "dropoff: ", error);
  }
  if (!IsDuration(request.max_ride) || !IsDuration(request.tolerated_ride))
    return "negative maximum ride time";
  if (!IsLoad(request.load)) return "negative or absurd load";
  if (!(request.priority >= 0)) return "negative priority";
  return "";
}

const char* VehicleError(const Vehicle& vehicle, int places) {
  const auto unknown = [&](Place place) { return place < 0 || place >= places; };
  if (unknown(vehicle.start)) return "start: unknown place";
  if (vehicle.end && unknown(*vehicle.end)) return "end: unknown place";
  if (!IsWindow(vehicle.shift)) return "shift ends before it begins";
  if (!IsTolerance(vehicle.tolerated_end)) return "tolerates an absurd lateness";
  if (!IsDuration(vehicle.max_duration) || !IsDuration(vehicle.tolerated_duration))
    return "negative longest tour";
  if (vehicle.configurations.empty()) return "has no configuration";
  for (const Load& load : vehicle.configurations) {
    if (!IsLoad(load)) return "negative or absurd capacity";
  }
  for (const Break& pause : vehicle.breaks) {
    if (!IsTolerance(pause.tolerated_latest)) return "tolerates an absurd lateness";
    if (!IsWindow(pause.window) || !IsDuration(pause.duration)) return "break without sense";
  }
  if (vehicle.progress) {
    if (unknown(vehicle.progress->place)) return "is at an unknown place";
    if (vehicle.progress->locked < 0) return "negative number of locked stops";
  }
  return nullptr;
}

}  // namespace

absl::Status Validate(const Problem& problem) {
  if (problem.travel == nullptr) return absl::InvalidArgumentError("no travel times");
  const int places = problem.travel->places();
  for (size_t i = 0; i < problem.requests.size(); ++i) {
    const std::string error = RequestError(problem.requests[i], places);
    if (!error.empty()) return Wrong("request", i, error);
  }
  for (size_t i = 0; i < problem.vehicles.size(); ++i) {
    if (const char* error = VehicleError(problem.vehicles[i], places)) {
      return Wrong("vehicle", i, error);
    }
  }
  const Weights& w = problem.weights;
  for (double weight :
       {w.driven, w.waiting, w.excess_ride, w.rider_wait, w.fairness, w.vehicle, w.refused}) {
    if (!(weight >= 0 && weight < 1e15)) return absl::InvalidArgumentError("weights are 0 or more");
  }
  return absl::OkStatus();
}

}  // namespace stadtmesh::dispatch
