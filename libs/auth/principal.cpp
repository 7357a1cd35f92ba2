#include "auth/principal.h"

#include <algorithm>
#include <cstdlib>

namespace stadtmesh::auth {
namespace {

constexpr Role kRoles[] = {Role::kGuest,    Role::kCitizen,      Role::kDriver, Role::kDispatcher,
                           Role::kMerchant, Role::kOrganisation, Role::kAgent,  Role::kCity,
                           Role::kOperator, Role::kService};

}  // namespace

absl::string_view RoleName(Role role) {
  switch (role) {
    case Role::kGuest:
      return "guest";
    case Role::kCitizen:
      return "citizen";
    case Role::kDriver:
      return "driver";
    case Role::kDispatcher:
      return "dispatcher";
    case Role::kMerchant:
      return "merchant";
    case Role::kOrganisation:
      return "organisation";
    case Role::kAgent:
      return "agent";
    case Role::kCity:
      return "city";
    case Role::kOperator:
      return "operator";
    case Role::kService:
      return "service";
  }
  std::abort();
}

std::optional<Role> ParseRole(absl::string_view name) {
  for (const Role role : kRoles) {
    if (RoleName(role) == name) return role;
  }
  return std::nullopt;
}

bool Principal::Has(Role role) const {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

Principal SystemPrincipal(absl::string_view tenant, absl::string_view service) {
  Principal principal;
  principal.tenant = std::string(tenant);
  principal.service = std::string(service);
  principal.roles = {Role::kService};
  principal.expires_at = absl::InfiniteFuture();
  principal.anonymous = false;
  principal.reach = Reach::kAny;
  return principal;
}

}  // namespace stadtmesh::auth
