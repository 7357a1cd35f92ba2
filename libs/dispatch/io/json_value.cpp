#include "dispatch/io/json_value.h"

#include <cmath>
#include <set>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace stadtmesh::dispatch::io {

absl::Status At(absl::string_view path, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(path.empty() ? "the file" : path, ": ", why));
}

absl::Status UnknownField() { return absl::NotFoundError("unknown field"); }

absl::StatusOr<double> Number(Json value, absl::string_view path) {
  double number = 0;
  if (value.get(number) != simdjson::SUCCESS) return At(path, "expected a number");
  return number;
}

absl::StatusOr<int> Whole(Json value, absl::string_view path) {
  ASSIGN_OR_RETURN(const double number, Number(value, path));
  if (number != std::floor(number) || std::abs(number) > 1e9)
    return At(path, "expected a whole number");
  return static_cast<int>(number);
}

absl::StatusOr<std::string> Text(Json value, absl::string_view path) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) return At(path, "expected a string");
  return std::string(text);
}

absl::StatusOr<Ticks> Seconds(Json value, absl::string_view path) {
  ASSIGN_OR_RETURN(const double seconds, Number(value, path));
  if (std::abs(seconds) > ToSeconds(kWidest)) return At(path, "more than 35 years");
  return static_cast<Ticks>(std::llround(seconds * static_cast<double>(kSecond)));
}

absl::StatusOr<std::vector<double>> Numbers(Json value, absl::string_view path) {
  std::vector<double> numbers;
  RETURN_IF_ERROR(ForEach(value, path, [&](Json element, const std::string& at) -> absl::Status {
    ASSIGN_OR_RETURN(const double number, Number(element, at));
    numbers.push_back(number);
    return absl::OkStatus();
  }));
  return numbers;
}

absl::Status ForEach(Json value, absl::string_view path,
                     const std::function<absl::Status(Json, const std::string&)>& use) {
  simdjson::dom::array array;
  if (value.get(array) != simdjson::SUCCESS) return At(path, "expected an array");
  int k = 0;
  for (Json element : array) RETURN_IF_ERROR(use(element, absl::StrCat(path, "[", k++, "]")));
  return absl::OkStatus();
}

absl::Status ForFields(Json value, absl::string_view path, const Field& use) {
  simdjson::dom::object object;
  if (value.get(object) != simdjson::SUCCESS) return At(path, "expected an object");
  std::set<absl::string_view> seen;
  for (auto field : object) {
    const absl::string_view name(field.key.data(), field.key.size());
    const std::string at = absl::StrCat(path, path.empty() ? "" : ".", name);
    if (!seen.insert(name).second) return At(at, "given twice");
    const absl::Status status = use(name, field.value, at);
    if (absl::IsNotFound(status)) return At(at, "unknown field");
    RETURN_IF_ERROR(status);
  }
  return absl::OkStatus();
}

}  // namespace stadtmesh::dispatch::io
