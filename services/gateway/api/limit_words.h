// Bounds and forms as people read them. Pure.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "base/error.h"

namespace stadtmesh::gateway {

// "1..16" -> "1 bis 16", "{…}" -> "ein Objekt {…}"; what has no other words stays as it is.
std::string LimitInWords(FieldReason reason, absl::string_view limit, bool english);

}  // namespace stadtmesh::gateway
