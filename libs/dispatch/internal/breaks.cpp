#include "dispatch/internal/breaks.h"

#include "dispatch/internal/route_clock.h"

namespace stadtmesh::dispatch::internal {
namespace {

class Arranger {
 public:
  Arranger(const Compiled& problem, int v, absl::Span<const Node* const> sequence,
           RouteClock* clock)
      : problem_(problem),
        facts_(problem.vehicle(v)),
        vehicle_(v),
        sequence_(sequence),
        clock_(clock) {
    size_t riding = facts_.riding.size();
    for (const Node* node : sequence) {
      if (!problem_.has_one_sided()) break;  // then everybody boards on the tour
      if (node->kind == NodeKind::kDropoff && !BoardsOnTour(*node)) ++riding;
    }
    places_.reserve(sequence.size());
    empty_.reserve(sequence.size());
    Place place = -1;
    best_.first = facts_.driven_breaks;
    for (const Node* node : sequence) {
      if (node->kind == NodeKind::kPickup) ++riding;
      if (node->kind == NodeKind::kDropoff) --riding;
      if (node->kind == NodeKind::kBreak) ++best_.first;
      if (node->place >= 0) place = node->place;
      places_.push_back(place);
      empty_.push_back(riding == 0);
    }
    after_.resize(facts_.breaks.size() - best_.first);
  }

  Arrangement Run() {
    if (clock_ != nullptr) {
      Enumerate(0, facts_.locked);
    } else {
      Label label;
      StartLabel(problem_, vehicle_, label);
      if (PlaceFrom(0, 0, label)) {
        best_.found = true;
        best_.after = after_;
      }
    }
    return best_;
  }

 private:
  // False for goods on board from the start. (Riders already on board are counted as riding.)
  bool BoardsOnTour(const Node& dropoff) const {
    for (const Node* node : sequence_) {
      if (node->kind == NodeKind::kPickup && node->owner == dropoff.owner) return true;
    }
    for (const auto& riding : facts_.riding) {
      if (riding.request == dropoff.owner) return true;
    }
    return false;
  }

  const Node& Break(size_t b) const { return problem_.node(facts_.breaks[best_.first + b]); }

  Ticks Travel(size_t k) const { return problem_.Travel(places_[k], places_[k + 1]); }

  // `label` is at position k. Places break `b` there or later, and those that follow it behind it.
  bool PlaceFrom(size_t b, size_t k, Label& label) {
    const size_t last = sequence_.size() - 1;
    for (;; ++k) {
      if (b < after_.size()) {
        if (label.end > Break(b).latest) return false;
        if (empty_[k] && k < last && static_cast<int>(k) >= facts_.locked) {
          Label fork = label;
          after_[b] = static_cast<int32_t>(k);
          if (Extend(Break(b), 0, fork) && PlaceFrom(b + 1, k, fork)) return true;
        }
      }
      if (k == last) return b == after_.size();
      if (!Extend(*sequence_[k + 1], Travel(k), label)) return false;
    }
  }

  void Enumerate(size_t b, size_t from) {
    if (b == after_.size()) return TimeIt();
    for (size_t k = from; k + 1 < sequence_.size(); ++k) {
      if (!empty_[k]) continue;
      after_[b] = static_cast<int32_t>(k);
      Enumerate(b + 1, k);
    }
  }

  void TimeIt() {
    whole_.clear();
    size_t b = 0;
    for (size_t k = 0; k < sequence_.size(); ++k) {
      whole_.push_back(sequence_[k]);
      for (; b < after_.size() && after_[b] == static_cast<int32_t>(k); ++b)
        whole_.push_back(&Break(b));
    }
    if (!clock_->Time(vehicle_, whole_)) return;
    const double cost = clock_->ScheduleCost();
    if (best_.found && cost >= best_.cost) return;
    best_.found = true;
    best_.cost = cost;
    best_.after = after_;
  }

  const Compiled& problem_;
  const VehicleFacts& facts_;
  const int vehicle_;
  const absl::Span<const Node* const> sequence_;
  RouteClock* const clock_;
  std::vector<Place> places_;
  std::vector<char> empty_;
  std::vector<int32_t> after_;
  std::vector<const Node*> whole_;
  Arrangement best_;
};

}  // namespace

bool HasFreeBreaks(const Compiled& problem, int v) { return problem.vehicle(v).free_breaks; }

Arrangement Arrange(const Compiled& problem, int v, absl::Span<const Node* const> sequence,
                    RouteClock* clock) {
  return Arranger(problem, v, sequence, clock).Run();
}

}  // namespace stadtmesh::dispatch::internal
