#include "auth/json.h"

#include <memory>
#include <set>

namespace stadtmesh::auth {
namespace {

constexpr size_t kDeepest = 16;

std::string_view Std(absl::string_view text) { return {text.data(), text.size()}; }

}  // namespace

std::optional<JsonObject> JsonObject::Parse(absl::string_view text) {
  JsonObject result;
  result.parser_ = std::make_shared<simdjson::dom::parser>();
  if (result.parser_->allocate(text.size(), kDeepest) != simdjson::SUCCESS) return std::nullopt;
  if (result.parser_->parse(text.data(), text.size()).get_object().get(result.object_) !=
      simdjson::SUCCESS)
    return std::nullopt;
  std::set<std::string_view> names;
  for (const auto field : result.object_) {
    if (!names.insert(field.key).second) return std::nullopt;
  }
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
