// From a method and a path to a route, in one walk down a tree of segments. Immutable once built;
// pure.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gateway/api/path_template.h"

namespace stadtmesh::gateway {

class Router {
 public:
  // `id` comes back from Find. ALREADY_EXISTS when the same method and template shape was added
  // before.
  absl::Status Add(absl::string_view method, const PathTemplate& path, int id);

  struct Found {
    int id = -1;  // -1: nothing
    // with nothing: the methods this path has (405), or none (404)
    std::vector<std::string> allowed;
  };
  // `path` begins with "/", is still percent-encoded, without the query. HEAD finds GET. A literal
  // wins over "*", that over "**", a verb over none.
  Found Find(absl::string_view method, absl::string_view path) const;

 private:
  struct Node {
    absl::flat_hash_map<std::string, std::unique_ptr<Node>> literals;
    std::unique_ptr<Node> any;
    // verb -> method -> id, when the path ends here
    std::map<std::string, std::map<std::string, int>> ends;
    std::map<std::string, std::map<std::string, int>> rests;  // likewise for "**" from here on
  };
  using Segments = std::vector<absl::string_view>;
  // Looks below `node` for segments from `at`; collects in `allowed` what other methods would
  // match.
  int Walk(const Node& node, const Segments& segments, size_t at, absl::string_view verb,
           absl::string_view method, std::vector<std::string>& allowed) const;

  Node root_;
};

// The segments of "/a/b" are "a" and "b"; of "/" one empty one.
std::vector<absl::string_view> SplitPath(absl::string_view path);

// The raw text that a variable matched. `path` without a verb.
std::string VariableText(const PathTemplate& path_template, const PathTemplate::Variable& variable,
                         absl::string_view path);

}  // namespace stadtmesh::gateway
