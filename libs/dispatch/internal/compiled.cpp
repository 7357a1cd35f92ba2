#include "dispatch/internal/compiled.h"

#include <algorithm>

namespace stadtmesh::dispatch::internal {

Compiled::Compiled(const Problem& problem, const Plan* plan, bool dense)
    : travel_(problem.travel),
      time_dependent_(travel_->time_dependent()),
      weights_(problem.weights) {
  places_ = travel_->places();
  matrix_ = travel_->Matrix();
  if (dense) CopyTravel(2 * problem.requests.size());
  requests_.reserve(problem.requests.size() + 1);
  for (size_t r = 0; r < problem.requests.size(); ++r) {
    requests_.push_back(Compile(static_cast<int>(r), problem.requests[r]));
  }
  vehicles_.resize(problem.vehicles.size());
  for (size_t v = 0; v < problem.vehicles.size(); ++v) {
    AddVehicle(problem, static_cast<int>(v), plan);
  }
  Classify(problem);
}

void Compiled::SetRequest(int r, const CompiledRequest& request) {
  if (r >= requests()) requests_.resize(r + 1);
  requests_[r] = request;
  Note(request);
}

CompiledRequest Compiled::Compile(int r, const Request& request) const {
  CompiledRequest compiled;
  RequestFacts& facts = compiled.facts;
  facts = {request.load, request.traits, request.repels, request.skills};
  facts.mandatory = request.Mandatory();
  facts.refusal = weights_.refused * request.priority;
  facts.has_pickup = request.pickup.has_value();
  facts.has_dropoff = request.dropoff.has_value();
  facts.watched = facts.has_pickup && facts.has_dropoff && request.LongestRide() < kForever;
  const auto fill = [&](Node& node, const std::optional<Visit>& visit, NodeKind kind) {
    node = Node();
    node.kind = kind;
    node.owner = r;
    if (!visit) return;
    const TimeWindow window = visit->Limits();
    node.window = window;
    node.earliest = window.earliest;
    node.latest = window.latest;
    node.service = visit->service;
    node.place = visit->place;
    if (facts.watched) node.max_ride = request.LongestRide();
  };
  fill(compiled.pickup, request.pickup, NodeKind::kPickup);
  fill(compiled.dropoff, request.dropoff, NodeKind::kDropoff);
  Tighten(compiled);
  return compiled;
}

void Compiled::Loosen(const Compiled& other, int v, Ticks shift, Ticks duration, Ticks breaks) {
  VehicleFacts& facts = vehicles_[v] = other.vehicles_[v];
  const auto loosen = [&](NodeId id, Ticks by) {
    Node& node = others_[-id - 1] = other.others_[-id - 1];
    node.latest += by;
    node.window.latest += by;
  };
  loosen(facts.start, shift);
  loosen(facts.end, shift);
  for (NodeId pause : facts.breaks) loosen(pause, breaks);
  facts.max_duration += duration;
  for (Tracked& t : facts.boarded) {
    if (t.request < 0) t.bound += duration, t.cap += duration;
  }
}

// As in Cordeau (Operations Research 54, 2006), section 5.1.1.
void Compiled::Tighten(CompiledRequest& request) const {
  if (!request.facts.has_pickup || !request.facts.has_dropoff) return;
  Node& p = request.pickup;
  Node& d = request.dropoff;
  const Ticks way = p.service + Travel(p.place, d.place);
  d.earliest = std::max(d.earliest, p.earliest + way);
  p.latest = std::min(p.latest, d.latest - way);
  if (p.max_ride >= kForever) return;
  const Ticks longest = p.service + p.max_ride;
  p.earliest = std::max(p.earliest, d.earliest - longest);
  d.latest = std::min(d.latest, p.latest + longest);
}

void Compiled::Classify(const Problem& problem) {
  classes_.resize(problem.vehicles.size());
  for (size_t v = 0; v < classes_.size(); ++v) {
    // What a vehicle has driven, or must drive next, nobody else can take over.
    const auto& progress = problem.vehicles[v].progress;
    size_t first = progress && (progress->locked > 0 || !progress->begun.empty()) ? v : 0;
    while (!(problem.vehicles[first] == problem.vehicles[v])) ++first;
    classes_[v] = static_cast<int>(first);
  }
  for (const CompiledRequest& request : requests_) Note(request);
}

NodeId Compiled::AddOther(const Node& node) {
  others_.push_back(node);
  others_.back().window = {node.earliest, node.latest};
  return -static_cast<NodeId>(others_.size());
}

// What the search may skip when no request needs it.
void Compiled::Note(const CompiledRequest& request) {
  has_company_ |= (request.facts.traits | request.facts.repels) != 0;
  has_one_sided_ |= !request.facts.has_pickup || !request.facts.has_dropoff;
}

}  // namespace stadtmesh::dispatch::internal
