#include "obs/json_line.h"

#include <cmath>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace stadtmesh::obs {
namespace {

// Length of the well-formed UTF-8 sequence at the front (Unicode table 3-7), or 0.
size_t Utf8Length(absl::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const auto continues = [&](size_t i, uint8_t low = 0x80, uint8_t high = 0xBF) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  const uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return continues(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const bool second = continues(1, lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF);
    return second && continues(2) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const bool second = continues(1, lead == 0xF0 ? 0x90 : 0x80, lead == 0xF4 ? 0x8F : 0xBF);
    return second && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

bool IsPlain(char c) {
  return static_cast<uint8_t>(c) >= 0x20 && static_cast<uint8_t>(c) < 0x7F && c != '"' && c != '\\';
}

}  // namespace

void AppendJsonText(std::string& out, absl::string_view text) {
  out.push_back('"');
  while (!text.empty()) {
    size_t plain = 0;
    while (plain < text.size() && IsPlain(text[plain])) ++plain;
    out.append(text.data(), plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const char c = text.front();
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
      text.remove_prefix(1);
    } else if (static_cast<uint8_t>(c) < 0x20 || c == 0x7F) {
      absl::StrAppend(&out, "\\u", absl::Hex(static_cast<uint8_t>(c), absl::kZeroPad4));
      text.remove_prefix(1);
    } else if (const size_t length = Utf8Length(text); length > 0) {
      out.append(text.data(), length);
      text.remove_prefix(length);
    } else {
      out.append("\xEF\xBF\xBD");
      text.remove_prefix(1);
    }
  }
  out.push_back('"');
}

void AppendJsonField(std::string& out, const Field& field) {
  absl::StrAppend(&out, ",\"", field.key, "\":");
  switch (field.kind) {
    case Field::Kind::kText:
      AppendJsonText(out, field.text);
      return;
    case Field::Kind::kInteger:
      absl::StrAppend(&out, field.integer);
      return;
    case Field::Kind::kFlag:
      out.append(field.flag ? "true" : "false");
      return;
    case Field::Kind::kNumber:
      // JSON has neither NaN nor infinity.
      if (std::isfinite(field.number)) {
        absl::StrAppend(&out, field.number);
      } else {
        out.append("null");
      }
      return;
  }
}

}  // namespace stadtmesh::obs
