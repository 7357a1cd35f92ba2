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

std::string SpellOut(std::string word) {
  return absl::EndsWith(word, "str") ? absl::StrCat(word, "asse") : word;
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
  const icu::UnicodeString text = Decompose(utf8);
  std::vector<Word> words;
  std::string word;
  const auto finish = [&] {
    if (!word.empty()) words.push_back(MakeWord(SpellOut(std::move(word))));
    word.clear();
  };
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 character = text.char32At(i);
    if (IsMark(character) || character == '\'' || character == 0x2019) continue;
    if (u_isalnum(character)) {
      icu::UnicodeString(character).toUTF8String(word);
    } else {
      finish();
    }
  }
  finish();
  return words;
}

std::string NormalHouseNumber(absl::string_view text) {
  std::string result;
  for (const char c : text) {
    if (!absl::ascii_isspace(static_cast<unsigned char>(c)))
      result.push_back(absl::ascii_tolower(c));
  }
  return result;
}

}  // namespace stadtmesh::search
