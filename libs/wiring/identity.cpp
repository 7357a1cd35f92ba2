#include "wiring/identity.h"

#include <utility>

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

// Without keys nobody can log in, while the process runs and is ready: the log says why.
absl::StatusOr<std::string> FetchKeys(const std::string& url, obs::Logger* logger) {
  absl::StatusOr<std::string> json = FetchHttps(url);
  const absl::Status status = json.ok() ? auth::KeySet::Parse(*json).status() : json.status();
  if (!status.ok())
    logger->Warning("issuer_keys_not_read", {{"url", url}, {"error", status.message()}});
  return json;
}

auth::Issuer PersonsIssuer(const IssuerSettings& settings, obs::Logger* logger,
                           const Clock* clock) {
  auth::Issuer issuer{.issuer = settings.issuer, .audience = settings.audience};
  issuer.keys = auth::FetchedKeys(
      {.fetch = [url = settings.jwks_url, logger] { return FetchKeys(url, logger); },
       .clock = clock});
  issuer.grantable = PersonRoles();
  if (!settings.keycloak_tenant.empty()) {
    issuer.role_claim = {.style = auth::RoleClaim::Style::kKeycloak,
                         .tenant = settings.keycloak_tenant};
  }
  return issuer;
}

}  // namespace

absl::StatusOr<Identity> MakeIdentity(const Settings& settings, absl::string_view service,
                                      std::vector<auth::Role> mesh_roles, obs::Logger* logger,
                                      const Clock* clock) {
  const auth::TokenMint& mint = *settings.auth.mesh_mint;
  ASSIGN_OR_RETURN(auth::KeySet mesh_keys, auth::KeySet::Parse(mint.Jwks()));
  std::vector<auth::Issuer> issuers = {
      auth::MeshIssuer(auth::FixedKeys(std::move(mesh_keys)), std::move(mesh_roles))};
  if (settings.auth.development) issuers.push_back(*settings.auth.development);
  if (!settings.auth.issuer.issuer.empty())
    issuers.push_back(PersonsIssuer(settings.auth.issuer, logger, clock));
  ASSIGN_OR_RETURN(auth::TokenVerifier verifier,
                   auth::TokenVerifier::Create(std::move(issuers), clock));

  Identity identity;
  identity.authenticator = std::make_unique<auth::Authenticator>(
      std::move(verifier), settings.auth.alias_secret, settings.demo, clock);
  identity.service = std::make_unique<auth::ServiceIdentity>(mint, service, clock);
  return identity;
}

}  // namespace stadtmesh::wiring
