#include "routing/travel_times.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "absl/synchronization/mutex.h"
#include "base/status.h"
#include "routing/endpoints.h"
#include "routing/hierarchy.h"
#include "routing/hierarchy_search.h"
#include "routing/route.h"
#include "routing/travel_time_cache.h"

namespace stadtmesh::routing {
namespace {

// Scratch memory for searches, kept between calls; as many as ever ran at once.
class ScratchPool {
 public:
  std::unique_ptr<SearchScratch> Take() {
    absl::MutexLock lock(&mutex_);
    if (free_.empty()) return std::make_unique<SearchScratch>();
    std::unique_ptr<SearchScratch> scratch = std::move(free_.back());
    free_.pop_back();
    return scratch;
  }
  void Return(std::unique_ptr<SearchScratch> scratch) {
    absl::MutexLock lock(&mutex_);
    free_.push_back(std::move(scratch));
  }

 private:
  absl::Mutex mutex_;
  std::vector<std::unique_ptr<SearchScratch>> free_;
};

class Scratch {
 public:
  explicit Scratch(ScratchPool& pool) : pool_(pool), scratch_(pool.Take()) {}
  ~Scratch() { pool_.Return(std::move(scratch_)); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  SearchScratch& operator*() { return *scratch_; }

 private:
  ScratchPool& pool_;
  std::unique_ptr<SearchScratch> scratch_;
};

// Hours with the same speeds share one set of times; the sets are filled into the hierarchy 8 (or
// 4, or 1) at a time.
struct Block {
  std::vector<size_t> sets;  // one per lane; the last may repeat to fill the lanes
  HierarchyTimes times;
};

int LanesFor(size_t sets) { return sets == 1 ? 1 : sets <= 4 ? 4 : 8; }

}  // namespace

struct TravelTimes::Impl {
  Impl(std::shared_ptr<const RoadGraph> g, const SpeedProfile& profile,
       const TravelTimesOptions& options)
      : graph(std::move(g)), topology(*graph), cache(options.cache_entries) {
    std::vector<SpeedProfile::Hour> distinct;
    for (int hour = 0; hour < kHoursPerDay; ++hour) {
      const auto known = std::find(distinct.begin(), distinct.end(), profile.percent[hour]);
      set_of_hour[hour] = static_cast<size_t>(known - distinct.begin());
      if (known != distinct.end()) continue;
      distinct.push_back(profile.percent[hour]);
      sets.push_back(ArcTimes(*graph, profile.percent[hour]));
    }
    const auto lanes = static_cast<size_t>(LanesFor(sets.size()));
    for (size_t first = 0; first < sets.size(); first += lanes) {
      Block block;
      std::vector<const std::vector<Milliseconds>*> times;
      for (size_t lane = 0; lane < lanes; ++lane) {
        block.sets.push_back(std::min(first + lane, sets.size() - 1));
        times.push_back(&sets[block.sets.back()]);
      }
      block.times = Customize(*graph, topology, times);
      blocks.push_back(std::move(block));
    }
    links_per_search = topology.size() == 0 ? 0 : EstimateSearch();
  }

  size_t Set(int hour) const {
    if (hour < 0 || hour >= kHoursPerDay) std::abort();
    return set_of_hour[hour];
  }
  const Block& BlockOf(size_t set) const { return blocks[set / blocks[0].sets.size()]; }
  int LaneOf(size_t set) const { return static_cast<int>(set % blocks[0].sets.size()); }

  // Links on the way from a rank to its root, by a few samples.
  size_t EstimateSearch() const {
    size_t links = 0;
    constexpr size_t kSamples = 16;
    for (size_t sample = 0; sample < kSamples; ++sample) {
      for (Rank r = static_cast<Rank>(topology.size() * sample / kSamples); r != kNoRank;
           r = topology.parent[r]) {
        links += topology.first_link[r + 1] - topology.first_link[r] + 1;
      }
    }
    return links / kSamples + 1;
  }

  LaneSeeds SeedsOf(const Block& block, const Snap& snap, Sense sense) const {
    LaneSeeds seeds;
    for (size_t lane = 0; lane < block.sets.size(); ++lane) {
      const std::vector<Milliseconds>& times = sets[block.sets[lane]];
      const Seeds one = sense == Sense::kForward ? StartSeeds(*graph, times, snap)
                                                 : EndSeeds(*graph, times, snap);
      seeds.resize(one.size());
      for (size_t i = 0; i < one.size(); ++i) {
        seeds[i].arc = one[i].arc;
        seeds[i].cost[lane] = one[i].cost;
      }
    }
    return seeds;
  }

  Label LabelOf(const Block& block, const Snap& snap, Sense sense, SearchScratch& scratch) const {
    return MakeLabel(topology, block.times, SeedsOf(block, snap, sense), sense, scratch);
  }

  // Of one set of times only.
  Label LabelOf(size_t set, const Snap& snap, Sense sense, SearchScratch& scratch) const {
    const Seeds seeds = sense == Sense::kForward ? StartSeeds(*graph, sets[set], snap)
                                                 : EndSeeds(*graph, sets[set], snap);
    return MakeLabel(topology, BlockOf(set).times, LaneOf(set), seeds, sense, scratch);
  }

