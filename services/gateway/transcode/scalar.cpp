#include "gateway/transcode/scalar.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "gateway/transcode/well_known.h"
#include "gateway/transcode/wire.h"
#include "gateway/transcode/words.h"

namespace stadtmesh::gateway {
namespace {

constexpr double kExactDoubles =
    9007199254740992.0;  // 2^53: whole numbers up to here survive a double

template <typename T>
Refusal OutOfRange() {
  return {FieldReason::kOutOfRange,
          absl::StrCat(std::numeric_limits<T>::lowest(), "..", std::numeric_limits<T>::max())};
}

template <typename T>
Refused ParseWhole(absl::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size()) return std::nullopt;
  double real = 0;
  const auto [real_end, real_error] = std::from_chars(text.data(), text.data() + text.size(), real);
  if (real_error == std::errc::result_out_of_range) return OutOfRange<T>();
  if (real_error != std::errc() || real_end != text.data() + text.size()) return Refusal{};
  if (real < static_cast<double>(std::numeric_limits<T>::lowest()) ||
      real > static_cast<double>(std::numeric_limits<T>::max()) ||
      error == std::errc::result_out_of_range) {
    return OutOfRange<T>();
  }
  if (real != std::trunc(real) || std::abs(real) > kExactDoubles) return Refusal{};
  value = static_cast<T>(real);
  return std::nullopt;
}

template <typename T>
Refused ParseReal(absl::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) {
    // Too small is zero, as every JSON reader has it; too large is refused.
    const double wide = std::strtod(std::string(text).c_str(), nullptr);
    if (std::abs(wide) > 1)
      return Refusal{FieldReason::kOutOfRange, sizeof(T) == 4 ? "±3.4e38" : "±1.8e308"};
    value = static_cast<T>(wide);
    return std::nullopt;
  }
  if (error != std::errc() || end != text.data() + text.size()) return Refusal{};
  return std::nullopt;
}

template <typename T, typename Append>
Refused Whole(absl::string_view text, Append append) {
  T value = 0;
  if (Refused refused = ParseWhole(text, value)) return refused;
  append(value);
  return std::nullopt;
}

template <typename T>
Refused Real(absl::string_view text, std::string& out) {
  T value = 0;
  if (Refused refused = ParseReal(text, value)) return refused;
  AppendFixed(out, value);
  return std::nullopt;
}

template <typename T>
bool AppendNotFinite(absl::string_view text, std::string& out) {
  T value = std::numeric_limits<T>::infinity();
  if (text == "NaN")
    value = std::numeric_limits<T>::quiet_NaN();
  else if (text == "-Infinity")
    value = -value;
  else if (text != "Infinity")
    return false;
  AppendFixed(out, value);
  return true;
}

// -1 for characters outside both alphabets.
constexpr std::array<int8_t, 256> MakeBase64Values() {
  std::array<int8_t, 256> values{};
  for (auto& value : values) value = -1;
  const char* alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (int i = 0; i < 64; ++i) values[static_cast<uint8_t>(alphabet[i])] = static_cast<int8_t>(i);
  values['-'] = 62;
  values['_'] = 63;
  return values;
}
constexpr std::array<int8_t, 256> kBase64Values = MakeBase64Values();

}  // namespace

bool IsJsonNumber(absl::string_view text) {
  size_t i = 0;
  const auto digits = [&] {
    const size_t begin = i;
    while (i < text.size() && absl::ascii_isdigit(text[i])) ++i;
    return i > begin;
  };
  if (i < text.size() && text[i] == '-') ++i;
  const size_t whole = i;
  if (!digits() || (text[whole] == '0' && i > whole + 1)) return false;
  if (i < text.size() && text[i] == '.') {
    ++i;
    if (!digits()) return false;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (!digits()) return false;
  }
  return i == text.size();
}

Refused AppendNumber(Kind kind, absl::string_view text, std::string& out) {
  switch (kind) {
    case Kind::kInt32:
      return Whole<int32_t>(text, [&](int64_t v) { AppendVarint(out, static_cast<uint64_t>(v)); });
    case Kind::kInt64:
      return Whole<int64_t>(text, [&](int64_t v) { AppendVarint(out, static_cast<uint64_t>(v)); });
    case Kind::kUint32:
      return Whole<uint32_t>(text, [&](uint32_t v) { AppendVarint(out, v); });
    case Kind::kUint64:
      return Whole<uint64_t>(text, [&](uint64_t v) { AppendVarint(out, v); });
    case Kind::kSint32:
      return Whole<int32_t>(text, [&](int32_t v) { AppendVarint(out, ZigZag(v)); });
    case Kind::kSint64:
      return Whole<int64_t>(text, [&](int64_t v) { AppendVarint(out, ZigZag(v)); });
    case Kind::kFixed32:
      return Whole<uint32_t>(text, [&](uint32_t v) { AppendFixed(out, v); });
    case Kind::kFixed64:
      return Whole<uint64_t>(text, [&](uint64_t v) { AppendFixed(out, v); });
    case Kind::kSfixed32:
      return Whole<int32_t>(text, [&](int32_t v) { AppendFixed(out, v); });
    case Kind::kSfixed64:
      return Whole<int64_t>(text, [&](int64_t v) { AppendFixed(out, v); });
    case Kind::kDouble:
      return Real<double>(text, out);
    case Kind::kFloat:
      return Real<float>(text, out);
    case Kind::kBool:
    case Kind::kString:
    case Kind::kBytes:
    case Kind::kEnum:
    case Kind::kMessage:
      break;
  }
  return Refusal{};
}

