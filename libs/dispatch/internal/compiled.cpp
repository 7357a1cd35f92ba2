#include "dispatch/internal/compiled.h"

#include <algorithm>
#include <limits>

namespace stadtmesh::dispatch::internal {
namespace {

// Up to here the travel times are copied into a matrix (8 MB).
constexpr int kDensePlaces = 1000;

}  // namespace

Compiled::Compiled(const Problem& problem, const Plan* plan, bool dense)
    : travel_(problem.travel), time_dependent_(travel_->time_dependent()),
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

// Worth its price only where the matrix is smaller than what a search reads.
void Compiled::CopyTravel(size_t visits) {
  if (places_ > kDensePlaces || static_cast<size_t>(places_) > 2 * visits + 64) return;
  if (matrix_ == nullptr) {
    std::vector<Ticks> copy(static_cast<size_t>(places_) * places_);
    for (int a = 0; a < places_; ++a) {
      for (int b = 0; b < places_; ++b) copy[static_cast<size_t>(a) * places_ + b] = travel_->AtLeast(a, b);
    }
    copied_ = std::make_shared<const std::vector<Ticks>>(std::move(copy));
    matrix_ = copied_->data();
  }
  NarrowTravel();
}

void Compiled::NarrowTravel() {
  const size_t entries = static_cast<size_t>(places_) * places_;
  constexpr Ticks kMost = std::numeric_limits<uint32_t>::max();
  if (entries == 0 || *std::max_element(matrix_, matrix_ + entries) > kMost) return;
  narrow_copy_ = std::make_shared<const std::vector<uint32_t>>(matrix_, matrix_ + entries);
  std::vector<uint32_t> towards(entries);
  for (int a = 0; a < places_; ++a) {
    for (int b = 0; b < places_; ++b) {
      towards[static_cast<size_t>(b) * places_ + a] = (*narrow_copy_)[static_cast<size_t>(a) * places_ + b];
    }
  }
  towards_copy_ = towards == *narrow_copy_ ? narrow_copy_ : std::make_shared<const std::vector<uint32_t>>(std::move(towards));
  narrow_ = narrow_copy_->data();
  towards_ = towards_copy_->data();
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

void Compiled::AddVehicle(const Problem& problem, int v, const Plan* plan) {
  const Vehicle& vehicle = problem.vehicles[v];
  VehicleFacts& facts = vehicles_[v];
  facts.rooms = vehicle.configurations;
  facts.skills = vehicle.skills;
  facts.max_duration = vehicle.LongestTour();
  facts.limited = facts.max_duration < kForever;
  facts.shift_seconds =
      ToSeconds(std::max(kSecond, vehicle.shift.latest - vehicle.shift.earliest));
  Node start;
  start.kind = NodeKind::kStart;
  start.owner = v;
  start.place = vehicle.start;
  start.earliest = vehicle.shift.earliest;
  start.latest = vehicle.ShiftLimits().latest;
  if (vehicle.progress) {
    start.place = vehicle.progress->place;
    start.earliest = std::max(start.earliest, vehicle.progress->ready);
  }
  facts.start = AddOther(start);
  Node end = start;
  end.kind = NodeKind::kEnd;
  end.place = vehicle.end.value_or(-1);
  end.earliest = vehicle.shift.earliest;
  facts.end = AddOther(end);
  for (size_t b = 0; b < vehicle.breaks.size(); ++b) {
    Node pause;
    pause.kind = NodeKind::kBreak;
    pause.owner = static_cast<int32_t>(b);
    pause.place = -1;
    pause.earliest = vehicle.breaks[b].window.earliest;
    pause.latest = vehicle.breaks[b].Limits().latest;
    pause.service = vehicle.breaks[b].duration;
    facts.breaks.push_back(AddOther(pause));
  }
  if (vehicle.progress) AddDriven(problem, v, plan ? plan->routes[v] : Route());
  int placed = facts.driven_breaks;
  for (int k = 0; k < facts.locked && plan != nullptr; ++k) {
    const auto& stops = plan->routes[v].stops;
    const size_t at = static_cast<size_t>(facts.driven + k);
    if (at < stops.size() && stops[at].kind == StopKind::kBreak) ++placed;
  }
  facts.free_breaks = placed < static_cast<int>(facts.breaks.size());
}

void Compiled::AddDriven(const Problem& problem, int v, const Route& route) {
  const Progress& progress = *problem.vehicles[v].progress;
  VehicleFacts& facts = vehicles_[v];
  facts.begun = progress.started.has_value() || !progress.begun.empty();
  facts.driven = static_cast<int>(std::min(progress.begun.size(), route.stops.size()));
  facts.locked = std::max(0, progress.locked - facts.driven);
  if (progress.started && facts.limited) {
    const Ticks bound = *progress.started + facts.max_duration;
    facts.boarded.push_back({-1, bound, bound});
    facts.limited = false;
  }
  for (int k = 0; k < facts.driven; ++k) {
    const Stop& stop = route.stops[k];
    facts.begun_at.push_back({progress.begun[k], progress.begun[k], progress.begun[k]});
    if (stop.kind == StopKind::kBreak) {
      facts.driven_breaks += 1;
      continue;
    }
    if (stop.kind == StopKind::kDropoff) {
      facts.served.push_back(stop.index);
      std::erase_if(facts.riding, [&](const auto& riding) { return riding.request == stop.index; });
      std::erase_if(facts.boarded, [&](const Tracked& t) { return t.request == stop.index; });
      continue;
    }
    const Node& pickup = requests_[stop.index].pickup;
    facts.riding.push_back({stop.index, progress.begun[k] + pickup.service});
    if (!requests_[stop.index].facts.watched) continue;
    const Ticks bound = progress.begun[k] + pickup.service + pickup.max_ride;
    facts.boarded.push_back({stop.index, bound, bound});
  }
  for (const auto& [r, boarded] : facts.riding) {
    for (int d = 0; d < kDimensions; ++d) facts.on_board[d] += requests_[r].facts.load[d];
    requests_[r].facts.aboard = v;
    // The pick-up is history: only the drop-off's own limits count.
    Node& dropoff = requests_[r].dropoff;
    dropoff.earliest = dropoff.window.earliest;
    dropoff.latest = dropoff.window.latest;
  }
}

// What the search may skip when no request needs it.
void Compiled::Note(const CompiledRequest& request) {
  has_company_ |= (request.facts.traits | request.facts.repels) != 0;
  has_one_sided_ |= !request.facts.has_pickup || !request.facts.has_dropoff;
}

}  // namespace stadtmesh::dispatch::internal
