#include "gateway/transcode/well_known.h"

#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "gateway/transcode/wire.h"

namespace stadtmesh::gateway {
namespace {

constexpr int64_t kFirstSecond = -62135596800;  // 0001-01-01T00:00:00Z
constexpr int64_t kLastSecond = 253402300799;   // 9999-12-31T23:59:59Z
constexpr int64_t kLongestDuration = 315576000000;
constexpr absl::string_view kTimestampForm = "2026-11-21T08:30:00+01:00";

// Takes exactly `digits` digits off the front of `text`.
bool TakeNumber(absl::string_view& text, size_t digits, int64_t& value) {
  if (text.size() < digits) return false;
  value = 0;
  for (size_t i = 0; i < digits; ++i) {
    if (!absl::ascii_isdigit(text[i])) return false;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return true;
}

bool TakeChar(absl::string_view& text, char c) {
  if (text.empty() || text[0] != c) return false;
  text.remove_prefix(1);
  return true;
}

// Takes "" or "." and one to nine digits.
bool TakeFraction(absl::string_view& text, int64_t& nanos) {
  nanos = 0;
  if (!TakeChar(text, '.')) return true;
  size_t digits = 0;
  while (digits < text.size() && absl::ascii_isdigit(text[digits])) ++digits;
  if (digits == 0 || digits > 9) return false;
  TakeNumber(text, digits, nanos);
  for (; digits < 9; ++digits) nanos *= 10;
  return true;
}

bool TakeOffset(absl::string_view& text, int64_t& seconds) {
  seconds = 0;
  if (TakeChar(text, 'Z') || TakeChar(text, 'z')) return true;
  const bool west = TakeChar(text, '-');
  int64_t hours = 0, minutes = 0;
  if (!west && !TakeChar(text, '+')) return false;
  if (!TakeNumber(text, 2, hours) || !TakeChar(text, ':') || !TakeNumber(text, 2, minutes))
    return false;
  if (hours > 23 || minutes > 59) return false;
  seconds = (west ? -1 : 1) * (hours * 3600 + minutes * 60);
  return true;
}

void AppendSecondsAndNanos(int64_t seconds, int64_t nanos, std::string& out) {
  if (seconds != 0) {
    AppendVarint(out, 1 << 3);
    AppendVarint(out, static_cast<uint64_t>(seconds));
  }
  if (nanos != 0) {
    AppendVarint(out, 2 << 3);
    AppendVarint(out, static_cast<uint64_t>(nanos));
  }
}

Refused AppendTimestamp(absl::string_view text, std::string& out) {
  const Refusal malformed{FieldReason::kInvalidFormat, std::string(kTimestampForm)};
  int64_t year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, nanos = 0, offset = 0;
  if (!TakeNumber(text, 4, year) || !TakeChar(text, '-') || !TakeNumber(text, 2, month) ||
      !TakeChar(text, '-') || !TakeNumber(text, 2, day) ||
      (!TakeChar(text, 'T') && !TakeChar(text, 't')) || !TakeNumber(text, 2, hour) ||
      !TakeChar(text, ':') || !TakeNumber(text, 2, minute) || !TakeChar(text, ':') ||
      !TakeNumber(text, 2, second) || !TakeFraction(text, nanos) || !TakeOffset(text, offset) ||
      !text.empty()) {
    return malformed;
  }
  const absl::CivilSecond civil(year, month, day, hour, minute, second);
  if (civil.month() != month || civil.day() != day || civil.hour() != hour ||
      civil.minute() != minute || civil.second() != second) {
    return malformed;  // it was normalised: there is no such day or hour
  }
  const int64_t seconds = civil - absl::CivilSecond(1970, 1, 1) - offset;
  if (year < 1 || seconds < kFirstSecond || seconds > kLastSecond) {
    return Refusal{FieldReason::kOutOfRange, "0001-01-01T00:00:00Z..9999-12-31T23:59:59Z"};
  }
  AppendSecondsAndNanos(seconds, nanos, out);
  return std::nullopt;
}

Refused AppendDuration(absl::string_view text, std::string& out) {
  const bool negative = TakeChar(text, '-');
  size_t digits = 0;
  while (digits < text.size() && absl::ascii_isdigit(text[digits])) ++digits;
  int64_t seconds = 0, nanos = 0;
  if (digits == 0 || digits > 12) return Refusal{FieldReason::kInvalidFormat, "1.5s"};
  TakeNumber(text, digits, seconds);
  if (!TakeFraction(text, nanos) || text != "s")
    return Refusal{FieldReason::kInvalidFormat, "1.5s"};
  if (seconds > kLongestDuration || (seconds == kLongestDuration && nanos > 0)) {
    return Refusal{FieldReason::kOutOfRange, "-315576000000s..315576000000s"};
  }
  AppendSecondsAndNanos(negative ? -seconds : seconds, negative ? -nanos : nanos, out);
  return std::nullopt;
}

Refused AppendFieldMask(absl::string_view text, std::string& out) {
  if (text.empty()) return std::nullopt;
  std::string snake;
  for (absl::string_view path : absl::StrSplit(text, ',')) {
    snake.clear();
    if (!CamelToSnake(path, snake))
      return Refusal{FieldReason::kInvalidFormat, "name,pickupPlace.id"};
    AppendVarint(out, 1 << 3 | kLengthDelimited);
    AppendVarint(out, snake.size());
    out.append(snake);
  }
  return std::nullopt;
}

bool ReadSecondsAndNanos(absl::string_view wire, int64_t& seconds, int64_t& nanos) {
  seconds = nanos = 0;
  WireReader reader(wire);
  uint64_t tag = 0, value = 0;
  while (!reader.done()) {
    if (!reader.Varint(tag) || (tag & 7) != kVarint || !reader.Varint(value)) return false;
    if (tag >> 3 == 1) seconds = static_cast<int64_t>(value);
    if (tag >> 3 == 2) nanos = static_cast<int32_t>(value);
  }
  return true;
}

void PrintFraction(int64_t nanos, std::string& out) {
  if (nanos == 0) return;
  if (nanos % 1000000 == 0)
    absl::StrAppendFormat(&out, ".%03d", nanos / 1000000);
  else if (nanos % 1000 == 0)
    absl::StrAppendFormat(&out, ".%06d", nanos / 1000);
  else
    absl::StrAppendFormat(&out, ".%09d", nanos);
}

bool PrintTimestamp(absl::string_view wire, std::string& out) {
  int64_t seconds = 0, nanos = 0;
  if (!ReadSecondsAndNanos(wire, seconds, nanos)) return false;
  if (seconds < kFirstSecond || seconds > kLastSecond || nanos < 0 || nanos > 999999999)
    return false;
  const absl::CivilSecond civil = absl::CivilSecond(1970, 1, 1) + seconds;
  const auto digits = [&](int64_t value, int width) {
    char buffer[4];
    for (int i = width - 1; i >= 0; --i, value /= 10)
      buffer[i] = static_cast<char>('0' + value % 10);
    out.append(buffer, width);
  };
  out.push_back('"');
  digits(civil.year(), 4), out.push_back('-'), digits(civil.month(), 2), out.push_back('-'),
      digits(civil.day(), 2);
  out.push_back('T'), digits(civil.hour(), 2), out.push_back(':'), digits(civil.minute(), 2),
      out.push_back(':');
  digits(civil.second(), 2);
  PrintFraction(nanos, out);
  out.append("Z\"");
  return true;
}

bool PrintDuration(absl::string_view wire, std::string& out) {
  int64_t seconds = 0, nanos = 0;
  if (!ReadSecondsAndNanos(wire, seconds, nanos)) return false;
  if (std::abs(seconds) > kLongestDuration || std::abs(nanos) > 999999999 ||
      (seconds > 0 && nanos < 0) || (seconds < 0 && nanos > 0)) {
    return false;
  }
  absl::StrAppend(&out, "\"", seconds < 0 || nanos < 0 ? "-" : "", std::abs(seconds));
  PrintFraction(std::abs(nanos), out);
  out.append("s\"");
  return true;
}

bool PrintFieldMask(absl::string_view wire, std::string& out) {
  WireReader reader(wire);
  uint64_t tag = 0;
  absl::string_view path;
  out.push_back('"');
  for (bool first = true; !reader.done(); first = false) {
    if (!reader.Varint(tag) || tag != (1 << 3 | kLengthDelimited) || !reader.Bytes(path))
      return false;
    if (!first) out.push_back(',');
    for (size_t i = 0; i < path.size(); ++i) {
      const char c = path[i];
      if (c == '_') {
        if (++i == path.size() || path[i] < 'a' || path[i] > 'z') return false;
        out.push_back(static_cast<char>(path[i] - 'a' + 'A'));
      } else if ((c >= 'a' && c <= 'z') || absl::ascii_isdigit(c) || c == '.') {
        out.push_back(c);
      } else {
        return false;
      }
    }
  }
  out.push_back('"');
  return true;
}

}  // namespace

bool CamelToSnake(absl::string_view camel, std::string& snake) {
  if (camel.empty()) return false;
  for (const char c : camel) {
    if (c >= 'A' && c <= 'Z') {
      snake.push_back('_');
      snake.push_back(static_cast<char>(c - 'A' + 'a'));
    } else if ((c >= 'a' && c <= 'z') || absl::ascii_isdigit(c) || c == '.') {
      snake.push_back(c);
    } else {
      return false;
    }
  }
  return true;
}

Refused AppendWellKnown(const MessageTable& message, absl::string_view text, std::string& out) {
  switch (message.well_known) {
    case WellKnown::kTimestamp:
      return AppendTimestamp(text, out);
    case WellKnown::kDuration:
      return AppendDuration(text, out);
    case WellKnown::kFieldMask:
      return AppendFieldMask(text, out);
    case WellKnown::kWrapper:
      return AppendFromText(message.fields[0], text, out);
    case WellKnown::kNone:
      return Refusal{};
  }
  std::abort();
}

bool PrintWellKnown(const MessageTable& message, absl::string_view wire, std::string& out) {
  switch (message.well_known) {
    case WellKnown::kTimestamp:
      return PrintTimestamp(wire, out);
    case WellKnown::kDuration:
      return PrintDuration(wire, out);
    case WellKnown::kFieldMask:
      return PrintFieldMask(wire, out);
    case WellKnown::kWrapper:
    case WellKnown::kNone:
      break;
  }
  std::abort();
}

}  // namespace stadtmesh::gateway
