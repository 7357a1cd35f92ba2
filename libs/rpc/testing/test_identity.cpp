#include "rpc/testing/test_identity.h"

#include "auth/key_source.h"

namespace stadtmesh::rpc::testing {
namespace {

constexpr char kIssuer[] = "https://login.test";
using auth::Role;

std::shared_ptr<auth::KeySource> KeysOf(const auth::TokenMint& mint) {
  return auth::FixedKeys(*auth::KeySet::Parse(mint.Jwks()));
}

}  // namespace

TestIdentity::TestIdentity(bool demo, const Clock* clock)
    : clock_(clock != nullptr ? *clock : system_clock_),
      people_(auth::TokenMint::Generate()),
      mesh_(auth::TokenMint::Generate()) {
  const auth::Issuer people{
      .issuer = kIssuer,
      .audience = "stadtmesh",
      .keys = KeysOf(people_),
      .grantable = {Role::kGuest, Role::kCitizen, Role::kDriver, Role::kDispatcher, Role::kMerchant,
                    Role::kOrganisation, Role::kAgent, Role::kCity, Role::kOperator}};
  absl::StatusOr<auth::TokenVerifier> verifier =
      auth::TokenVerifier::Create({people, auth::MeshIssuer(KeysOf(mesh_))}, &clock_);
  authenticator_ = std::make_unique<auth::Authenticator>(
      *std::move(verifier), config::Secret(std::string(32, 's')), demo, &clock_);
  gateway_ = std::make_unique<auth::ServiceIdentity>(mesh_, "gateway", &clock_);
}

std::string TestIdentity::Token(Role role, absl::string_view tenant,
                                absl::string_view subject) const {
  return people_.Sign({.issuer = kIssuer,
                       .audience = "stadtmesh",
                       .subject = std::string(subject),
                       .roles = {{std::string(tenant), {role}}},
                       .issued_at = clock_.Now(),
                       .lifetime = absl::Hours(1)});
}

std::string TestIdentity::Alias(absl::string_view tenant, absl::string_view subject) const {
  return authenticator_->Alias(tenant, subject);
}

}  // namespace stadtmesh::rpc::testing
