#include "routing/hierarchy_search.h"

#include <algorithm>
#include <cstdlib>

namespace stadtmesh::routing {
namespace {

// Relaxes kLanes lanes of the label, from the weights' lane `first` on.
template <int kLanes>
void RelaxUp(const HierarchyTopology& topology, const std::vector<Milliseconds>& weights,
             size_t stride, size_t first, const std::vector<uint32_t>& position, Label& label) {
  for (size_t i = 0; i < label.ranks.size(); ++i) {
    const Milliseconds* here = &label.times[i * kLanes];
    const Rank v = label.ranks[i];
    for (uint32_t link = topology.first_link[v]; link < topology.first_link[v + 1]; ++link) {
      Milliseconds* there = &label.times[(position[topology.link_head[link]] - 1) * kLanes];
      const Milliseconds* weight = &weights[link * stride + first];
      for (int lane = 0; lane < kLanes; ++lane)
        there[lane] = std::min(there[lane], here[lane] + weight[lane]);
    }
  }
}

// All ranks that a search from the seeds can meet, ascending; scratch.position says where each
// stands, plus one.
template <typename SomeSeeds>
std::vector<Rank> Ancestors(const HierarchyTopology& topology, const SomeSeeds& seeds,
                            SearchScratch& scratch) {
  scratch.position.resize(topology.size(), 0);
  std::vector<uint32_t>& position = scratch.position;
  std::vector<Rank> ranks;
  for (const auto& seed : seeds) {
    for (Rank r = topology.rank[seed.arc]; r != kNoRank && position[r] == 0;
         r = topology.parent[r]) {
      position[r] = 1;
      ranks.push_back(r);
    }
  }
  std::sort(ranks.begin(), ranks.end());
  for (size_t i = 0; i < ranks.size(); ++i) position[ranks[i]] = static_cast<uint32_t>(i + 1);
  return ranks;
}

template <int kLanes>
void MeetLanes(const Label& forward, const Label& backward, Milliseconds* best) {
  size_t i = 0, j = 0;
  while (i < forward.ranks.size() && j < backward.ranks.size()) {
    if (forward.ranks[i] < backward.ranks[j]) {
      ++i;
    } else if (forward.ranks[i] > backward.ranks[j]) {
      ++j;
    } else {
      for (int lane = 0; lane < kLanes; ++lane) {
        best[lane] = std::min(best[lane],
                              forward.times[i * kLanes + lane] + backward.times[j * kLanes + lane]);
      }
      ++i;
      ++j;
    }
  }
}

}  // namespace

Label MakeLabel(const HierarchyTopology& topology, const HierarchyTimes& times,
                const LaneSeeds& seeds, Sense sense, SearchScratch& scratch) {
  Label label;
  label.ranks = Ancestors(topology, seeds, scratch);
  const auto lanes = static_cast<size_t>(times.lanes);
  label.times.assign(label.ranks.size() * lanes, kUnreachable);
  for (const LaneSeed& seed : seeds) {
    for (size_t lane = 0; lane < lanes; ++lane) {
      Milliseconds& time =
          label.times[(scratch.position[topology.rank[seed.arc]] - 1) * lanes + lane];
      time = std::min(time, seed.cost[lane]);
    }
  }
  const std::vector<Milliseconds>& weights = sense == Sense::kForward ? times.up : times.down;
  switch (times.lanes) {
    case 1:
      RelaxUp<1>(topology, weights, 1, 0, scratch.position, label);
      break;
    case 4:
      RelaxUp<4>(topology, weights, 4, 0, scratch.position, label);
      break;
    case 8:
      RelaxUp<8>(topology, weights, 8, 0, scratch.position, label);
      break;
    default:
      std::abort();
  }
  for (const Rank r : label.ranks) scratch.position[r] = 0;
  return label;
}

Label MakeLabel(const HierarchyTopology& topology, const HierarchyTimes& times, int lane,
                const Seeds& seeds, Sense sense, SearchScratch& scratch) {
  Label label;
  label.ranks = Ancestors(topology, seeds, scratch);
  label.times.assign(label.ranks.size(), kUnreachable);
  for (const Seed& seed : seeds) {
    Milliseconds& time = label.times[scratch.position[topology.rank[seed.arc]] - 1];
    time = std::min(time, seed.cost);
  }
  const std::vector<Milliseconds>& weights = sense == Sense::kForward ? times.up : times.down;
  RelaxUp<1>(topology, weights, static_cast<size_t>(times.lanes), static_cast<size_t>(lane),
             scratch.position, label);
  for (const Rank r : label.ranks) scratch.position[r] = 0;
  return label;
}

void Meet(const Label& forward, const Label& backward, int lanes, Milliseconds* best) {
  switch (lanes) {
    case 1:
      return MeetLanes<1>(forward, backward, best);
    case 4:
      return MeetLanes<4>(forward, backward, best);
    case 8:
      return MeetLanes<8>(forward, backward, best);
    default:
      std::abort();
  }
}

std::vector<Milliseconds> Sweep(const HierarchyTopology& topology, const HierarchyTimes& times,
                                int lane, const Label& label, Sense sense) {
  const auto lanes = static_cast<size_t>(times.lanes);
  std::vector<Milliseconds> result(topology.size(), kUnreachable);
  for (size_t i = 0; i < label.ranks.size(); ++i) result[label.ranks[i]] = label.times[i];
  // What went up comes down: each rank from its higher neighbours, which are final.
  const std::vector<Milliseconds>& weights = sense == Sense::kForward ? times.down : times.up;
  for (Rank v = static_cast<Rank>(topology.size()); v-- > 0;) {
    Milliseconds best = result[v];
    for (uint32_t link = topology.first_link[v]; link < topology.first_link[v + 1]; ++link) {
      best = std::min(best, result[topology.link_head[link]] +
                                weights[link * lanes + static_cast<size_t>(lane)]);
    }
    result[v] = best;
  }
  return result;
}

Buckets::Buckets(const HierarchyTopology& topology, absl::Span<const Label> labels, int lanes)
    : lanes_(lanes), first_(topology.size() + 1, 0) {
  for (const Label& label : labels) {
    for (const Rank r : label.ranks) ++first_[r + 1];
  }
  for (size_t r = 1; r < first_.size(); ++r) first_[r] += first_[r - 1];
  target_.resize(first_.back());
  times_.resize(static_cast<size_t>(first_.back()) * static_cast<size_t>(lanes));
  std::vector<uint32_t> next(first_.begin(), first_.end() - 1);
  for (uint32_t target = 0; target < labels.size(); ++target) {
    const Label& label = labels[target];
    for (size_t i = 0; i < label.ranks.size(); ++i) {
      const uint32_t slot = next[label.ranks[i]]++;
      target_[slot] = target;
      std::copy_n(&label.times[i * static_cast<size_t>(lanes)], lanes,
                  &times_[slot * static_cast<size_t>(lanes)]);
    }
  }
}

template <int kLanes>
void Buckets::MeetLanes(const Label& forward, Milliseconds* best) const {
  for (size_t i = 0; i < forward.ranks.size(); ++i) {
    const Milliseconds* here = &forward.times[i * kLanes];
    for (uint32_t slot = first_[forward.ranks[i]]; slot < first_[forward.ranks[i] + 1]; ++slot) {
      const Milliseconds* there = &times_[slot * static_cast<size_t>(kLanes)];
      Milliseconds* sum = &best[target_[slot] * static_cast<size_t>(kLanes)];
      for (int lane = 0; lane < kLanes; ++lane)
        sum[lane] = std::min(sum[lane], here[lane] + there[lane]);
    }
  }
}

void Buckets::Meet(const Label& forward, Milliseconds* best) const {
  switch (lanes_) {
    case 1:
      return MeetLanes<1>(forward, best);
    case 4:
      return MeetLanes<4>(forward, best);
    case 8:
      return MeetLanes<8>(forward, best);
    default:
      std::abort();
  }
}

}  // namespace stadtmesh::routing
