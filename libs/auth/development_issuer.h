// Tokens for a demo town, with locks that keep it out of production.
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

struct DevelopmentIssuerOptions {
  bool demo = false;                    // --demo was given
  std::string data_directory;           // holds the key: development-issuer.pem, mode 0600
  std::vector<std::string> tenants;     // "demo" or "demo-..." each
  std::vector<std::string> host_names;  // under which the gateway is reached: localhost,
                                        // *.localhost, loopback addresses only
  // addresses ("host:port") that the process listens on: loopback only
  std::vector<std::string> listen;
  std::vector<std::string> other_issuers;  // configured OIDC issuers: must be none
};

// Thread-safe.
class DevelopmentIssuer {
 public:
  // FAILED_PRECONDITION naming the lock that holds. Makes the key at first use; a key file that
  // others may read is refused.
  static absl::StatusOr<std::unique_ptr<DevelopmentIssuer>> Create(
      const DevelopmentIssuerOptions& options, const Clock* clock);

  // A token with one role in one of the demo tenants. `subject` defaults to "demo-<role>".
  absl::StatusOr<std::string> Mint(Role role, absl::string_view tenant,
                                   absl::Duration lifetime = absl::Hours(24),
                                   absl::string_view subject = "") const;
  // For the verifiers of this and (through the file development-issuer.jwks.json beside the key)
  // other processes of the demo.
  Issuer issuer() const;
  std::string Jwks() const;

 private:
  DevelopmentIssuer(TokenMint mint, std::vector<std::string> tenants, const Clock* clock);
  TokenMint mint_;
  std::vector<std::string> tenants_;
  const Clock* clock_;
};

// The same issuer as other processes of the demo see it, from the text of
// development-issuer.jwks.json; they must not read it without --demo.
absl::StatusOr<Issuer> DevelopmentIssuerFor(absl::string_view jwks);

}  // namespace stadtmesh::auth
