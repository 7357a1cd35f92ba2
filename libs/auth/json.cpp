#include "auth/json.h"

#include <algorithm>
#include <memory>
#include <set>

namespace stadtmesh::auth {
namespace {

constexpr size_t kDeepest = 16;

std::string_view Std(absl::string_view text) { return {text.data(), text.size()}; }

// In every object at any depth; the parser bounds the depth.
bool AllNamesDiffer(simdjson::dom::element element) {
  simdjson::dom::object object;
  simdjson::dom::array array;
  if (element.get_array().get(array) == simdjson::SUCCESS)
    return std::all_of(array.begin(), array.end(), AllNamesDiffer);
  if (element.get_object().get(object) != simdjson::SUCCESS) return true;
  std::set<std::string_view> names;
  return std::all_of(object.begin(), object.end(), [&](const auto& field) {
    return names.insert(field.key).second && AllNamesDiffer(field.value);
  });
}

}  // namespace

std::optional<JsonObject> JsonObject::Parse(absl::string_view text) {
  JsonObject result;
  result.parser_ = std::make_shared<simdjson::dom::parser>();
  if (result.parser_->allocate(text.size(), kDeepest) != simdjson::SUCCESS) return std::nullopt;
  simdjson::dom::element whole;
  if (result.parser_->parse(text.data(), text.size()).get(whole) != simdjson::SUCCESS ||
      whole.get_object().get(result.object_) != simdjson::SUCCESS || !AllNamesDiffer(whole))
    return std::nullopt;
  return result;
}

std::optional<simdjson::dom::element> JsonObject::Find(absl::string_view name) const {
  simdjson::dom::element element;
  if (object_.at_key(Std(name)).get(element) != simdjson::SUCCESS) return std::nullopt;
  return element;
}

bool JsonObject::Has(absl::string_view name) const { return Find(name).has_value(); }

std::optional<std::string> JsonObject::Text(absl::string_view name) const {
  const std::optional<simdjson::dom::element> element = Find(name);
  std::string_view text;
  if (!element || element->get_string().get(text) != simdjson::SUCCESS) return std::nullopt;
  return std::string(text);
}

std::optional<double> JsonObject::Number(absl::string_view name) const {
  const std::optional<simdjson::dom::element> element = Find(name);
  double number = 0;
  if (!element || element->get_double().get(number) != simdjson::SUCCESS) return std::nullopt;
  return number;
}

}  // namespace stadtmesh::auth
