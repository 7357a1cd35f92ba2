// Tokens for a demo town. Who believes them is locked to demos by its settings, as they are read
// (wiring/settings.h): no other issuer, demo tenants only, reachable from this machine alone.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "auth/token_mint.h"
#include "auth/token_verifier.h"
#include "base/time.h"

namespace stadtmesh::auth {

inline constexpr char kDevelopmentIssuer[] = "stadtmesh-development";

// Whether a demo may serve this tenant: "demo" or "demo-...".
bool IsDemoTenant(absl::string_view tenant);

struct DevelopmentIssuerOptions {
  std::string data_directory;        // holds the key: development-issuer.pem, mode 0600
  std::vector<std::string> tenants;  // of a demo, each
};

// Thread-safe.
class DevelopmentIssuer {
 public:
  // FAILED_PRECONDITION: a tenant is no demo's, or others may read the key file. Makes the key at
  // first use.
  static absl::StatusOr<std::unique_ptr<DevelopmentIssuer>> Create(
      const DevelopmentIssuerOptions& options, const Clock* clock);

  // A token with one role in one of the demo tenants. `subject` defaults to "demo-<role>".
  absl::StatusOr<std::string> Mint(Role role, absl::string_view tenant,
                                   absl::Duration lifetime = absl::Hours(24),
                                   absl::string_view subject = "") const;
  // The public key, as verifiers find it in the file development-issuer.jwks.json beside the key.
  std::string Jwks() const;

 private:
  DevelopmentIssuer(TokenMint mint, std::vector<std::string> tenants, const Clock* clock);
  TokenMint mint_;
  std::vector<std::string> tenants_;
  const Clock* clock_;
};

// The issuer as a verifier sees it, from the text of development-issuer.jwks.json.
// INVALID_ARGUMENT when that holds no key.
absl::StatusOr<Issuer> DevelopmentIssuerFor(absl::string_view jwks);

}  // namespace stadtmesh::auth
