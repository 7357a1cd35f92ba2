// What people type: lengths as they count them, and characters that have no place in a name. Pure.
#pragma once

#include <cstddef>

#include "absl/strings/string_view.h"

namespace stadtmesh {

// The number of characters (Unicode code points) of valid UTF-8.
size_t CodePoints(absl::string_view utf8);

enum class Lines { kOne, kSeveral };

// Valid UTF-8 without control characters (U+0000..001F, U+007F..009F) and line separators; with
// kSeveral a text may have line ends and tabs.
bool IsPlainText(absl::string_view utf8, Lines lines = Lines::kOne);

}  // namespace stadtmesh
