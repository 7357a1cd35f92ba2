#include "gateway/pages.h"

namespace stadtmesh::gateway {

Pages::Pages(const Api& api, const std::vector<std::string>& packages, bool docs) {}

const StaticPage* Pages::Find(absl::string_view path) const {
  const auto found = pages_.find(std::string(path));
  return found == pages_.end() ? nullptr : &found->second;
}

}  // namespace stadtmesh::gateway
