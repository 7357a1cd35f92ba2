// A query taken apart: which of its words is the house number. Internal; pure.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "search/fold.h"

namespace stadtmesh::search {

struct ParsedQuery {
  std::vector<Word> words;    // all, in order; at most kMaxWords
  std::vector<Word> named;    // those beside the house number
  std::string house_number;   // normal form, or empty
  std::string house_base;     // its digits alone
  bool number_leads = false;  // "5 Hauptstraße"
  static constexpr size_t kMaxWords = 12;
};
ParsedQuery ParseQuery(absl::string_view text);

}  // namespace stadtmesh::search