  Milliseconds Search(const Snap& from, const Snap& to, size_t set, SearchScratch& scratch) const {
    Milliseconds best = DirectTime(*graph, sets[set], from, to);
    Meet(LabelOf(set, from, Sense::kForward, scratch), LabelOf(set, to, Sense::kBackward, scratch),
         1, &best);
    return best;
  }

  // By set of times.
  std::vector<Milliseconds> SearchAll(const Snap& from, const Snap& to,
                                      SearchScratch& scratch) const {
    std::vector<Milliseconds> best(sets.size(), kUnreachable);
    for (const Block& block : blocks) {
      std::vector<Milliseconds> met(block.sets.size(), kUnreachable);
      Meet(LabelOf(block, from, Sense::kForward, scratch),
           LabelOf(block, to, Sense::kBackward, scratch), block.times.lanes, met.data());
      for (size_t lane = 0; lane < block.sets.size(); ++lane) {
        const size_t set = block.sets[lane];
        best[set] = std::min(met[lane], DirectTime(*graph, sets[set], from, to));
      }
    }
    return best;
  }

  // Times between `hub` and all `others`, in the hub's sense, by one sweep over the whole graph.
  std::vector<int32_t> SweepFrom(const Snap& hub, absl::Span<const Snap> others, size_t set,
                                 Sense sense, SearchScratch& scratch) const {
    const std::vector<Milliseconds> reached =
        Sweep(topology, BlockOf(set).times, LaneOf(set), LabelOf(set, hub, sense, scratch), sense);
    const bool forward = sense == Sense::kForward;
    std::vector<int32_t> seconds;
    seconds.reserve(others.size());
    for (const Snap& other : others) {
      const Seeds ends =
          forward ? EndSeeds(*graph, sets[set], other) : StartSeeds(*graph, sets[set], other);
      Milliseconds best = forward ? DirectTime(*graph, sets[set], hub, other)
                                  : DirectTime(*graph, sets[set], other, hub);
      for (const Seed& end : ends)
        best = std::min(best, reached[topology.rank[end.arc]] + end.cost);
      seconds.push_back(ToSeconds(std::min(best, kUnreachable)));
    }
    return seconds;
  }

  // One search per other point is cheaper for a few of them, a sweep for many.
  std::vector<int32_t> Star(const Snap& hub, absl::Span<const Snap> others, size_t set,
                            Sense sense) const {
    Scratch scratch(pool);
    if (others.size() * links_per_search > topology.link_head.size())
      return SweepFrom(hub, others, set, sense, *scratch);
    const bool forward = sense == Sense::kForward;
    const Label centre = LabelOf(set, hub, sense, *scratch);
    std::vector<int32_t> seconds;
    seconds.reserve(others.size());
    for (const Snap& other : others) {
      const Label label =
          LabelOf(set, other, forward ? Sense::kBackward : Sense::kForward, *scratch);
      Milliseconds best = forward ? DirectTime(*graph, sets[set], hub, other)
                                  : DirectTime(*graph, sets[set], other, hub);
      forward ? Meet(centre, label, 1, &best) : Meet(label, centre, 1, &best);
      seconds.push_back(ToSeconds(best));
    }
    return seconds;
  }

  // Fills the matrices of the block's sets (those that are wanted: not nullptr).
  void FillMatrices(const Block& block, absl::Span<const Snap> from, absl::Span<const Snap> to,
                    absl::Span<Matrix* const> matrices) const {
    Scratch scratch(pool);
    std::vector<Label> labels;
    labels.reserve(to.size());
    for (const Snap& target : to)
      labels.push_back(LabelOf(block, target, Sense::kBackward, *scratch));
    const auto lanes = static_cast<size_t>(block.times.lanes);
    const Buckets buckets(topology, labels, block.times.lanes);
    std::vector<Milliseconds> best(to.size() * lanes);
    for (size_t i = 0; i < from.size(); ++i) {
      std::fill(best.begin(), best.end(), kUnreachable);
      buckets.Meet(LabelOf(block, from[i], Sense::kForward, *scratch), best.data());
      for (size_t j = 0; j < to.size(); ++j) {
        for (size_t lane = 0; lane < lanes; ++lane) {
          if (matrices[lane] == nullptr) continue;
          const Milliseconds direct = DirectTime(*graph, sets[block.sets[lane]], from[i], to[j]);
          matrices[lane]->At(i, j) = ToSeconds(std::min(best[j * lanes + lane], direct));
        }
      }
    }
  }

