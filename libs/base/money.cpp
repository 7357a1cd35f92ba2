#include "base/money.h"

#include <cstdlib>

#include "absl/strings/str_format.h"

namespace stadtmesh {

std::string FormatGerman(Money amount) {
  return absl::StrFormat("%s%d,%02d €", amount.cents < 0 ? "-" : "", std::abs(amount.cents / 100),
                         std::abs(amount.cents % 100));
}

std::string FormatEnglish(Money amount) {
  return absl::StrFormat("%s€%d.%02d", amount.cents < 0 ? "-" : "", std::abs(amount.cents / 100),
                         std::abs(amount.cents % 100));
}

}  // namespace stadtmesh
