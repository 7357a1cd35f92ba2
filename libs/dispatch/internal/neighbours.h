// Which requests are alike: near in place and time, so that their places in a plan can be exchanged.
#pragma once

#include <vector>

#include "dispatch/internal/compiled.h"

namespace stadtmesh::dispatch::internal {

class Neighbours {
 public:
  // Keeps up to `most` neighbours of each request, nearest first.
  Neighbours(const Compiled& problem, int most);
  const std::vector<int>& of(int r) const { return of_[r]; }

 private:
  std::vector<std::vector<int>> of_;
};

}  // namespace stadtmesh::dispatch::internal
