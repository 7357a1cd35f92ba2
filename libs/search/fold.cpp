#include "search/fold.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <cstdlib>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace stadtmesh::search {
namespace {

const icu::Normalizer2& Normalizer(const icu::Normalizer2* (*get)(UErrorCode&)) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer = get(error);
  if (U_FAILURE(error)) std::abort();  // ICU without its data is a broken installation
  return *normalizer;
}

// Case folded (ß becomes ss) and decomposed, so that accents stand alone.
icu::UnicodeString Decompose(absl::string_view utf8) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::UnicodeString text = icu::UnicodeString::fromUTF8(
      icu::StringPiece(utf8.data(), static_cast<int32_t>(utf8.size())));
  const icu::UnicodeString folded =
      Normalizer(icu::Normalizer2::getNFKCCasefoldInstance).normalize(text, error);
  icu::UnicodeString result = Normalizer(icu::Normalizer2::getNFDInstance).normalize(folded, error);
  if (U_FAILURE(error)) std::abort();
  return result;
}

bool IsMark(UChar32 character) { return u_charType(character) == U_NON_SPACING_MARK; }

struct Abbreviation {
  absl::string_view letters;
  absl::string_view full;
  bool ends_words = false;  // "Hauptstr." too
  bool certain = false;     // no other word begins or ends so: it needs no full stop
};
constexpr Abbreviation kAbbreviations[] = {
    {"str", "strasse", /*ends_words=*/true, /*certain=*/true},
    {"hbf", "hauptbahnhof", /*ends_words=*/true, /*certain=*/true},
    {"bhf", "bahnhof", /*ends_words=*/true, /*certain=*/true},
    {"bf", "bahnhof", /*ends_words=*/false, /*certain=*/true},
    {"bgm", "burgermeister", /*ends_words=*/false, /*certain=*/true},
    {"pl", "platz", /*ends_words=*/true, /*certain=*/false},
    {"st", "sankt", /*ends_words=*/false, /*certain=*/false},
    {"dr", "doktor", /*ends_words=*/false, /*certain=*/false},
    {"prof", "professor", /*ends_words=*/false, /*certain=*/false}};

struct RawWord {
  std::string letters;
  bool full_stop = false;  // follows at once
};

// "St Martin" is Sankt Martin, but a lone "st" may become Stadtplatz yet.
std::string SpellOut(const RawWord& word, bool word_follows) {
  for (const Abbreviation& each : kAbbreviations) {
    const bool whole = word.letters == each.letters;
    if (!whole && !(each.ends_words && absl::EndsWith(word.letters, each.letters))) continue;
    if (!each.certain && !word.full_stop && !(whole && word_follows)) continue;
    return absl::StrCat(absl::StripSuffix(word.letters, each.letters), each.full);
  }
  return word.letters;
}

std::vector<RawWord> RawWords(const icu::UnicodeString& text) {
  std::vector<RawWord> words;
  bool inside = false;
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 character = text.char32At(i);
    if (IsMark(character) || character == '\'' || character == 0x2019) continue;
    if (u_isalnum(character)) {
      if (!inside) words.emplace_back();
      icu::UnicodeString(character).toUTF8String(words.back().letters);
      inside = true;
    } else {
      if (inside) words.back().full_stop = character == '.';
      inside = false;
    }
  }
  return words;
}

bool BeginsWithLetter(const RawWord& word) {
  return !absl::ascii_isdigit(static_cast<unsigned char>(word.letters[0]));
}

}  // namespace

bool IsUtf8(absl::string_view text) {
  const auto length = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < length;) {
    UChar32 character;
    U8_NEXT(text.data(), i, length, character);
    if (character < 0) return false;
  }
  return true;
}

int CharacterCount(absl::string_view text) {
  int count = 0;
  for (const char byte : text) count += (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
  return count;
}

Word MakeWord(std::string plain) {
  std::string collapsed;
  for (size_t i = 0; i < plain.size(); ++i) {
    const char c = plain[i];
    const char before = collapsed.empty() ? '\0' : collapsed.back();
    if (c == 'e' && (before == 'a' || before == 'o' || before == 'u')) continue;
    if (c == before && absl::ascii_isalpha(static_cast<unsigned char>(c))) continue;
    collapsed.push_back(c);
  }
  const uint32_t plain_letters = LetterSet(plain), collapsed_letters = LetterSet(collapsed);
  return {std::move(plain), std::move(collapsed), plain_letters, collapsed_letters};
}

uint32_t LetterSet(absl::string_view word) {
  uint32_t letters = 0;
  for (const char c : word) {
    const int bit = absl::ascii_islower(static_cast<unsigned char>(c))   ? c - 'a'
                    : absl::ascii_isdigit(static_cast<unsigned char>(c)) ? 26
                                                                         : 27;
    letters |= uint32_t{1} << bit;
  }
  return letters;
}

std::vector<Word> Words(absl::string_view utf8) {
  const std::vector<RawWord> raw = RawWords(Decompose(utf8));
  std::vector<Word> words;
  for (size_t i = 0; i < raw.size(); ++i) {
    const bool word_follows = i + 1 < raw.size() && BeginsWithLetter(raw[i + 1]);
    words.push_back(MakeWord(SpellOut(raw[i], word_follows)));
  }
  return words;
}

std::optional<Word> UnfinishedAbbreviation(const Word& word) {
  for (const Abbreviation& each : kAbbreviations) {
    if (!each.certain && word.plain == each.full) return MakeWord(std::string(each.letters));
  }
  return std::nullopt;
}

Word Join(const std::vector<Word>& words, size_t begin, size_t end) {
  std::string joined;
  for (size_t i = begin; i < end; ++i) absl::StrAppend(&joined, words[i].plain);
  return MakeWord(std::move(joined));
}

std::string LeadingDigits(absl::string_view text) {
  return std::string(text.substr(0, text.find_first_not_of("0123456789")));
}

std::string NormalHouseNumber(absl::string_view text) {
  std::string result;
  for (const char c : text) {
    if (absl::ascii_isspace(static_cast<unsigned char>(c))) continue;
    result.push_back(c == '/' ? '-' : absl::ascii_tolower(c));
  }
  return result;
}

}  // namespace stadtmesh::search
