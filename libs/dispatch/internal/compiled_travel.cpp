// A search's own copy of the travel times.
#include <algorithm>
#include <limits>

#include "dispatch/internal/compiled.h"

namespace stadtmesh::dispatch::internal {
namespace {

// Up to here the travel times are copied into a matrix (8 MB).
constexpr int kDensePlaces = 1000;

}  // namespace

// Worth its price only where the matrix is smaller than what a search reads.
void Compiled::CopyTravel(size_t visits) {
  if (places_ > kDensePlaces || static_cast<size_t>(places_) > 2 * visits + 64) return;
  if (matrix_ == nullptr) {
    std::vector<Ticks> copy(static_cast<size_t>(places_) * places_);
    for (int a = 0; a < places_; ++a) {
      for (int b = 0; b < places_; ++b)
        copy[static_cast<size_t>(a) * places_ + b] = travel_->AtLeast(a, b);
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
      towards[static_cast<size_t>(b) * places_ + a] =
          (*narrow_copy_)[static_cast<size_t>(a) * places_ + b];
    }
  }
  towards_copy_ = towards == *narrow_copy_
                      ? narrow_copy_
                      : std::make_shared<const std::vector<uint32_t>>(std::move(towards));
  narrow_ = narrow_copy_->data();
  towards_ = towards_copy_->data();
}

}  // namespace stadtmesh::dispatch::internal
