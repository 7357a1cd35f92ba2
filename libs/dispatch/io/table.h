// Text files of numbers: one row per line.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace stadtmesh::dispatch::io {

struct Row {
  int line = 0;  // from 1
  std::vector<double> numbers;
};

// Rows of the lines that are not empty. INVALID_ARGUMENT "line 3, number 2: 'abc' is not a number
// ...".
absl::StatusOr<std::vector<Row>> ReadTable(absl::string_view text);

// INVALID_ARGUMENT naming the line unless `row` has at least `least` numbers.
absl::Status ExpectNumbers(const Row& row, size_t least, absl::string_view what);

// INVALID_ARGUMENT "line 3: why".
absl::Status Wrong(const Row& row, absl::string_view why);

}  // namespace stadtmesh::dispatch::io
