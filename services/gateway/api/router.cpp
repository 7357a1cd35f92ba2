#include "gateway/api/router.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace stadtmesh::gateway {
namespace {

int Pick(const std::map<std::string, std::map<std::string, int>>& verbs, absl::string_view verb,
         absl::string_view method, std::vector<std::string>& allowed) {
  const auto methods = verbs.find(std::string(verb));
  if (methods == verbs.end()) return -1;
  for (const auto& [name, id] : methods->second) {
    if (name == method || (method == "HEAD" && name == "GET")) return id;
    allowed.push_back(name);
    if (name == "GET") allowed.push_back("HEAD");
  }
  return -1;
}

}  // namespace

absl::Status Router::Add(absl::string_view method, const PathTemplate& path, int id) {
  Node* node = &root_;
  bool rest = false;
  for (const PathTemplate::Segment& segment : path.segments) {
    if (segment.kind == PathTemplate::Kind::kRest) {
      rest = true;
      break;
    }
    std::unique_ptr<Node>& next =
        segment.kind == PathTemplate::Kind::kAny ? node->any : node->literals[segment.literal];
    if (next == nullptr) next = std::make_unique<Node>();
    node = next.get();
  }
  auto& verbs = rest ? node->rests : node->ends;
  if (!verbs[path.verb].emplace(std::string(method), id).second) {
    return absl::AlreadyExistsError(
        absl::StrCat(method, " ", path.OpenApiPath(), " is bound twice"));
  }
  return absl::OkStatus();
}

Router::Found Router::Find(absl::string_view method, absl::string_view path) const {
  Found found;
  Segments segments = SplitPath(path);
  const absl::string_view last = segments.back();
  const size_t colon = last.rfind(':');
  if (colon != absl::string_view::npos) {
    segments.back() = last.substr(0, colon);
    found.id = Walk(root_, segments, 0, last.substr(colon + 1), method, found.allowed);
    segments.back() = last;
  }
  if (found.id < 0) found.id = Walk(root_, segments, 0, "", method, found.allowed);
  if (found.id >= 0) found.allowed.clear();
  std::sort(found.allowed.begin(), found.allowed.end());
  found.allowed.erase(std::unique(found.allowed.begin(), found.allowed.end()), found.allowed.end());
  return found;
}

int Router::Walk(const Node& node, const Segments& segments, size_t at, absl::string_view verb,
                 absl::string_view method, std::vector<std::string>& allowed) const {
  if (at == segments.size()) {
    const int id = Pick(node.ends, verb, method, allowed);
    return id >= 0 ? id : Pick(node.rests, verb, method, allowed);  // "**" is no segment, or many
  }
  const auto literal = node.literals.find(segments[at]);
  if (literal != node.literals.end()) {
    const int id = Walk(*literal->second, segments, at + 1, verb, method, allowed);
    if (id >= 0) return id;
  }
  if (node.any != nullptr && !segments[at].empty()) {
    const int id = Walk(*node.any, segments, at + 1, verb, method, allowed);
    if (id >= 0) return id;
  }
  return Pick(node.rests, verb, method, allowed);
}

std::vector<absl::string_view> SplitPath(absl::string_view path) {
  return absl::StrSplit(path.substr(std::min<size_t>(1, path.size())), '/');
}

std::string VariableText(const PathTemplate& path_template, const PathTemplate::Variable& variable,
                         absl::string_view path) {
  std::vector<absl::string_view> segments = SplitPath(path);
  if (!path_template.verb.empty()) segments.back().remove_suffix(path_template.verb.size() + 1);
  const bool rest = path_template.segments[variable.end - 1].kind == PathTemplate::Kind::kRest;
  const size_t end = rest ? segments.size() : std::min(variable.end, segments.size());
  return absl::StrJoin(segments.begin() + static_cast<ptrdiff_t>(std::min(variable.begin, end)),
                       segments.begin() + static_cast<ptrdiff_t>(end), "/");
}

}  // namespace stadtmesh::gateway
