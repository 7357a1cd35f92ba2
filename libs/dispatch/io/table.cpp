#include "dispatch/io/table.h"

#include <cmath>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace stadtmesh::dispatch::io {

absl::StatusOr<std::vector<Row>> ReadTable(absl::string_view text) {
  std::vector<Row> rows;
  int line = 0;
  absl::ConsumePrefix(&text, "\xef\xbb\xbf");  // some editors begin files with this mark
  for (absl::string_view content : absl::StrSplit(text, '\n')) {
    Row row;
    row.line = ++line;
    for (absl::string_view word :
         absl::StrSplit(content, absl::ByAnyChar(" \t\r"), absl::SkipEmpty())) {
      double number = 0;
      if (!absl::SimpleAtod(word, &number) || !std::isfinite(number) || std::abs(number) > 1e9) {
        return absl::InvalidArgumentError(absl::StrCat(
            "line ", line, ", number ", row.numbers.size() + 1, ": '",
            absl::CHexEscape(word.substr(0, 20)), "' is not a number from -1e9 to 1e9"));
      }
      row.numbers.push_back(number);
    }
    if (!row.numbers.empty()) rows.push_back(std::move(row));
  }
  if (rows.empty()) return absl::InvalidArgumentError("the file is empty");
  return rows;
}

absl::Status ExpectNumbers(const Row& row, size_t least, absl::string_view what) {
  if (row.numbers.size() >= least) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("line ", row.line, ": expected ", what, ", ",
                                                 least, " numbers, but found ",
                                                 row.numbers.size()));
}

absl::Status Wrong(const Row& row, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("line ", row.line, ": ", why));
}

}  // namespace stadtmesh::dispatch::io
