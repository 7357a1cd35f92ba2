#include "search/query.h"

#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace stadtmesh::search {
namespace {

bool IsShortNumber(const std::string& text) {
  return !text.empty() && text.size() <= 4 && LeadingDigits(text) == text;
}

// "12", "12a", "12ab".
bool MayBeHouseNumber(const std::string& word) {
  const size_t digits = LeadingDigits(word).size();
  return digits > 0 && digits <= 4 && word.size() <= digits + 2;
}

// Takes the house number, which the word begins: "12 a" and "12-14" are two words.
void TakeHouseNumber(size_t word, bool may_be_range, ParsedQuery& query) {
  query.house_number = query.words[word].plain;
  query.house_base = LeadingDigits(query.house_number);
  query.number_leads = word == 0;
  size_t end = word + 1;
  if (end < query.words.size() && query.house_number == query.house_base) {
    const std::string& next = query.words[end].plain;
    const bool letter =
        next.size() == 1 && absl::ascii_isalpha(static_cast<unsigned char>(next[0]));
    const bool range = may_be_range && IsShortNumber(next);
    if (letter || range) {
      absl::StrAppend(&query.house_number, range ? "-" : "", next);
      ++end;
    }
  }
  query.named.erase(query.named.begin() + static_cast<std::ptrdiff_t>(word),
                    query.named.begin() + static_cast<std::ptrdiff_t>(end));
}

}  // namespace

ParsedQuery ParseQuery(absl::string_view text) {
  ParsedQuery query;
  query.words = Words(text);
  if (query.words.size() > ParsedQuery::kMaxWords) query.words.resize(ParsedQuery::kMaxWords);
  query.named = query.words;
  if (query.words.size() < 2) return query;  // a number alone is no house's
  const bool may_be_range = text.find_first_of("-/") != absl::string_view::npos;
  // The last number of at most four digits, or the last but one if that begins a range.
  for (size_t i = query.words.size(); i-- > 0;) {
    const std::string& word = query.words[i].plain;
    if (!MayBeHouseNumber(word)) continue;
    const bool ends_range = may_be_range && i > 0 && IsShortNumber(query.words[i - 1].plain);
    if (ends_range) continue;  // the number that begins it takes both
    TakeHouseNumber(i, may_be_range, query);
    break;
  }
  return query;
}

}  // namespace stadtmesh::search
