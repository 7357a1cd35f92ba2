// Remembers travel times while one day is planned, and asks only for those that planning needs.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "dispatch/travel.h"

namespace stadtmesh::buergerbus {

// Of the n x n pairs of a day's places an insertion needs a few per stop. libs/dispatch copies the
// whole matrix of a small problem first, which pays for its long searches but not for one insertion
// (measured: 30 of 32 ms with 600 places); it does not when told of many places, so places() says
// many. Times of the hour are remembered by who knows the hours (road_oracle.h). Not thread-safe:
// one planning call owns it.
class LazyTravelTimes final : public dispatch::TravelTimes {
 public:
  explicit LazyTravelTimes(std::unique_ptr<const dispatch::TravelTimes> inner)
      : inner_(std::move(inner)), places_(inner_->places()) {
    if (places_ <= kMostRemembered) {
      known_.assign(static_cast<size_t>(places_) * places_, kUnknown);
    }
  }

  dispatch::Ticks Between(dispatch::Place from, dispatch::Place to,
                          dispatch::Ticks departure) const override {
    return inner_->time_dependent() ? inner_->Between(from, to, departure) : AtLeast(from, to);
  }
  // What is remembered: all there is to know where times do not depend on the hour.
  dispatch::Ticks AtLeast(dispatch::Place from, dispatch::Place to) const override {
    if (known_.empty()) return inner_->AtLeast(from, to);
    dispatch::Ticks& known = known_[static_cast<size_t>(from) * places_ + to];
    if (known == kUnknown) known = inner_->AtLeast(from, to);
    return known;
  }
  bool time_dependent() const override { return inner_->time_dependent(); }
  int places() const override { return 1 << 24; }

 private:
  static constexpr dispatch::Ticks kUnknown = -1;
  static constexpr int kMostRemembered = 1500;  // 18 MB

  std::unique_ptr<const dispatch::TravelTimes> inner_;
  int places_;
  mutable std::vector<dispatch::Ticks> known_;
};

}  // namespace stadtmesh::buergerbus
