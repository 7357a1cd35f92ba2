// Signs short tokens with an own key: service tokens, the gateway's guest tokens, the development
// issuer.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "auth/principal.h"
#include "config/reader.h"

namespace stadtmesh::auth {

struct TokenClaims {
  std::string issuer;
  std::string audience;
  std::string subject;
  // per tenant; "*" with kService only
  std::vector<std::pair<std::string, std::vector<Role>>> roles;
  absl::Time issued_at;
  absl::Duration lifetime = absl::Minutes(5);
};

// Ed25519 (EdDSA) or P-256 (ES256) private key. Thread-safe.
class TokenMint {
 public:
  // A new Ed25519 key.
  static TokenMint Generate();
  // PEM as `openssl genpkey -algorithm ed25519` (or EC P-256) writes it. INVALID_ARGUMENT for
  // anything else.
  static absl::StatusOr<TokenMint> FromPem(const config::Secret& pem);

  std::string Sign(const TokenClaims& claims) const;
  std::string PrivateKeyPem() const;  // for a file of mode 0600
  std::string Jwks() const;           // the public key as a key set
  const std::string& key_id() const;  // RFC 7638 thumbprint of the public key

 private:
  struct Impl;
  explicit TokenMint(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

}  // namespace stadtmesh::auth
