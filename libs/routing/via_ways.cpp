#include "routing/via_ways.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace stadtmesh::routing {
namespace {

constexpr size_t kNone = SIZE_MAX;

// The doubles form a tree under each first arc: one that is reached from `parent` only says where
// its driver came from.
class Doubles {
 public:
  explicit Doubles(TurnLists& lists) : lists_(lists) {}

  void Apply(const ViaRule& rule) {
    const size_t arcs = lists_.turns.size();  // those made from here on already know the rule
    for (ArcIndex arc = 0; arc < arcs; ++arc) {
      if (lists_.exists[arc] && lists_.Original(arc) == rule.path[0]) ApplyFrom(arc, rule);
    }
  }

 private:
  void ApplyFrom(ArcIndex from, const ViaRule& rule) {
    if (!CanDrive(from, rule)) return;
    ArcIndex arc = from;
    for (size_t i = 1; i < rule.path.size(); ++i) arc = Own(arc, TurnTo(arc, rule.path[i]));
    const auto named = [&](const Turn& turn) {
      return std::find(rule.to.begin(), rule.to.end(), lists_.Original(turn.to)) != rule.to.end();
    };
    std::vector<Turn>& turns = lists_.turns[arc];
    if (rule.only && std::none_of(turns.begin(), turns.end(), named)) return;
    std::erase_if(turns, [&](const Turn& turn) { return named(turn) != rule.only; });
  }

  bool CanDrive(ArcIndex arc, const ViaRule& rule) const {
    for (size_t i = 1; i < rule.path.size(); ++i) {
      const size_t turn = TurnTo(arc, rule.path[i]);
      if (turn == kNone) return false;
      arc = lists_.turns[arc][turn].to;
    }
    return true;
  }

  size_t TurnTo(ArcIndex arc, ArcIndex original) const {
    const std::vector<Turn>& turns = lists_.turns[arc];
    for (size_t i = 0; i < turns.size(); ++i) {
      if (lists_.Original(turns[i].to) == original) return i;
    }
    return kNone;
  }

  // Leads the turn through a double that belongs to `parent` alone.
  ArcIndex Own(ArcIndex parent, size_t turn) {
    const ArcIndex target = lists_.turns[parent][turn].to;
    const auto found = parent_.find(target);
    if (found != parent_.end() && found->second == parent) return target;
    const auto segment = static_cast<uint32_t>(lists_.original.size());
    const ArcIndex made = 2 * segment + target % 2;
    std::vector<Turn> turns = lists_.turns[target];
    lists_.original.push_back(lists_.original[target / 2]);
    lists_.turns.resize(2 * segment + 2);
    lists_.exists.resize(2 * segment + 2, false);
    lists_.turns[made] = std::move(turns);
    lists_.exists[made] = true;
    lists_.turns[parent][turn].to = made;
    parent_[made] = parent;
    return made;
  }

  TurnLists& lists_;
  absl::flat_hash_map<ArcIndex, ArcIndex> parent_;
};

}  // namespace

void ApplyViaRules(const std::vector<ViaRule>& rules, TurnLists& lists) {
  Doubles doubles(lists);
  for (const ViaRule& rule : rules) doubles.Apply(rule);
}

}  // namespace stadtmesh::routing
