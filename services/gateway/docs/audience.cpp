#include "gateway/docs/audience.h"

#include <set>

#include "stadtmesh/auth/v1/authorisation.pb.h"

namespace stadtmesh::gateway {
namespace {

std::string NameOf(auth::v1::Role role) {
  switch (role) {
    case auth::v1::GUEST:
      return "guests";
    case auth::v1::CITIZEN:
      return "citizens";
    case auth::v1::DRIVER:
      return "drivers";
    case auth::v1::DISPATCHER:
      return "dispatchers";
    case auth::v1::MERCHANT:
      return "merchants";
    case auth::v1::ORGANISATION:
      return "organisations";
    case auth::v1::AGENT:
      return "agents";
    case auth::v1::CITY:
      return "the city";
    case auth::v1::OPERATOR:
      return "operators";
    case auth::v1::SERVICE:
      return "services";
    default:
      return "others";  // of a newer release
  }
}

}  // namespace

std::vector<Audience> AudiencesOf(const google::protobuf::MethodDescriptor& method) {
  const auth::v1::Authorisation& who = method.options().GetExtension(auth::v1::authorisation);
  if (who.anyone()) return {{0, "everyone"}};
  std::set<int> roles;
  for (const auth::v1::Allow& allow : who.allow())
    roles.insert(allow.roles().begin(), allow.roles().end());
  if (roles.count(auth::v1::CITIZEN) > 0) roles.erase(auth::v1::GUEST);
  std::vector<Audience> audiences;
  for (const int role : roles)
    audiences.push_back({role, NameOf(static_cast<auth::v1::Role>(role))});
  return audiences;
}

}  // namespace stadtmesh::gateway
