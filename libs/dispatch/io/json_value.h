// Reads simdjson's values with errors that say where: "vehicles[2].shift: expected two numbers".
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dispatch/units.h"
#include "simdjson.h"

namespace stadtmesh::dispatch::io {

using Json = simdjson::dom::element;

absl::Status At(absl::string_view path, absl::string_view why);

absl::StatusOr<double> Number(Json value, absl::string_view path);
absl::StatusOr<int> Whole(Json value, absl::string_view path);
absl::StatusOr<std::string> Text(Json value, absl::string_view path);
// Seconds, to the microsecond.
absl::StatusOr<Ticks> Seconds(Json value, absl::string_view path);
absl::StatusOr<std::vector<double>> Numbers(Json value, absl::string_view path);

// Calls `use` with every element and its path.
absl::Status ForEach(Json value, absl::string_view path,
                     const std::function<absl::Status(Json, const std::string&)>& use);

// Calls `use` with every field and its path; `use` answers NOT_FOUND for a name it does not know,
// which becomes an error. So does a name that is there twice.
using Field =
    std::function<absl::Status(absl::string_view name, Json value, const std::string& path)>;
absl::Status ForFields(Json value, absl::string_view path, const Field& use);
absl::Status UnknownField();

}  // namespace stadtmesh::dispatch::io
