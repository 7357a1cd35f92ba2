// The few primitives of protobuf's wire format. Pure; inlined into the hot loops of reader and
// writer.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>

#include "absl/strings/string_view.h"

namespace stadtmesh::gateway {

enum WireType : uint8_t { kVarint = 0, kSixtyFour = 1, kLengthDelimited = 2, kThirtyTwo = 5 };

inline void AppendVarint(std::string& out, uint64_t value) {
  char buffer[10];
  size_t size = 0;
  while (value >= 0x80) {
    buffer[size++] = static_cast<char>(value | 0x80);
    value >>= 7;
  }
  buffer[size++] = static_cast<char>(value);
  out.append(buffer, size);
}

// Little endian on every machine stadtmesh runs on (x86-64, arm64).
template <typename T>
void AppendFixed(std::string& out, T value) {
  char buffer[sizeof(T)];
  std::memcpy(buffer, &value, sizeof(T));
  out.append(buffer, sizeof(T));
}

inline uint64_t ZigZag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}
inline int64_t UnZigZag(uint64_t value) {
  return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
}

// A length-delimited value is written behind a one-byte gap; the gap is widened when the value
// turned out to be long.
inline size_t BeginLength(std::string& out) {
  out.push_back('\0');
  return out.size();
}
inline void EndLength(std::string& out, size_t begin) {
  const uint64_t size = out.size() - begin;
  if (size < 0x80) {
    out[begin - 1] = static_cast<char>(size);
    return;
  }
  std::string length;
  AppendVarint(length, size);
  out.insert(begin, length.size() - 1, '\0');
  std::memcpy(&out[begin - 1], length.data(), length.size());
}

// Reads from foreign bytes; every method returns false at the end or on malformed input.
class WireReader {
 public:
  explicit WireReader(absl::string_view bytes)
      : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}
  bool done() const { return at_ == end_; }
  bool Varint(uint64_t& value) {
    value = 0;
    for (int shift = 0; shift < 70 && at_ != end_; shift += 7) {
      const uint8_t byte = static_cast<uint8_t>(*at_++);
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }
  template <typename T>
  bool Fixed(T& value) {
    if (static_cast<size_t>(end_ - at_) < sizeof(T)) return false;
    std::memcpy(&value, at_, sizeof(T));
    at_ += sizeof(T);
    return true;
  }
  bool Bytes(absl::string_view& value) {
    uint64_t size = 0;
    if (!Varint(size) || static_cast<uint64_t>(end_ - at_) < size) return false;
    value = absl::string_view(at_, size);
    at_ += size;
    return true;
  }
  // The value behind `tag`, of whatever type: without its length where it has one.
  bool Value(uint64_t tag, absl::string_view& value) {
    const char* const begin = at_;
    uint64_t number = 0;
    uint32_t half = 0;
    switch (static_cast<WireType>(tag & 7)) {
      case kVarint:
        if (!Varint(number)) return false;
        break;
      case kSixtyFour:
        if (!Fixed(number)) return false;
        break;
      case kThirtyTwo:
        if (!Fixed(half)) return false;
        break;
      case kLengthDelimited:
        return Bytes(value);
      default:
        return false;
    }
    value = absl::string_view(begin, static_cast<size_t>(at_ - begin));
    return true;
  }

 private:
  const char* at_;
  const char* end_;
};

}  // namespace stadtmesh::gateway
