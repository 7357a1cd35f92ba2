#include "routing/strong_components.h"

#include <algorithm>

namespace stadtmesh::routing {
namespace {

constexpr uint32_t kUnseen = UINT32_MAX;

class Tarjan {
 public:
  Tarjan(size_t arcs, const std::vector<uint32_t>& first, const std::vector<Turn>& turns)
      : first_(first),
        turns_(turns),
        number_(arcs, kUnseen),
        low_(arcs),
        component_(arcs, kUnseen) {}

  void Visit(ArcIndex root) {
    if (number_[root] != kUnseen) return;
    Enter(root);
    while (!calls_.empty()) {
      Call& call = calls_.back();
      if (call.next < first_[call.arc + 1]) {
        const ArcIndex to = turns_[call.next++].to;
        if (number_[to] == kUnseen) {
          Enter(to);
        } else if (component_[to] == kUnseen) {
          low_[call.arc] = std::min(low_[call.arc], number_[to]);
        }
      } else {
        Leave(call.arc);
      }
    }
  }

  const std::vector<uint32_t>& component() const { return component_; }
  const std::vector<size_t>& sizes() const { return sizes_; }

 private:
  struct Call {
    ArcIndex arc;
    uint32_t next;
  };

  void Enter(ArcIndex arc) {
    number_[arc] = low_[arc] = next_number_++;
    stack_.push_back(arc);
    calls_.push_back({arc, first_[arc]});
  }

  void Leave(ArcIndex arc) {
    calls_.pop_back();
    if (!calls_.empty()) low_[calls_.back().arc] = std::min(low_[calls_.back().arc], low_[arc]);
    if (low_[arc] != number_[arc]) return;
    sizes_.push_back(0);
    ArcIndex member;
    do {
      member = stack_.back();
      stack_.pop_back();
      component_[member] = static_cast<uint32_t>(sizes_.size() - 1);
      ++sizes_.back();
    } while (member != arc);
  }

  const std::vector<uint32_t>& first_;
  const std::vector<Turn>& turns_;
  std::vector<uint32_t> number_, low_, component_;
  std::vector<size_t> sizes_;
  std::vector<ArcIndex> stack_;
  std::vector<Call> calls_;
  uint32_t next_number_ = 0;
};

// A road of one arc is a component only when it is a circle.
bool TurnsIntoItself(ArcIndex arc, const std::vector<uint32_t>& first,
                     const std::vector<Turn>& turns) {
  return std::any_of(turns.begin() + first[arc], turns.begin() + first[arc + 1],
                     [arc](const Turn& turn) { return turn.to == arc; });
}

}  // namespace

std::vector<bool> LargestStrongComponent(size_t arcs, const std::vector<uint32_t>& first,
                                         const std::vector<Turn>& turns,
                                         const std::function<bool(ArcIndex)>& exists) {
  Tarjan tarjan(arcs, first, turns);
  for (ArcIndex arc = 0; arc < arcs; ++arc) {
    if (exists(arc)) tarjan.Visit(arc);
  }
  uint32_t best = kUnseen;
  for (ArcIndex arc = 0; arc < arcs; ++arc) {
    const uint32_t component = tarjan.component()[arc];
    if (component == kUnseen ||
        (tarjan.sizes()[component] == 1 && !TurnsIntoItself(arc, first, turns)))
      continue;
    if (best == kUnseen || tarjan.sizes()[component] > tarjan.sizes()[best]) best = component;
  }
  std::vector<bool> result(arcs, false);
  for (ArcIndex arc = 0; arc < arcs; ++arc) {
    result[arc] = best != kUnseen && tarjan.component()[arc] == best;
  }
  return result;
}

}  // namespace stadtmesh::routing