  std::shared_ptr<const RoadGraph> graph;
  HierarchyTopology topology;
  std::array<size_t, kHoursPerDay> set_of_hour;
  std::vector<std::vector<Milliseconds>> sets;  // per distinct hour, the time per arc
  std::vector<Block> blocks;
  size_t links_per_search = 0;
  mutable ScratchPool pool;
  mutable TravelTimeCache cache;
};

TravelTimes::TravelTimes(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TravelTimes::~TravelTimes() = default;
const RoadGraph& TravelTimes::graph() const { return *impl_->graph; }

absl::StatusOr<std::unique_ptr<const TravelTimes>> TravelTimes::Create(
    std::shared_ptr<const RoadGraph> graph, const SpeedProfile& profile,
    const TravelTimesOptions& options) {
  RETURN_IF_ERROR(Validate(profile));
  return std::unique_ptr<const TravelTimes>(
      new TravelTimes(std::make_unique<Impl>(std::move(graph), profile, options)));
}

absl::StatusOr<std::unique_ptr<const TravelTimes>> TravelTimes::WithProfile(
    const SpeedProfile& profile) const {
  return Create(impl_->graph, profile);
}

int32_t TravelTimes::Seconds(const Snap& from, const Snap& to, int hour) const {
  const size_t set = impl_->Set(hour);
  const TravelTimeCache::Key key{from.edge, to.edge, from.offset, to.offset,
                                 static_cast<uint8_t>(set)};
  if (const std::optional<int32_t> known = impl_->cache.Find(key)) return *known;
  Scratch scratch(impl_->pool);
  const int32_t seconds = ToSeconds(impl_->Search(from, to, set, *scratch));
  impl_->cache.Insert(key, seconds);
  return seconds;
}

std::array<int32_t, kHoursPerDay> TravelTimes::SecondsByHour(const Snap& from,
                                                             const Snap& to) const {
  const size_t sets = impl_->sets.size();
  std::array<int32_t, kHoursPerDay> by_set;
  TravelTimeCache::Key key{from.edge, to.edge, from.offset, to.offset, 0};
  bool known = true;
  for (size_t set = 0; known && set < sets; ++set) {
    key.hour = static_cast<uint8_t>(set);
    const std::optional<int32_t> found = impl_->cache.Find(key);
    known = found.has_value();
    by_set[set] = found.value_or(0);
  }
  if (!known) {
    Scratch scratch(impl_->pool);
    const std::vector<Milliseconds> searched = impl_->SearchAll(from, to, *scratch);
    for (size_t set = 0; set < sets; ++set) {
      key.hour = static_cast<uint8_t>(set);
      impl_->cache.Insert(key, by_set[set] = ToSeconds(searched[set]));
    }
  }
  std::array<int32_t, kHoursPerDay> by_hour;
  for (int hour = 0; hour < kHoursPerDay; ++hour) by_hour[hour] = by_set[impl_->set_of_hour[hour]];
  return by_hour;
}

int32_t TravelTimes::SecondsAt(const Snap& from, const Snap& to, absl::Duration time_of_day) const {
  const int64_t minute = ((absl::ToInt64Minutes(time_of_day) - 30) % 1440 + 1440) % 1440;
  const int hour = static_cast<int>(minute / 60);
  const int64_t early = Seconds(from, to, hour),
                late = Seconds(from, to, (hour + 1) % kHoursPerDay);
  return static_cast<int32_t>((early * (60 - minute % 60) + late * (minute % 60) + 59) / 60);
}

std::vector<int32_t> TravelTimes::OneToMany(const Snap& from, absl::Span<const Snap> to,
                                            int hour) const {
  return impl_->Star(from, to, impl_->Set(hour), Sense::kForward);
}

std::vector<int32_t> TravelTimes::ManyToOne(absl::Span<const Snap> from, const Snap& to,
                                            int hour) const {
  return impl_->Star(to, from, impl_->Set(hour), Sense::kBackward);
}

Matrix TravelTimes::ManyToMany(absl::Span<const Snap> from, absl::Span<const Snap> to,
                               int hour) const {
  const size_t set = impl_->Set(hour);
  Matrix matrix(from.size(), to.size());
  std::vector<Matrix*> wanted(impl_->blocks[0].sets.size(), nullptr);
  wanted[static_cast<size_t>(impl_->LaneOf(set))] = &matrix;
  impl_->FillMatrices(impl_->BlockOf(set), from, to, wanted);
  return matrix;
}

std::vector<Matrix> TravelTimes::ManyToManyByHour(absl::Span<const Snap> from,
                                                  absl::Span<const Snap> to) const {
  std::vector<Matrix> by_set(impl_->sets.size(), Matrix(from.size(), to.size()));
  for (const Block& block : impl_->blocks) {
    std::vector<Matrix*> wanted(block.sets.size(), nullptr);
    for (size_t lane = 0; lane < block.sets.size(); ++lane) {
      const bool repeated = lane > 0 && block.sets[lane] == block.sets[lane - 1];
      if (!repeated) wanted[lane] = &by_set[block.sets[lane]];
    }
    impl_->FillMatrices(block, from, to, wanted);
  }
  std::vector<Matrix> by_hour;
  for (int hour = 0; hour < kHoursPerDay; ++hour)
    by_hour.push_back(by_set[impl_->set_of_hour[hour]]);
  return by_hour;
}

Route TravelTimes::FindRoute(const Snap& from, const Snap& to, int hour) const {
  return MakeRoute(graph(), impl_->sets[impl_->Set(hour)], from, to);
}

}  // namespace stadtmesh::routing
