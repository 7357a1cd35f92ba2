#include "search/ranking.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "search/spelling.h"

namespace stadtmesh::search {
namespace {

constexpr double kContextWeight = 0.88;  // a word found in the city or a keyword
constexpr double kNumberMissing = 0.75;  // the query has a house number, the document none
constexpr size_t kMaxSuggestedHouses = 6;

double Length(const Word& word) { return static_cast<double>(word.plain.size()); }

struct Matched {
  double quality = 0;  // sum over the query's words of length times similarity
  double length = 0;   // sum of the query's lengths
  double covered = 0;  // letters of the name that were matched
};

// The best similarity of one typed word, marking which word of the name it used.
double MatchWord(const Word& typed, const Document& document, std::vector<double>& covered) {
  double best = 0;
  size_t best_word = document.words.size();
  for (size_t i = 0; i < document.words.size(); ++i) {
    // A second typed word prefers a second word of the name.
    const double similarity = Similarity(typed, document.words[i]) * (covered[i] > 0 ? 0.9 : 1);
    if (similarity > best) {
      best = similarity;
      best_word = i;
    }
  }
  double context = 0;
  for (const Word& word : document.context)
    context = std::max(context, kContextWeight * Similarity(typed, word));
  if (context > best) return context;
  if (best_word < document.words.size()) {
    covered[best_word] =
        std::max(covered[best_word], std::min(Length(typed), Length(document.words[best_word])));
  }
  return best;
}

bool IsHouseNumber(const ParsedQuery& query, size_t word) {
  const int index = static_cast<int>(word);
  return query.number_word >= 0 && index >= query.number_word &&
         index < query.number_word + query.number_words;
}

// Word by word, from `begin` on; what lies before was matched as one joined word.
Matched MatchWords(const ParsedQuery& query, size_t begin, const Document& document,
                   bool use_number) {
  Matched matched;
  std::vector<double> covered(document.words.size(), 0.0);
  for (size_t i = begin; i < query.words.size(); ++i) {
    if (use_number && IsHouseNumber(query, i)) continue;
    matched.quality += Length(query.words[i]) * MatchWord(query.words[i], document, covered);
    matched.length += Length(query.words[i]);
  }
  for (const double letters : covered) matched.covered += letters;
  return matched;
}

double Combine(const Matched& matched, const Document& document) {
  if (matched.length == 0) return 0;
  const double name = std::max(1.0, Length(document.joined));
  return matched.quality / matched.length * (0.8 + 0.2 * std::min(1.0, matched.covered / name));
}

double ScoreWithNumber(const ParsedQuery& query, const Document& document, bool use_number) {
  double best = Combine(MatchWords(query, 0, document, use_number), document);
  const size_t end = use_number && query.number_word >= 0 ? static_cast<size_t>(query.number_word)
                                                          : query.words.size();
  for (size_t words = 1; words <= end; ++words) {
    const Word joined = Join(query.words, 0, words);
    const double similarity = Similarity(joined, document.joined);
    if (similarity == 0) continue;
    Matched matched = MatchWords(query, words, document, use_number);
    matched.quality += Length(joined) * similarity * (words == document.words.size() ? 1 : 0.98);
    matched.length += Length(joined);
    matched.covered = std::min(Length(joined), Length(document.joined));
    best = std::max(best, Combine(matched, document));
  }
  return best;
}

}  // namespace

double TextScore(const ParsedQuery& query, const Document& document) {
  if (query.number_word < 0) return ScoreWithNumber(query, document, false);
  const double with_number = ScoreWithNumber(query, document, true);
  const double factor = MatchHouses(query, document).empty() ? kNumberMissing : 1;
  // The number may also belong to the name: "Straße des 17. Juni".
  return std::max(with_number * factor, ScoreWithNumber(query, document, false));
}

std::vector<HouseMatch> MatchHouses(const ParsedQuery& query, const Document& street) {
  std::vector<HouseMatch> matches;
  if (query.house_number.empty()) return matches;
  const auto add = [&](double factor, auto accepts) {
    for (const House& house : street.houses) {
      const bool known = std::any_of(matches.begin(), matches.end(),
                                     [&](const HouseMatch& m) { return m.house == &house; });
      if (!known && matches.size() < kMaxSuggestedHouses && accepts(house.normal))
        matches.push_back({&house, factor});
    }
  };
  add(1, [&](const std::string& number) { return number == query.house_number; });
  add(0.93,
      [&](const std::string& number) { return absl::StartsWith(number, query.house_number); });
  if (matches.empty())
    add(0.85, [&](const std::string& number) { return number == query.house_base; });
  return matches;
}

}  // namespace stadtmesh::search
