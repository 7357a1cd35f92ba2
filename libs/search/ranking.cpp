#include "search/ranking.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "search/spelling.h"

namespace stadtmesh::search {
namespace {

constexpr double kContextWeight = 0.88;  // a word found in the city or a keyword
constexpr double kNumberMissing = 0.75;  // the query has a house number, the document none
constexpr size_t kMaxSuggestedHouses = 6;
constexpr double kBegunNumber = 0.96;      // the number is unfinished
constexpr double kOtherNumber = 0.95;      // another number of the street instead,
constexpr double kPerNumberApart = 0.005;  // less this for each that it is off
constexpr int kMostNumbersApart = 10;      // farther off, the street is the better answer

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
  for (size_t i = 0; i < document.context.size() && best < kContextWeight; ++i)
    context = std::max(context, kContextWeight * Similarity(typed, document.context[i]));
  if (context > best) return context;
  if (best_word < document.words.size()) {
    covered[best_word] =
        std::max(covered[best_word], std::min(Length(typed), Length(document.words[best_word])));
  }
  return best;
}

// Word by word, from `begin` on; what lies before was matched as one joined word.
Matched MatchWords(const std::vector<Word>& words, size_t begin, const Document& document) {
  Matched matched;
  std::vector<double> covered(document.words.size(), 0.0);
  for (size_t i = begin; i < words.size(); ++i) {
    matched.quality += Length(words[i]) * MatchWord(words[i], document, covered);
    matched.length += Length(words[i]);
  }
  for (const double letters : covered) matched.covered += letters;
  return matched;
}

double Combine(const Matched& matched, const Document& document) {
  if (matched.length == 0) return 0;
  const double name = std::max(1.0, Length(document.joined));
  return matched.quality / matched.length * (0.8 + 0.2 * std::min(1.0, matched.covered / name));
}

double ScoreOf(const std::vector<Word>& words, const Document& document) {
  double best = Combine(MatchWords(words, 0, document), document);
  for (size_t joint = 1; joint <= words.size(); ++joint) {
    const Word joined = Join(words, 0, joint);
    const double similarity = Similarity(joined, document.joined);
    if (similarity == 0) continue;
    Matched matched = MatchWords(words, joint, document);
    matched.quality += Length(joined) * similarity * (joint == document.words.size() ? 1 : 0.98);
    matched.length += Length(joined);
    matched.covered = std::min(Length(joined), Length(document.joined));
    best = std::max(best, Combine(matched, document));
  }
  return best;
}

bool NameHolds(const Document& document, const std::string& number) {
  return std::any_of(document.words.begin(), document.words.end(),
                     [&](const Word& word) { return word.plain == number; });
}

struct NearHouse {
  const House* house = nullptr;
  int apart = kMostNumbersApart + 1;  // how many numbers it is off
};

NearHouse NearestHouse(int number, const Document& street) {
  NearHouse nearest;
  for (const House& house : street.houses) {
    const int apart = std::max({0, house.first - number, number - house.last});
    if (house.first > 0 && apart < nearest.apart) nearest = {&house, apart};
  }
  return nearest;
}

std::vector<HouseMatch> MatchHouses(const ParsedQuery& query, const Document& street) {
  std::vector<HouseMatch> matches;
  for (const House& house : street.houses) {
    const bool exact = house.normal == query.house_number;
    if (exact || absl::StartsWith(house.normal, query.house_number))
      matches.push_back({&house, exact ? 1 : kBegunNumber});
  }
  // An exact one is the shortest, and the houses are sorted: it comes first.
  if (matches.size() > kMaxSuggestedHouses) matches.resize(kMaxSuggestedHouses);
  if (!matches.empty() && matches.front().factor == 1) return matches;
  int number = 0;
  (void)absl::SimpleAtoi(query.house_base, &number);
  const NearHouse nearest = NearestHouse(number, street);
  const bool known = std::any_of(matches.begin(), matches.end(), [&](const HouseMatch& match) {
    return match.house == nearest.house;
  });
  if (nearest.house != nullptr && !known)
    matches.push_back({nearest.house, kOtherNumber - kPerNumberApart * nearest.apart});
  return matches;
}

}  // namespace

Answer Match(const ParsedQuery& query, const Document& document) {
  const double whole = ScoreOf(query.words, document);
  if (query.house_number.empty() || query.named.empty()) return {whole, {}};
  const double named = ScoreOf(query.named, document);
  // The number may belong to the name: "Straße des 17. Juni".
  if (NameHolds(document, query.house_base) && whole >= named) return {whole, {}};
  std::vector<HouseMatch> houses = MatchHouses(query, document);
  return {std::max(whole, named * (houses.empty() ? kNumberMissing : 1)), std::move(houses)};
}

}  // namespace stadtmesh::search
