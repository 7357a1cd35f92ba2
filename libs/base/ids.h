// Typed identifiers. An id is 1 to 64 characters of [a-z0-9_-], starting with a letter or digit, so
// it is safe in keys, URLs, metadata and log lines without escaping.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace stadtmesh {

// True when `text` has the form of an id.
bool IsId(absl::string_view text);

// A source of randomness for ids; injected, so that tests repeat. Thread-safe.
class IdSource {
 public:
  virtual ~IdSource() = default;
  // `prefix` + "-" + 26 characters of Crockford base32 (128 random bits), e.g. "ride-06bx…".
  // Prefix: [a-z]{1,12}.
  virtual std::string NewId(absl::string_view prefix) = 0;
};

// From the operating system's cryptographic generator (getrandom).
class RandomIdSource final : public IdSource {
 public:
  std::string NewId(absl::string_view prefix) override;
};

// The 128 bits as 26 lower-case Crockford base32 characters.
std::string EncodeId(uint64_t high, uint64_t low);

// Id<struct RideTag> and Id<struct VehicleTag> do not mix.
template <typename Tag>
class Id {
 public:
  Id() = default;
  explicit Id(std::string value) : value_(std::move(value)) {}
  const std::string& value() const { return value_; }
  bool empty() const { return value_.empty(); }
  auto operator<=>(const Id&) const = default;
  template <typename H>
  friend H AbslHashValue(H h, const Id& id) {
    return H::combine(std::move(h), id.value_);
  }

 private:
  std::string value_;
};

// Parses foreign input; INVALID_ARGUMENT naming `field` unless IsId(text).
absl::StatusOr<std::string> ParseId(absl::string_view field, absl::string_view text);

}  // namespace stadtmesh

template <typename Tag>
struct std::hash<stadtmesh::Id<Tag>> {
  size_t operator()(const stadtmesh::Id<Tag>& id) const {
    return std::hash<std::string>()(id.value());
  }
};
