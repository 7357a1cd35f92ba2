// Reads the JSON of tokens and key sets, strictly. Foreign input: nothing here aborts or throws.
#pragma once

#include <simdjson.h>

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace stadtmesh::auth {

// A JSON object in which no object has a name twice, because readers disagree about which of two
// wins.
class JsonObject {
 public:
  static std::optional<JsonObject> Parse(absl::string_view text);
  explicit JsonObject(simdjson::dom::object object) : object_(object) {}

  bool Has(absl::string_view name) const;
  std::optional<std::string> Text(absl::string_view name) const;
  std::optional<double> Number(absl::string_view name) const;
  std::optional<simdjson::dom::element> Find(absl::string_view name) const;

 private:
  JsonObject() = default;
  std::shared_ptr<simdjson::dom::parser> parser_;  // owns what object_ points to
  simdjson::dom::object object_;
};

}  // namespace stadtmesh::auth
