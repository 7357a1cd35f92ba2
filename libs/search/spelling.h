// How well a typed word matches a word of the index. Pure.
#pragma once

#include "absl/strings/string_view.h"
#include "search/fold.h"

namespace stadtmesh::search {

struct Distances {
  int whole = 0;   // edits that turn the typed word into the whole other word
  int prefix = 0;  // edits that turn it into some beginning of it
};
// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).
// Distances above `limit` come back as limit + 1.
Distances EditDistances(absl::string_view typed, absl::string_view word, int limit);

// 1 for the same word, above 0.75 when `typed` begins it, below for forgiven spelling, 0 for no
// match.
double Similarity(absl::string_view typed, absl::string_view word);
// The better of the two forms.
double Similarity(const Word& typed, const Word& word);

}  // namespace stadtmesh::search
