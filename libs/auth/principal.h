// Who calls. Values only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace stadtmesh::auth {

// Mirrors stadtmesh.auth.v1.Role; one exhaustive conversion in libs/auth/authorisation.cpp.
enum class Role {
  kGuest,
  kCitizen,
  kDriver,
  kDispatcher,
  kMerchant,
  kOrganisation,
  kAgent,
  kCity,
  kOperator,
  kService
};

absl::string_view RoleName(Role role);  // "citizen", as in tokens
std::optional<Role> ParseRole(absl::string_view name);

// How far the called method's authorisation option lets this caller reach; set by the chassis,
// kNone outside of a call.
enum class Reach {
  kNone,
  kOwn,  // SELF or OBJECT: only what belongs to the caller
  kAny,  // ANY: everything of the tenant
};

// A verified caller, in the tenant of the request. The token's subject itself stays inside
// libs/auth and is stored nowhere but with the person's own data; events, keys and logs carry the
// alias.
struct Principal {
  std::string tenant;   // the tenant whose data the request concerns (from the host name or the
                        // calling service, never the token)
  std::string subject;  // the token's `sub`; personal
  // SubjectAlias(secret, tenant, subject): stable per tenant, meaningless outside
  std::string alias;
  std::vector<Role> roles;  // in this tenant
  absl::Time expires_at;
  bool anonymous = true;  // no token at all
  Reach reach = Reach::kNone;
  std::string service;     // name of the service that made the call, when it showed its token;
                           // "gateway" for people's calls
  bool on_behalf = false;  // a service acts for the person `alias` (then `subject` is empty)
  bool Has(Role role) const;
};

// Who the service itself is when no call asks: Later tasks, consumers, jobs. Reaches everything of
// the tenant.
Principal SystemPrincipal(absl::string_view tenant, absl::string_view service);

// 26 Crockford base32 characters of HMAC-SHA-256(secret, tenant NUL subject). Deterministic; cannot
// be inverted without the secret.
std::string SubjectAlias(absl::string_view secret, absl::string_view tenant,
                         absl::string_view subject);

}  // namespace stadtmesh::auth
