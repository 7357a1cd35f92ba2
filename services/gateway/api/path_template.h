// Path templates of google.api.http: "/v1/rides/{id}:cancel", "/v1/{name=shops/*/items/*}",
// "/v1/files/{path=**}". Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace stadtmesh::gateway {

struct PathTemplate {
  enum class Kind { kLiteral, kAny, kRest };  // "rides", "*", "**"
  struct Segment {
    Kind kind = Kind::kLiteral;
    std::string literal;
  };
  struct Variable {
    std::string field;          // path of the request's field
    size_t begin = 0, end = 0;  // its segments; with kRest as last one it reaches to the end
    bool multiple = false;      // more than one segment: "%2F" stays as it is
    std::string ParameterName()
        const;  // "ride_id" for ride.id: tools that fill templates stumble over dots
  };
  std::vector<Segment> segments;  // kRest only as the last one
  std::vector<Variable> variables;
  std::string verb;  // "cancel" or empty

  // INVALID_ARGUMENT saying what is wrong.
  static absl::StatusOr<PathTemplate> Parse(absl::string_view text);

  // For OpenAPI: every variable as {field}, nameless wildcards as {segmentN}.
  std::string OpenApiPath() const;
};

// Percent-decodes. False for a malformed escape. `keep_slash` leaves "%2F" alone; `plus` makes "+"
// a space (queries).
bool PercentDecode(absl::string_view text, bool keep_slash, bool plus, std::string& out);

}  // namespace stadtmesh::gateway
