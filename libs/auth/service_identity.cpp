#include "auth/service_identity.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "auth/crypto.h"

namespace stadtmesh::auth {
namespace {

constexpr absl::Duration kLifetime = absl::Minutes(5);
constexpr absl::Duration kSmallestRest = absl::Minutes(2);
constexpr char kMeshPrefix[] = "mesh:";

}  // namespace

ServiceIdentity::ServiceIdentity(TokenMint mint, absl::string_view service, const Clock* clock)
    : mint_(std::move(mint)), service_(service), clock_(clock) {}

std::string ServiceIdentity::Token() const {
  const absl::Time now = clock_->Now();
  absl::MutexLock lock(&mutex_);
  if (now >= mint_anew_) {
    token_ = mint_.Sign({.issuer = kMeshIssuer,
                         .audience = kMeshAudience,
                         .subject = absl::StrCat("service/", service_),
                         .roles = {{"*", {Role::kService}}},
                         .issued_at = now,
                         .lifetime = kLifetime});
    mint_anew_ = now + kLifetime - kSmallestRest;
  }
  return token_;
}

std::string ServiceIdentity::MintGuest(const std::vector<std::string>& tenants,
                                       absl::Duration lifetime) const {
  std::vector<std::pair<std::string, std::vector<Role>>> roles;
  for (const std::string& tenant : tenants) roles.push_back({tenant, {Role::kGuest}});
  return mint_.Sign({.issuer = kMeshIssuer,
                     .audience = kMeshAudience,
                     .subject = absl::StrCat("guest/", absl::BytesToHexString(RandomString(16))),
                     .roles = std::move(roles),
                     .issued_at = clock_->Now(),
                     .lifetime = lifetime});
}

Issuer MeshIssuer(std::shared_ptr<KeySource> keys, std::vector<Role> grantable) {
  return {.issuer = kMeshIssuer,
          .audience = kMeshAudience,
          .algorithms = {Algorithm::kEs256, Algorithm::kEdDsa},
          .keys = std::move(keys),
          .grantable = std::move(grantable),
          .role_claim = {},
          .subject_prefix = kMeshPrefix};
}

}  // namespace stadtmesh::auth
