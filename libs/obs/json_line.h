// Writes one JSON object as text. Pure.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "obs/log.h"

namespace stadtmesh::obs {

// A JSON string with its quotes. Control characters are escaped; a byte that is not UTF-8 becomes
// U+FFFD.
void AppendJsonText(std::string& out, absl::string_view text);

// `,"key":value`
void AppendJsonField(std::string& out, const Field& field);

}  // namespace stadtmesh::obs
