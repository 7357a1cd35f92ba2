#include "search/document.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace stadtmesh::search {
namespace {

constexpr double kSameStreetMetres = 1500;

bool StartsWithDigit(absl::string_view text) {
  return !text.empty() && absl::ascii_isdigit(static_cast<unsigned char>(text[0]));
}

bool IsNumber(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](unsigned char c) { return absl::ascii_isdigit(c); });
}

// Abbreviations people type for the first part of a name.
void AddAbbreviations(const std::vector<Word>& words, std::vector<Word>& context) {
  static constexpr std::pair<absl::string_view, absl::string_view> kShort[] = {
      {"sankt", "st"},
      {"doktor", "dr"},
      {"professor", "prof"},
      {"burgermeister", "bgm"},
      {"platz", "pl"}};
  for (const Word& word : words) {
    for (const auto& [full, abbreviation] : kShort) {
      if (word.plain == full) context.push_back(MakeWord(std::string(abbreviation)));
    }
  }
}

void AddContext(absl::string_view text, Document& document) {
  for (Word& word : Words(text)) {
    if (std::find(document.context.begin(), document.context.end(), word) ==
        document.context.end()) {
      document.context.push_back(std::move(word));
    }
  }
}

Document MakeDocument(const Entry& entry) {
  Document document{.kind = entry.kind == EntryKind::kAddress ? EntryKind::kStreet : entry.kind,
                    .id = entry.kind == EntryKind::kAddress ? "" : entry.id,
                    .name = entry.name,
                    .postcode = entry.postcode,
                    .city = entry.city,
                    .location = entry.location,
                    .street_known = entry.kind == EntryKind::kStreet,
                    .words = Words(entry.name)};
  document.joined = Join(document.words, 0, document.words.size());
  AddAbbreviations(document.words, document.context);
  AddContext(entry.city, document);
  AddContext(entry.postcode, document);
  for (const std::string& keyword : entry.keywords) AddContext(keyword, document);
  return document;
}

bool NumberLess(const House& a, const House& b) {
  int left = 0, right = 0;
  (void)absl::SimpleAtoi(a.normal.substr(0, a.normal.find_first_not_of("0123456789")), &left);
  (void)absl::SimpleAtoi(b.normal.substr(0, b.normal.find_first_not_of("0123456789")), &right);
  return std::tie(left, a.normal) < std::tie(right, b.normal);
}

class Streets {
 public:
  explicit Streets(std::vector<Document>& documents) : documents_(documents) {}

  void AddAddress(const Entry& entry) {
    const auto [found, added] =
        by_name_and_city_.try_emplace({entry.name, entry.city}, documents_.size());
    if (added) {
      documents_.push_back(MakeDocument(entry));
      by_name_[entry.name].push_back(found->second);
    }
    Document& street = documents_[found->second];
    AddContext(entry.postcode, street);
    for (const std::string& keyword : entry.keywords) AddContext(keyword, street);
    street.houses.push_back({entry.house_number, NormalHouseNumber(entry.house_number),
                             entry.postcode, entry.id, entry.location});
  }

  // After all addresses. A street without houses is a document of its own.
  void AddStreet(const Entry& entry) {
    for (const size_t index : by_name_[entry.name]) {
      Document& street = documents_[index];
      const bool same_city = entry.city.empty() || entry.city == street.city;
      if (!same_city || !IsNear(street, entry.location)) continue;
      if (!street.street_known) {
        street.location = entry.location;
        street.id = entry.id;
        street.street_known = true;
      }
      return;
    }
    documents_.push_back(MakeDocument(entry));
  }

 private:
  static bool IsNear(const Document& street, const LatLon& location) {
    return std::any_of(street.houses.begin(), street.houses.end(), [&](const House& house) {
      return DistanceMetres(house.location, location) <= kSameStreetMetres;
    });
  }

  std::vector<Document>& documents_;
  std::map<std::pair<std::string, std::string>, size_t> by_name_and_city_;
  std::map<std::string, std::vector<size_t>> by_name_;
};

}  // namespace

Word Join(const std::vector<Word>& words, size_t begin, size_t end) {
  std::string joined;
  for (size_t i = begin; i < end; ++i) absl::StrAppend(&joined, words[i].plain);
  return MakeWord(std::move(joined));
}

std::vector<Document> MakeDocuments(std::vector<Entry> entries) {
  std::vector<Document> documents;
  Streets streets(documents);
  for (const Entry& entry : entries) {
    if (entry.kind == EntryKind::kAddress) streets.AddAddress(entry);
  }
  for (const Entry& entry : entries) {
    if (entry.kind == EntryKind::kStreet) streets.AddStreet(entry);
    if (entry.kind == EntryKind::kStop || entry.kind == EntryKind::kPlace)
      documents.push_back(MakeDocument(entry));
  }
  for (Document& document : documents)
    std::sort(document.houses.begin(), document.houses.end(), NumberLess);
  return documents;
}

ParsedQuery ParseQuery(absl::string_view text) {
  ParsedQuery query;
  query.words = Words(text);
  if (query.words.size() > ParsedQuery::kMaxWords) query.words.resize(ParsedQuery::kMaxWords);
  // The house number is the last number of at most four digits that follows a word.
  for (size_t i = query.words.size(); i-- > 1;) {
    const std::string& word = query.words[i].plain;
    if (!StartsWithDigit(word)) continue;
    const std::string digits = word.substr(0, word.find_first_not_of("0123456789"));
    if (digits.size() > 4 || word.size() > digits.size() + 2) continue;
    const bool ends_range = i > 1 && IsNumber(query.words[i - 1].plain) &&
                            query.words[i - 1].plain.size() <= 4 &&
                            text.find('-') != absl::string_view::npos;
    if (ends_range) continue;  // the number that begins it takes both
    query.house_number = word;
    query.house_base = digits;
    query.number_word = static_cast<int>(i);
    query.number_words = 1;
    if (i + 1 < query.words.size() && word == digits) {
      const std::string& next = query.words[i + 1].plain;
      const bool letter =
          next.size() == 1 && absl::ascii_isalpha(static_cast<unsigned char>(next[0]));
      const bool range =
          IsNumber(next) && next.size() <= 4 && text.find('-') != absl::string_view::npos;
      if (letter || range) {
        absl::StrAppend(&query.house_number, range ? "-" : "", next);
        query.number_words = 2;
      }
    }
    break;
  }
  return query;
}

}  // namespace stadtmesh::search
