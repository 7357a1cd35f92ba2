// Public keys that verify tokens: a parsed JSON Web Key Set (RFC 7517). A value; immutable and
// thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace stadtmesh::auth {

// The whole allow-list: asymmetric signatures only (RFC 7518, RFC 8037).
enum class Algorithm { kRs256, kEs256, kEdDsa };
absl::string_view AlgorithmName(Algorithm algorithm);  // "RS256"

// One key, bound to one algorithm by its type.
class PublicKey {
 public:
  struct Impl;
  explicit PublicKey(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  const std::string& id() const;
  Algorithm algorithm() const;
  // True when `signature` (as in a JWS: R || S for ES256) signs `message`.
  bool Verify(absl::string_view message, absl::string_view signature) const;

 private:
  std::shared_ptr<const Impl> impl_;
};

class KeySet {
 public:
  KeySet() = default;
  // INVALID_ARGUMENT when `json` is no key set. Keys for encryption, of other types or curves, RSA
  // below 2048 bits, without `kid`, or with a kid that stands there already are left out.
  static absl::StatusOr<KeySet> Parse(absl::string_view json);

  // Null when there is none.
  const PublicKey* Find(absl::string_view kid) const;
  size_t size() const { return keys_.size(); }

 private:
  std::vector<PublicKey> keys_;
};

}  // namespace stadtmesh::auth
