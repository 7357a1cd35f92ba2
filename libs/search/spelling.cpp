#include "search/spelling.h"

#include <algorithm>
#include <array>
#include <bit>

#include "absl/strings/match.h"

namespace stadtmesh::search {
namespace {

constexpr size_t kMaxWord = 64;  // longer words are compared by their beginning

int ForgivenEdits(size_t length) { return length >= 8 ? 2 : length >= 3 ? 1 : 0; }

double SimilarityOfSets(absl::string_view typed, uint32_t typed_letters, absl::string_view word,
                        uint32_t word_letters) {
  if (typed == word) return 1;
  const double share =
      word.empty()
          ? 0
          : std::min(1.0, static_cast<double>(typed.size()) / static_cast<double>(word.size()));
  if (!typed.empty() && absl::StartsWith(word, typed)) return 0.76 + 0.2 * share;
  const int forgiven = ForgivenEdits(typed.size());
  // Each typed letter that the word lacks takes an edit.
  if (forgiven == 0 || std::popcount(typed_letters & ~word_letters) > forgiven) return 0;
  const Distances distances = EditDistances(typed, word, forgiven);
  if (distances.whole == 1) return typed.size() >= 4 ? 0.74 : 0.6;
  if (distances.whole == 2 && forgiven == 2) return 0.6;
  if (distances.prefix == 1 && typed.size() >= 4) return 0.45 + 0.15 * share;
  return 0;
}

}  // namespace

Distances EditDistances(absl::string_view typed, absl::string_view word, int limit) {
  typed = typed.substr(0, kMaxWord);
  word = word.substr(0, kMaxWord);
  const int none = limit + 1;
  if (typed.size() > word.size() + limit) return {none, none};
  // Only a beginning of the word can be near; what lies beyond needs more insertions than allowed.
  const size_t columns = std::min(word.size(), typed.size() + limit);
  std::array<std::array<int, kMaxWord + 1>, 3> rows;
  for (size_t j = 0; j <= columns; ++j) rows[0][j] = static_cast<int>(j);
  for (size_t i = 1; i <= typed.size(); ++i) {
    auto& row = rows[i % 3];
    const auto& above = rows[(i + 2) % 3];
    const auto& two_above = rows[(i + 1) % 3];
    int best = row[0] = static_cast<int>(i);
    for (size_t j = 1; j <= columns; ++j) {
      const bool same = typed[i - 1] == word[j - 1];
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && typed[i - 1] == word[j - 2] && typed[i - 2] == word[j - 1]) {
        row[j] = std::min(row[j], two_above[j - 2] + 1);
      }
      best = std::min(best, row[j]);
    }
    if (best > limit) return {none, none};
  }
  const auto& last = rows[typed.size() % 3];
  const int prefix =
      *std::min_element(last.begin(), last.begin() + static_cast<std::ptrdiff_t>(columns) + 1);
  const int whole = columns == word.size() ? last[columns] : none;
  return {std::min(whole, none), std::min(prefix, none)};
}

double Similarity(absl::string_view typed, absl::string_view word) {
  return SimilarityOfSets(typed, LetterSet(typed), word, LetterSet(word));
}

double Similarity(const Word& typed, const Word& word) {
  const double plain =
      SimilarityOfSets(typed.plain, typed.plain_letters, word.plain, word.plain_letters);
  if (plain == 1) return 1;
  // Meeting only in the collapsed form is a shade less than meeting letter by letter.
  return std::max(plain, 0.99 * SimilarityOfSets(typed.collapsed, typed.collapsed_letters,
                                                 word.collapsed, word.collapsed_letters));
}

}  // namespace stadtmesh::search
