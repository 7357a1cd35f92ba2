#include "auth/token_verifier.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "auth/crypto.h"
#include "auth/json.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/status.h"

namespace stadtmesh::auth {
namespace {

constexpr size_t kLongestSubject = 255;  // OpenID Connect Core 1.0, section 2
constexpr size_t kMostTenants = 200;

absl::Status Refused(absl::string_view why) {
  return CommonError(absl::StatusCode::kUnauthenticated, "UNAUTHENTICATED", why);
}

// The three parts of a compact JWS.
struct Parts {
  JsonObject header;
  JsonObject claims;
  absl::string_view signed_text;
  std::string signature;
};

absl::StatusOr<Parts> Split(absl::string_view token) {
  if (token.empty() || token.size() > kLongestToken) return Refused("token has no acceptable size");
  const std::vector<absl::string_view> texts = absl::StrSplit(token, '.');
  if (texts.size() != 3) return Refused("token is no compact JWS");
  const std::optional<std::string> header = Base64UrlDecode(texts[0]);
  const std::optional<std::string> payload = Base64UrlDecode(texts[1]);
  std::optional<std::string> signature = Base64UrlDecode(texts[2]);
  if (!header || !payload || !signature) return Refused("token is not base64url");
  std::optional<JsonObject> header_object = JsonObject::Parse(*header);
  std::optional<JsonObject> claims = JsonObject::Parse(*payload);
  if (!header_object || !claims) return Refused("token does not hold JSON objects");
  return Parts{*std::move(header_object), *std::move(claims),
               token.substr(0, texts[0].size() + 1 + texts[1].size()), *std::move(signature)};
}

bool NamesAudience(const JsonObject& claims, absl::string_view audience) {
  if (claims.Text("aud") == std::string(audience)) return true;
  const std::optional<simdjson::dom::element> element = claims.Find("aud");
  simdjson::dom::array array;
  if (!element || element->get_array().get(array) != simdjson::SUCCESS) return false;
  return std::any_of(array.begin(), array.end(), [&](simdjson::dom::element one) {
    std::string_view text;
    return one.get_string().get(text) == simdjson::SUCCESS &&
           absl::string_view(text.data(), text.size()) == audience;
  });
}

// A NumericDate; nothing for numbers that are no time of this era.
std::optional<absl::Time> TimeClaim(const JsonObject& claims, absl::string_view name) {
  const std::optional<double> seconds = claims.Number(name);
  if (!seconds || !(*seconds >= 0 && *seconds < 1e11)) return std::nullopt;
  return absl::UnixEpoch() + absl::Seconds(*seconds);
}

absl::StatusOr<absl::Time> CheckTimes(const JsonObject& claims, absl::Time now,
                                      absl::Duration skew) {
  const std::optional<absl::Time> expires = TimeClaim(claims, "exp");
  if (!expires) return Refused("token has no valid exp");
  if (now >= *expires + skew)
    return CommonError(absl::StatusCode::kUnauthenticated, "TOKEN_EXPIRED", "token has expired");
  for (const absl::string_view name : {"nbf", "iat"}) {
    if (!claims.Has(name)) continue;
    const std::optional<absl::Time> begins = TimeClaim(claims, name);
    if (!begins || *begins > now + skew) return Refused("token is not valid yet");
  }
  return *expires;
}

std::vector<Role> ReadRoles(simdjson::dom::element list, const std::vector<Role>& grantable) {
  std::vector<Role> roles;
  simdjson::dom::array array;
  if (list.get_array().get(array) != simdjson::SUCCESS) return roles;
  for (const simdjson::dom::element element : array) {
    std::string_view name;
    if (element.get_string().get(name) != simdjson::SUCCESS) continue;
    const std::optional<Role> role = ParseRole(absl::string_view(name.data(), name.size()));
    const bool granted =
        role && std::find(grantable.begin(), grantable.end(), *role) != grantable.end();
    if (granted && std::find(roles.begin(), roles.end(), *role) == roles.end())
      roles.push_back(*role);
  }
  return roles;
}

void ReadTenantRoles(const JsonObject& claims, const std::vector<Role>& grantable,
                     VerifiedToken& token) {
  const std::optional<simdjson::dom::element> claim = claims.Find("stadtmesh");
  simdjson::dom::object tenants;
  if (!claim || claim->get_object().get(tenants) != simdjson::SUCCESS) return;
  for (const auto field : tenants) {
    const absl::string_view tenant(field.key.data(), field.key.size());
    std::vector<Role> roles = ReadRoles(field.value, grantable);
    // Nobody but a service is the same everywhere.
    if (tenant == "*") std::erase_if(roles, [](Role role) { return role != Role::kService; });
    if (roles.empty() || (tenant != "*" && !IsId(tenant)) || token.roles.size() == kMostTenants)
      continue;
    token.roles.emplace_back(std::string(tenant), std::move(roles));
  }
}

void ReadKeycloakRoles(const JsonObject& claims, const Issuer& issuer, VerifiedToken& token) {
  const std::optional<simdjson::dom::element> claim = claims.Find("realm_access");
  simdjson::dom::object access;
  simdjson::dom::element list;
  if (!claim || claim->get_object().get(access) != simdjson::SUCCESS ||
      access.at_key("roles").get(list) != simdjson::SUCCESS)
    return;
  std::vector<Role> roles = ReadRoles(list, issuer.grantable);
  if (!roles.empty()) token.roles.emplace_back(issuer.role_claim.tenant, std::move(roles));
}

// Header and signature: who signs is settled before any claim but `iss` is believed.
absl::Status CheckSignature(const Parts& parts, const Issuer& issuer) {
  if (parts.header.Has("crit")) return Refused("token asks for extensions");
  const std::string algorithm = parts.header.Text("alg").value_or("");
  const bool allowed = std::any_of(issuer.algorithms.begin(), issuer.algorithms.end(),
                                   [&](Algorithm a) { return AlgorithmName(a) == algorithm; });
  if (!allowed) return Refused("token's algorithm is not allowed");
  const absl::StatusOr<PublicKey> key = issuer.keys->Find(parts.header.Text("kid").value_or(""));
  if (absl::IsUnavailable(key.status()))
    return CommonError(absl::StatusCode::kUnavailable, "UNAVAILABLE",
                       "the issuer's keys are being fetched");
  if (!key.ok()) return Refused("token's key is unknown");
  if (AlgorithmName(key->algorithm()) != algorithm ||
      !key->Verify(parts.signed_text, parts.signature)) {
    return Refused("token's signature is wrong");
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<Role> VerifiedToken::RolesIn(absl::string_view tenant) const {
  std::vector<Role> result;
  for (const auto& [where, granted] : roles) {
    if (where == tenant || where == "*")
      result.insert(result.end(), granted.begin(), granted.end());
  }
  return result;
}

absl::StatusOr<TokenVerifier> TokenVerifier::Create(std::vector<Issuer> issuers, const Clock* clock,
                                                    absl::Duration skew) {
  for (size_t i = 0; i < issuers.size(); ++i) {
    const Issuer& issuer = issuers[i];
    if (issuer.issuer.empty() || issuer.audience.empty() || !issuer.keys ||
        issuer.algorithms.empty()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "issuer \"", issuer.issuer, "\" needs a name, an audience, keys and algorithms"));
    }
    if (issuer.role_claim.style == RoleClaim::Style::kKeycloak && !IsId(issuer.role_claim.tenant)) {
      return absl::InvalidArgumentError(
          absl::StrCat("issuer \"", issuer.issuer, "\" needs the tenant of its roles"));
    }
    for (size_t j = 0; j < i; ++j) {
      const std::string& a = issuers[j].subject_prefix;
      const std::string& b = issuer.subject_prefix;
      const bool mixed = a == b || (!a.empty() && !b.empty() &&
                                    (absl::StartsWith(a, b) || absl::StartsWith(b, a)));
      if (issuers[j].issuer == issuer.issuer || mixed) {
        return absl::InvalidArgumentError(
            absl::StrCat("issuers \"", issuers[j].issuer, "\" and \"", issuer.issuer,
                         "\" need different names and subject prefixes"));
      }
    }
  }
  TokenVerifier verifier;
  verifier.issuers_ = std::move(issuers);
  verifier.clock_ = clock;
  verifier.skew_ = skew;
  return verifier;
}

absl::StatusOr<VerifiedToken> TokenVerifier::Verify(absl::string_view text) const {
  ASSIGN_OR_RETURN(const Parts parts, Split(text));
  const std::string name = parts.claims.Text("iss").value_or("");
  const auto issuer = std::find_if(issuers_.begin(), issuers_.end(),
                                   [&](const Issuer& i) { return i.issuer == name; });
  if (issuer == issuers_.end()) return Refused("token's issuer is unknown");
  RETURN_IF_ERROR(CheckSignature(parts, *issuer));
  if (!NamesAudience(parts.claims, issuer->audience))
    return Refused("token is for another audience");
  ASSIGN_OR_RETURN(const absl::Time expires, CheckTimes(parts.claims, clock_->Now(), skew_));
  const std::string subject = parts.claims.Text("sub").value_or("");
  // An issuer without a prefix must not speak in the name of one that has a prefix.
  const bool foreign = std::any_of(issuers_.begin(), issuers_.end(), [&](const Issuer& other) {
    return issuer->subject_prefix.empty() && !other.subject_prefix.empty() &&
           absl::StartsWith(subject, other.subject_prefix);
  });
  if (subject.empty() || subject.size() > kLongestSubject || foreign ||
      absl::StrContains(subject, '\0')) {
    return Refused("token has no acceptable subject");
  }
  VerifiedToken token{.issuer = name,
                      .subject = absl::StrCat(issuer->subject_prefix, subject),
                      .expires_at = expires};
  switch (issuer->role_claim.style) {
    case RoleClaim::Style::kStadtmesh:
      ReadTenantRoles(parts.claims, issuer->grantable, token);
      break;
    case RoleClaim::Style::kKeycloak:
      ReadKeycloakRoles(parts.claims, *issuer, token);
      break;
  }
  return token;
}

uint64_t TokenVerifier::generation() const {
  uint64_t sum = 0;
  for (const Issuer& issuer : issuers_) sum += issuer.keys->generation();
  return sum;
}

}  // namespace stadtmesh::auth
