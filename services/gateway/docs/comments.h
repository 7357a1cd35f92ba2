// What the contracts' comments say, for people who read the API description. Pure.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace stadtmesh::gateway {

// The comment in front of (or behind) a declaration, as one paragraph and without its example;
// empty without.
template <typename Declaration>
std::string CommentOf(const Declaration& declaration);

// The JSON with which a comment ends, behind "Example: "; empty without. Of a message it is a body
// to try, of a field a value. `{tomorrow}` stands for a day, `{rideId}` and the like for what an
// earlier answer said (start.js).
template <typename Declaration>
std::string ExampleOf(const Declaration& declaration);

}  // namespace stadtmesh::gateway
