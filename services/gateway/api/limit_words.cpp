#include "gateway/api/limit_words.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace stadtmesh::gateway {
namespace {

// Forms that mean something to developers only: JSON's, and what the libraries ask for.
struct Form {
  absl::string_view limit, de, en;
};
constexpr Form kForms[] = {
    {"{…}", "ein Objekt {…}", "an object {…}"},
    {"[…]", "eine Liste […]", "a list […]"},
    {"\"…\"", "ein Text \"…\"", "a text \"…\""},
    {"123", "eine Zahl", "a number"},
    {"true, false", "true oder false", "true or false"},
    {"YYYY-MM-DD", "ein Tag wie 2026-11-23", "a day such as 2026-11-23"},
    {"[a-z0-9_-]{1,64}", "eine Kennung aus a bis z, 0 bis 9, - und _, höchstens 64 Zeichen",
     "an id of a to z, 0 to 9, - and _, at most 64 characters"},
    {"printable ASCII", "druckbares ASCII", "printable ASCII"},
};

std::string RangeInWords(absl::string_view limit, bool english) {
  if (absl::ConsumePrefix(&limit, ".."))
    return absl::StrCat(english ? "at most " : "höchstens ", limit);
  if (absl::ConsumeSuffix(&limit, ".."))
    return absl::StrCat(english ? "at least " : "mindestens ", limit);
  if (english) return absl::StrReplaceAll(limit, {{"..", " to "}});
  return absl::StrReplaceAll(limit,
                             {{"..", " bis "}, {"latitude", "Breite"}, {"longitude", "Länge"}});
}

}  // namespace

std::string LimitInWords(FieldReason reason, absl::string_view limit, bool english) {
  if (reason == FieldReason::kOutOfRange) return RangeInWords(limit, english);
  if (reason == FieldReason::kInvalidFormat) {
    for (const Form& form : kForms) {
      if (form.limit == limit) return std::string(english ? form.en : form.de);
    }
  }
  return std::string(limit);
}

}  // namespace stadtmesh::gateway
