#include "dispatch/travel.h"

#include <algorithm>
#include <cassert>
#include <cstdlib>

namespace stadtmesh::dispatch {

MatrixTravelTimes::MatrixTravelTimes(int places, std::vector<Ticks> row_major)
    : places_(places), ticks_(std::move(row_major)) {
  if (ticks_.size() != static_cast<size_t>(places) * places) std::abort();
}

SlicedTravelTimes::SlicedTravelTimes(int places, Ticks slice,
                                     std::vector<std::vector<Ticks>> slices)
    : places_(places), slice_(slice), slices_(std::move(slices)) {
  const size_t cells = static_cast<size_t>(places) * places;
  if (slices_.empty() || slice_ <= 0) std::abort();
  for (const auto& matrix : slices_) {
    if (matrix.size() != cells) std::abort();
  }
  // Between two slices a time may fall by at most the length of a slice: then leaving a tick later
  // arrives no earlier.
  for (size_t k = 1; k < slices_.size(); ++k) {
    for (size_t c = 0; c < cells; ++c) {
      slices_[k][c] = std::max(slices_[k][c], slices_[k - 1][c] - slice_);
    }
  }
  least_ = slices_[0];
  for (const auto& matrix : slices_) {
    for (size_t c = 0; c < cells; ++c) least_[c] = std::min(least_[c], matrix[c]);
  }
}

Ticks SlicedTravelTimes::Between(Place from, Place to, Ticks departure) const {
  const size_t cell = static_cast<size_t>(from) * places_ + to;
  if (departure <= 0) return slices_.front()[cell];
  const size_t k = static_cast<size_t>(departure / slice_);
  if (k + 1 >= slices_.size()) return slices_.back()[cell];
  const Ticks a = slices_[k][cell];
  const Ticks b = slices_[k + 1][cell];
  if (a == b || a >= kUnreachable || b >= kUnreachable) return std::max(a, b);
  const __int128 moved =
      static_cast<__int128>(b - a) * (departure - static_cast<Ticks>(k) * slice_);
  // Rounded towards minus infinity both ways, so that one tick later never arrives a tick earlier.
  const __int128 floor = moved >= 0 ? moved / slice_ : -((-moved + slice_ - 1) / slice_);
  return a + static_cast<Ticks>(floor);
}

}  // namespace stadtmesh::dispatch
