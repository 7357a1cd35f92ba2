// Travel times as an oracle over places: a matrix where one fits, a function where it does not.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "dispatch/units.h"

namespace stadtmesh::dispatch {

// A place that vehicles can drive to: an index the oracle understands, from 0.
using Place = int32_t;

// Where no way leads. Any route that needs it is infeasible.
inline constexpr Ticks kUnreachable = 2 * kForever;

// The contract of every oracle:
// - the triangle inequality: Between(a, c) <= Between(a, b) + Between(b, c), which shortest paths
//   have. `Insert` and `Solve` prune with it; where it does not hold they stay correct (every
//   answer passes `Check`) but may miss the best answer;
// - first in, first out: who leaves later never arrives earlier;
// - const calls from several threads at once.
class TravelTimes {
 public:
  virtual ~TravelTimes() = default;

  // Ticks from `from` to `to` when leaving at the instant `departure`; 0 or more, 0 from a place to
  // itself, kUnreachable without a way.
  virtual Ticks Between(Place from, Place to, Ticks departure) const = 0;

  // A lower bound of Between over all departures; equal to it where `time_dependent()` is false.
  virtual Ticks AtLeast(Place from, Place to) const { return Between(from, to, 0); }

  // True when Between depends on the departure.
  virtual bool time_dependent() const { return false; }

  // Places are 0 .. places() - 1.
  virtual int places() const = 0;

  // All of AtLeast as a matrix, row by row, that stays valid as long as the oracle; null where it
  // keeps none. Searches read it directly.
  virtual const Ticks* Matrix() const { return nullptr; }
};

// A full matrix, row by row: entry [from * places + to].
class MatrixTravelTimes final : public TravelTimes {
 public:
  MatrixTravelTimes(int places, std::vector<Ticks> row_major);
  Ticks Between(Place from, Place to, Ticks) const override {
    return ticks_[static_cast<size_t>(from) * places_ + to];
  }
  int places() const override { return places_; }
  const Ticks* Matrix() const override { return ticks_.data(); }

 private:
  int places_;
  std::vector<Ticks> ticks_;
};

// Any function; wrap a cache around a road graph in it, for instance. Not time-dependent.
class FunctionTravelTimes final : public TravelTimes {
 public:
  FunctionTravelTimes(int places, std::function<Ticks(Place, Place)> between)
      : places_(places), between_(std::move(between)) {}
  Ticks Between(Place from, Place to, Ticks) const override { return between_(from, to); }
  int places() const override { return places_; }

 private:
  int places_;
  std::function<Ticks(Place, Place)> between_;
};

// Matrices for consecutive slices of the day, e.g. 24 of one hour. Slice k holds the travel times
// at the instant k * slice; between two such instants they change linearly, before the first and
// after the last they stay. The constructor raises entries where a matrix falls so steeply that a
// later departure would arrive earlier, so first in, first out always holds.
class SlicedTravelTimes final : public TravelTimes {
 public:
  // `slices` are matrices as in MatrixTravelTimes, at least one; `slice` > 0.
  SlicedTravelTimes(int places, Ticks slice, std::vector<std::vector<Ticks>> slices);
  Ticks Between(Place from, Place to, Ticks departure) const override;
  Ticks AtLeast(Place from, Place to) const override {
    return least_[static_cast<size_t>(from) * places_ + to];
  }
  bool time_dependent() const override { return slices_.size() > 1; }
  int places() const override { return places_; }
  const Ticks* Matrix() const override { return least_.data(); }

 private:
  int places_;
  Ticks slice_;
  std::vector<std::vector<Ticks>> slices_;
  std::vector<Ticks> least_;
};

}  // namespace stadtmesh::dispatch
