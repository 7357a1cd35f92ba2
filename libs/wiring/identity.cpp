#include "wiring/identity.h"

#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "auth/development_issuer.h"
#include "auth/key_set.h"
#include "base/status.h"
#include "wiring/http_fetch.h"

namespace stadtmesh::wiring {
namespace {

// What persons may be by their issuer's word. Guests and services come from the mesh's own key.
std::vector<auth::Role> PersonRoles() {
  using enum auth::Role;
  return {kCitizen, kDriver, kDispatcher, kMerchant, kOrganisation, kAgent, kCity, kOperator};
}

auth::Issuer PersonsIssuer(const IssuerSettings& settings, const Clock* clock) {
  auth::Issuer issuer{.issuer = settings.issuer, .audience = settings.audience};
  issuer.keys = auth::FetchedKeys(
      {.fetch = [url = settings.jwks_url] { return FetchHttps(url); }, .clock = clock});
  issuer.grantable = PersonRoles();
  if (!settings.keycloak_tenant.empty()) {
    issuer.role_claim = {.style = auth::RoleClaim::Style::kKeycloak,
                         .tenant = settings.keycloak_tenant};
  }
  return issuer;
}

absl::StatusOr<auth::Issuer> DevelopmentIssuerFromFile(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  if (!file)
    return absl::InvalidArgumentError(absl::StrCat("auth.development_jwks: cannot read ", path));
  return auth::DevelopmentIssuerFor(text.str());
}

}  // namespace

absl::StatusOr<Identity> MakeIdentity(const Settings& settings, absl::string_view service,
                                      std::vector<auth::Role> mesh_roles,
                                      const auth::Issuer* development, const Clock* clock) {
  absl::StatusOr<auth::TokenMint> mint = auth::TokenMint::FromPem(settings.auth.mesh_key);
  if (!mint.ok())
    return absl::InvalidArgumentError(absl::StrCat("auth.mesh_key: ", mint.status().message()));
  ASSIGN_OR_RETURN(auth::KeySet mesh_keys, auth::KeySet::Parse(mint->Jwks()));

  std::vector<auth::Issuer> issuers = {
      auth::MeshIssuer(auth::FixedKeys(std::move(mesh_keys)), std::move(mesh_roles))};
  if (development != nullptr) {
    issuers.push_back(*development);
  } else if (!settings.auth.development_jwks.empty()) {
    ASSIGN_OR_RETURN(auth::Issuer issuer,
                     DevelopmentIssuerFromFile(settings.auth.development_jwks));
    issuers.push_back(std::move(issuer));
  }
  if (!settings.auth.issuer.issuer.empty())
    issuers.push_back(PersonsIssuer(settings.auth.issuer, clock));
  ASSIGN_OR_RETURN(auth::TokenVerifier verifier,
                   auth::TokenVerifier::Create(std::move(issuers), clock));

  Identity identity;
  identity.authenticator = std::make_unique<auth::Authenticator>(
      std::move(verifier), settings.auth.alias_secret, settings.demo, clock);
  identity.service = std::make_unique<auth::ServiceIdentity>(*std::move(mint), service, clock);
  return identity;
}

}  // namespace stadtmesh::wiring