Refused AppendBase64(absl::string_view text, std::string& out) {
  size_t size = text.size();
  if (size % 4 == 0) {
    for (int pad = 0; pad < 2 && size > 0 && text[size - 1] == '='; ++pad) --size;
  }
  if (size % 4 == 1) return Refusal{FieldReason::kInvalidFormat, "base64"};
  uint32_t bits = 0;
  int count = 0;
  for (size_t i = 0; i < size; ++i) {
    const int8_t value = kBase64Values[static_cast<uint8_t>(text[i])];
    if (value < 0) return Refusal{FieldReason::kInvalidFormat, "base64"};
    bits = bits << 6 | static_cast<uint32_t>(value);
    if ((count += 6) < 8) continue;
    count -= 8;
    out.push_back(static_cast<char>(bits >> count));
  }
  if ((bits & ((1u << count) - 1)) != 0)
    return Refusal{FieldReason::kInvalidFormat, "base64"};  // two texts, one value
  return std::nullopt;
}

Refused AppendEnumName(const EnumTable& table, absl::string_view name, std::string& out) {
  const auto found = table.by_name.find(name);
  if (found == table.by_name.end()) return Refusal{FieldReason::kUnknownValue, table.names};
  AppendVarint(out, static_cast<uint64_t>(static_cast<int64_t>(found->second)));
  return std::nullopt;
}

Refused AppendEnumNumber(const EnumTable& table, absl::string_view number, std::string& out) {
  int32_t value = 0;
  if (ParseWhole(number, value) || !table.by_number.contains(value))
    return Refusal{FieldReason::kUnknownValue, table.names};
  AppendVarint(out, static_cast<uint64_t>(static_cast<int64_t>(value)));
  return std::nullopt;
}

Refused AppendTextValue(const FieldTable& field, absl::string_view text, std::string& out) {
  switch (field.kind) {
    case Kind::kString:
      if (ValidUtf8Prefix(text) != text.size()) return Refusal{FieldReason::kInvalidUtf8, ""};
      out.append(text.data(), text.size());
      return std::nullopt;
    case Kind::kBytes:
      return AppendBase64(text, out);
    case Kind::kEnum:
      return IsJsonNumber(text) ? AppendEnumNumber(*field.enumeration, text, out)
                                : AppendEnumName(*field.enumeration, text, out);
    case Kind::kBool:
      if (text != "true" && text != "false")
        return Refusal{FieldReason::kInvalidFormat, "true, false"};
      AppendVarint(out, text == "true");
      return std::nullopt;
    case Kind::kMessage:
      return AppendWellKnown(*field.message, text, out);
    case Kind::kDouble:
      if (AppendNotFinite<double>(text, out)) return std::nullopt;
      break;
    case Kind::kFloat:
      if (AppendNotFinite<float>(text, out)) return std::nullopt;
      break;
    default:
      break;
  }
  if (!IsJsonNumber(text)) return Refusal{};
  return AppendNumber(field.kind, text, out);
}

Refused AppendFromText(const FieldTable& field, absl::string_view text, std::string& out) {
  AppendVarint(out, field.tag);
  if (WireTypeOf(field.kind) != kLengthDelimited) return AppendTextValue(field, text, out);
  const size_t begin = BeginLength(out);
  Refused refused = AppendTextValue(field, text, out);
  EndLength(out, begin);
  return refused;
}

size_t ValidUtf8Prefix(absl::string_view text) {
  size_t i = 0;
  const auto continues = [&](size_t at, uint8_t low, uint8_t high) {
    return at < text.size() && static_cast<uint8_t>(text[at]) >= low &&
           static_cast<uint8_t>(text[at]) <= high;
  };
  while (i < text.size()) {
    const uint8_t c = static_cast<uint8_t>(text[i]);
    // Table 3-7 of the Unicode standard: no overlong forms, no surrogates, nothing beyond U+10FFFF.
    if (c < 0x80) {
      uint64_t word = 0;
      while (text.size() - i >= 8 && (std::memcpy(&word, text.data() + i, 8), IsAsciiWord(word)))
        i += 8;
      while (i < text.size() && static_cast<uint8_t>(text[i]) < 0x80) ++i;
    } else if (c >= 0xc2 && c <= 0xdf) {
      if (!continues(i + 1, 0x80, 0xbf)) return i;
      i += 2;
    } else if (c >= 0xe0 && c <= 0xef) {
      if (!continues(i + 1, c == 0xe0 ? 0xa0 : 0x80, c == 0xed ? 0x9f : 0xbf) ||
          !continues(i + 2, 0x80, 0xbf))
        return i;
      i += 3;
    } else if (c >= 0xf0 && c <= 0xf4) {
      if (!continues(i + 1, c == 0xf0 ? 0x90 : 0x80, c == 0xf4 ? 0x8f : 0xbf) ||
          !continues(i + 2, 0x80, 0xbf) || !continues(i + 3, 0x80, 0xbf)) {
        return i;
      }
      i += 4;
    } else {
      return i;
    }
  }
  return i;
}

}  // namespace stadtmesh::gateway
