#include "wiring/auth_settings.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "auth/development_issuer.h"
#include "config/address.h"

namespace stadtmesh::wiring {
namespace {

constexpr char kNoneInADemo[] =
    "empty with --demo: a demo's process believes the development issuer alone";

// An https address, or with --demo none.
std::string ReadUrl(config::Reader& reader, const std::string& name, const std::string& description,
                    bool demo) {
  const std::string url =
      reader.GetText({.name = name,
                      .description = description,
                      .default_value = demo ? std::optional<std::string>("") : std::nullopt});
  if (demo && !url.empty()) {
    reader.Refuse(name, url, kNoneInADemo);
  } else if (!url.empty() && !config::IsHttpsUrl(url)) {
    reader.Refuse(name, url, config::kHttpsUrl);
  }
  return url;
}

IssuerSettings ReadIssuer(config::Reader& reader, bool demo,
                          const std::vector<std::string>& tenants) {
  IssuerSettings issuer;
  issuer.issuer = ReadUrl(reader, "auth.issuer",
                          "`iss` of persons' tokens: the OpenID Connect issuer (https)", demo);
  issuer.audience = reader.GetText({.name = "auth.audience",
                                    .description = "`aud` of persons' tokens",
                                    .default_value = "stadtmesh",
                                    .not_empty = true});
  issuer.jwks_url =
      ReadUrl(reader, "auth.jwks_url", "where the issuer publishes its keys (https)", demo);
  issuer.keycloak_tenant = reader.GetText(
      {.name = "auth.keycloak_tenant",
       .description =
           "the tenant in which Keycloak's realm roles hold; empty: roles stand per tenant in the "
           "claim `stadtmesh`",
       .default_value = ""});
  if (!issuer.keycloak_tenant.empty() &&
      std::find(tenants.begin(), tenants.end(), issuer.keycloak_tenant) == tenants.end()) {
    reader.Refuse("auth.keycloak_tenant", issuer.keycloak_tenant,
                  absl::StrCat("one of the tenants: ", absl::StrJoin(tenants, ", ")));
  }
  return issuer;
}

std::optional<auth::Issuer> ReadDevelopmentIssuer(config::Reader& reader, bool demo) {
  constexpr char kName[] = "auth.development_jwks";
  const std::string file =
      reader.GetFile({.name = kName,
                      .description = "with --demo only: key file of the development issuer",
                      .required = false});
  if (file.empty()) return std::nullopt;
  if (!demo) {
    reader.Refuse(kName, file, "absent without --demo");
    return std::nullopt;
  }
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  absl::StatusOr<auth::Issuer> issuer = auth::DevelopmentIssuerFor(text.str());
  if (issuer.ok()) return *std::move(issuer);
  reader.Refuse(kName, file,
                absl::StrCat("a file of public keys (", issuer.status().message(), ")"));
  return std::nullopt;
}

std::optional<auth::TokenMint> ReadMeshKey(config::Reader& reader) {
  const config::Secret pem = reader.GetSecret(
      {.name = "auth.mesh_key",
       .description =
           "private key (PEM, Ed25519 or EC P-256) that signs service and guest tokens"});
  if (pem.empty()) return std::nullopt;  // noted already
  absl::StatusOr<auth::TokenMint> mint = auth::TokenMint::FromPem(pem);
  if (mint.ok()) return *std::move(mint);
  reader.Refuse("auth.mesh_key", mint.status().message());
  return std::nullopt;
}

}  // namespace

AuthSettings ReadAuth(config::Reader& reader, bool demo, const std::vector<std::string>& tenants) {
  AuthSettings auth;
  auth.issuer = ReadIssuer(reader, demo, tenants);
  auth.development = ReadDevelopmentIssuer(reader, demo);
  auth.alias_secret = reader.GetSecret(
      {.name = "auth.alias_secret",
       .description = "secret behind the subject aliases, one for the installation; changing it "
                      "disowns everybody",
       .minimum_length = 32});
  auth.mesh_mint = ReadMeshKey(reader);
  return auth;
}

}  // namespace stadtmesh::wiring
