#include "rpc/language.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace stadtmesh::rpc {
namespace {

bool Names(absl::string_view range, absl::string_view language) {
  return absl::EqualsIgnoreCase(range, language) ||
         (range.size() > 2 && range[2] == '-' &&
          absl::EqualsIgnoreCase(range.substr(0, 2), language));
}

}  // namespace

std::string PreferredLanguage(absl::string_view accept_language) {
  if (accept_language.empty() || accept_language == "de") return "de";  // nearly always
  double german = 0;
  double english = 0;
  for (absl::string_view part : absl::StrSplit(accept_language.substr(0, 256), ',')) {
    const std::pair<absl::string_view, absl::string_view> split =
        absl::StrSplit(part, absl::MaxSplits(';', 1));
    absl::string_view weight = absl::StripAsciiWhitespace(split.second);
    double q = 1;
    if (absl::ConsumePrefix(&weight, "q=") &&
        (!absl::SimpleAtod(weight, &q) || !(q >= 0 && q <= 1)))
      q = 0;
    const absl::string_view range = absl::StripAsciiWhitespace(split.first);
    if (Names(range, "de")) german = std::max(german, q);
    if (Names(range, "en")) english = std::max(english, q);
  }
  return english > german ? "en" : "de";
}

}  // namespace stadtmesh::rpc
