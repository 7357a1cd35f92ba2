// Brings text into forms in which spellings meet. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace stadtmesh::search {

// True when `text` is well-formed UTF-8.
bool IsUtf8(absl::string_view text);
// Code points of well-formed UTF-8.
int CharacterCount(absl::string_view text);

// A word in two forms, since one forgives umlauts and the other typing errors next to them.
struct Word {
  // lower case, accents dropped, ß as ss: "Müller" -> "muller", "Mueller" -> "mueller"
  std::string plain;
  std::string collapsed;  // and ae, oe, ue as a, o, u and double letters single: both -> "muler"
  uint32_t plain_letters =
      0;  // which letters occur (LetterSet), to tell quickly that two words are unlike
  uint32_t collapsed_letters = 0;
  bool operator==(const Word&) const = default;
};

// One bit for each of a to z that occurs, one for all digits, one for anything else.
uint32_t LetterSet(absl::string_view word);

// Words of letters and digits, in order; everything else separates. Abbreviations are spelled out:
// "Hauptstr." and "Bhf" always, "St", "Pl" and "Dr" before a full stop or another word, since until
// then they may be the beginning of something else.
std::vector<Word> Words(absl::string_view utf8);

// What somebody may have typed so far who means this word by its abbreviation: "st" for "sankt".
std::optional<Word> UnfinishedAbbreviation(const Word& word);

// The word in both forms.
Word MakeWord(std::string plain);

// Words `begin` to `end` written as one.
Word Join(const std::vector<Word>& words, size_t begin, size_t end);

// "12a" -> "12"; "a" -> "".
std::string LeadingDigits(absl::string_view text);

// "12 A" -> "12a"; "12 - 14" and "12/14" -> "12-14".
std::string NormalHouseNumber(absl::string_view text);

}  // namespace stadtmesh::search
