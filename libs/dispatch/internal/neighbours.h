// Which requests are alike: near in place and time, so that their places in a plan can be
// exchanged. Not thread-safe.
#pragma once

#include <vector>

#include "dispatch/internal/compiled.h"

namespace stadtmesh::dispatch::internal {

class Neighbours {
 public:
  // Finds up to `most` neighbours of a request, nearest first, when it is first asked for them.
  Neighbours(const Compiled& problem, int most);
  const std::vector<int>& of(int r);

 private:
  const Compiled& problem_;
  const size_t most_;
  std::vector<int> order_, rank_;  // requests by time, and back
  std::vector<std::vector<int>> of_;
  std::vector<std::pair<Ticks, int>> near_;
};

}  // namespace stadtmesh::dispatch::internal
