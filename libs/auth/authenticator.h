// From the tokens of a call to its Principal, with a cache of verified tokens.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "auth/principal.h"
#include "auth/token_verifier.h"
#include "config/reader.h"

namespace stadtmesh::auth {

// What a call brought along.
struct Credentials {
  absl::string_view token;         // from `authorization`, without "Bearer "; empty: nobody
  absl::string_view caller_token;  // the calling service's; may be empty
  absl::string_view tenant;        // as named in the metadata; may be empty
  absl::string_view on_behalf_of;  // may be empty
};

// Thread-safe.
class Authenticator {
 public:
  // `alias_secret`: at least 32 bytes, the same for all services of the installation. `demo`:
  // whoever calls may name the tenant.
  Authenticator(TokenVerifier verifier, config::Secret alias_secret, bool demo, const Clock* clock,
                size_t cache_tokens = 10000);
  ~Authenticator();

  // The principal, in the named tenant. UNAUTHENTICATED as TokenVerifier says, or when the tenant
  // is named by somebody who has shown no service token (unless demo); PERMISSION_DENIED when
  // `on_behalf_of` comes from anybody but a service. A verified token is kept until it expires or
  // keys change.
  absl::StatusOr<Principal> Authenticate(const Credentials& credentials) const;

  // The token alone, through the same cache: for the gateway, which decides the tenant itself.
  absl::StatusOr<Principal> AuthenticateToken(absl::string_view token,
                                              absl::string_view tenant) const;

  std::string Alias(absl::string_view tenant, absl::string_view subject) const;

 private:
  struct Cache;
  absl::StatusOr<std::shared_ptr<const Principal>> Verified(absl::string_view token,
                                                            absl::string_view tenant) const;

  TokenVerifier verifier_;
  config::Secret alias_secret_;
  bool demo_;
  const Clock* clock_;
  std::unique_ptr<Cache> cache_;
};

}  // namespace stadtmesh::auth
