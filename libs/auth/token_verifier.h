// Verifies JSON Web Tokens (RFC 7519, RFC 8725): who says it, for whom, until when, with which
// roles.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "auth/key_source.h"
#include "auth/principal.h"
#include "base/time.h"

namespace stadtmesh::auth {

inline constexpr size_t kLongestToken = 8 * 1024;  // bytes

// How an issuer's tokens name roles.
struct RoleClaim {
  enum class Style {
    kStadtmesh,  // claim `stadtmesh`: {"<tenant>": ["citizen", ...]}
    kKeycloak,  // claim `realm_access`: {"roles": ["citizen", ...]}, all in the issuer's one tenant
  } style = Style::kStadtmesh;
  std::string tenant;  // with kKeycloak
};

struct Issuer {
  std::string issuer;    // equals the claim `iss`
  std::string audience;  // is, or is among, the claim `aud`
  std::vector<Algorithm> algorithms = {Algorithm::kRs256, Algorithm::kEs256, Algorithm::kEdDsa};
  std::shared_ptr<KeySource> keys;
  // other roles in its tokens are ignored; nobody but the mesh grants kService
  std::vector<Role> grantable;
  RoleClaim role_claim;
  // Put before every subject, so that two issuers never speak of the same person. One issuer may
  // have none.
  std::string subject_prefix;
};

// What a token said. A value.
struct VerifiedToken {
  std::string issuer;
  std::string subject;  // with the issuer's prefix
  absl::Time expires_at;
  // per tenant; "*" (every tenant) only for kService
  std::vector<std::pair<std::string, std::vector<Role>>> roles;
  std::vector<Role> RolesIn(absl::string_view tenant) const;
};

// Thread-safe. Pure but for the clock and the keys: no cache here (see Authenticator).
class TokenVerifier {
 public:
  // INVALID_ARGUMENT when two issuers share a name or a prefix, or one has no key source or
  // audience.
  static absl::StatusOr<TokenVerifier> Create(std::vector<Issuer> issuers, const Clock* clock,
                                              absl::Duration skew = absl::Seconds(30));

  // UNAUTHENTICATED with reason UNAUTHENTICATED or TOKEN_EXPIRED (the message never quotes the
  // token); UNAVAILABLE while keys are being fetched. Checks the form and size, `alg` against the
  // issuer's list and the key's type, `kid` as a look-up only (`jku`, `jwk`, `x5u`, `x5c` are
  // ignored, `crit` is refused), the signature, `iss`, `aud`, `exp` (required), `nbf`, `iat`, `sub`
  // (required).
  absl::StatusOr<VerifiedToken> Verify(absl::string_view token) const;

  // Changes whenever any issuer's keys do.
  uint64_t generation() const;

 private:
  TokenVerifier() = default;
  std::vector<Issuer> issuers_;
  const Clock* clock_ = nullptr;
  absl::Duration skew_;
};

}  // namespace stadtmesh::auth
