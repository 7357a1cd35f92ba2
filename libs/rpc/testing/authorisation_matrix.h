// The matrix of every method x every role x own and stranger's object, generated from the
// contracts. Each service runs it against itself in a component test:
//
//   EXPECT_THAT(rpc::testing::CheckAuthorisationMatrix(
//                   rpc::Contract("stadtmesh.buergerbus.v1.BuergerbusService"), options),
//               IsEmpty());
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "rpc/channel.h"
#include "rpc/testing/test_identity.h"

namespace stadtmesh::rpc::testing {

// Fills `request`, an empty request of `method`, so that it is valid and names an object that
// belongs to the person `owner` (a subject alias) and to nobody else; makes the object if need be.
// Called anew for each check, because a method may change it.
using ObjectFixture =
    std::function<absl::Status(const google::protobuf::MethodDescriptor& method,
                               absl::string_view owner, google::protobuf::Message& request)>;

struct MatrixOptions {
  Channel channel;  // to a server with tenants `tenant` and `other_tenant`, not in demo mode
  const TestIdentity* identity = nullptr;  // whose authenticator the server uses
  std::string tenant = "musterstadt";
  std::string other_tenant = "anderswo";
  // By resource ("ride" for `ride_id`; see authorisation.proto): every resource of a method with
  // scope OBJECT needs one.
  std::map<std::string, ObjectFixture> fixtures;
};

// One line per broken rule; empty when all hold:
//   - nobody calls a method without a token, unless it is open to anyone; nobody names a tenant
//     without a service token
//   - a role the option does not name is refused, also when it is held in another tenant
//   - SELF: another person's alias is refused, one's own is not
//   - OBJECT: a stranger's object is NOT_FOUND, word for word as one that does not exist; its
//     owner's is not
//   - ANY: is not refused
// A resource without fixture, and a fixture without resource, are broken rules too.
std::vector<std::string> CheckAuthorisationMatrix(
    const google::protobuf::ServiceDescriptor* service, const MatrixOptions& options);

}  // namespace stadtmesh::rpc::testing
