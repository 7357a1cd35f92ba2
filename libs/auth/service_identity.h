// How a service proves who it is when it calls another one: a token of five minutes, signed with
// the mesh's key and minted anew in time.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "auth/token_mint.h"
#include "auth/token_verifier.h"
#include "base/time.h"

namespace stadtmesh::auth {

inline constexpr char kMeshIssuer[] = "stadtmesh";  // `iss` of service and guest tokens
inline constexpr char kServiceSubject[] =
    "mesh:service/";  // before a service's name in its subject, as verified
inline constexpr char kMeshAudience[] = "stadtmesh";  // `aud` of every token minted here

// Thread-safe.
class ServiceIdentity {
 public:
  // `service`: "gateway", "buergerbus". `clock` is not owned.
  ServiceIdentity(TokenMint mint, absl::string_view service, const Clock* clock);

  std::string Token() const;  // valid for at least two more minutes
  const std::string& service() const { return service_; }

  // A guest's token: a random subject, role guest in these tenants only.
  std::string MintGuest(const std::vector<std::string>& tenants, absl::Duration lifetime) const;

 private:
  TokenMint mint_;
  std::string service_;
  const Clock* clock_;
  mutable absl::Mutex mutex_;
  mutable std::string token_ ABSL_GUARDED_BY(mutex_);
  mutable absl::Time mint_anew_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

// What verifies those tokens: `grantable` is {kService, kGuest} for services, {kGuest} for the
// gateway's HTTP side, where a service token has no business.
Issuer MeshIssuer(std::shared_ptr<KeySource> keys,
                  std::vector<Role> grantable = {Role::kService, Role::kGuest});

}  // namespace stadtmesh::auth
