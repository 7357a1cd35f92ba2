// What a method's authorisation option (stadtmesh.auth.v1.authorisation) allows, compiled once from
// its descriptor.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "auth/principal.h"

namespace stadtmesh::auth {

enum class Scope { kAny, kSelf, kObject };

// Immutable, thread-safe, pure.
class MethodPolicy {
 public:
  // FAILED_PRECONDITION naming the method when the option is missing, contradicts itself, or names
  // a field that is not there.
  static absl::StatusOr<MethodPolicy> Compile(const google::protobuf::MethodDescriptor* method);

  // How far `principal` reaches with this request: kAny, kOwn, or kNone for a method open to anyone
  // called without a fitting role. A SELF field that is empty or "me" is set to the caller's alias
  // in `request`. UNAUTHENTICATED without a token, PERMISSION_DENIED (the same text for every
  // cause) without a fitting role or with another person's alias.
  absl::StatusOr<Reach> Authorise(const Principal& principal,
                                  google::protobuf::Message& request) const;

  bool anyone() const { return anyone_; }
  struct Rule {
    std::vector<Role> roles;
    Scope scope = Scope::kAny;
    // path; empty: nobody is named
    std::vector<const google::protobuf::FieldDescriptor*> self_field;
    bool on_behalf_of = false;
    std::string resource;  // with kObject: "ride", or the method's name
  };
  const std::vector<Rule>& rules() const { return rules_; }
  const google::protobuf::MethodDescriptor* method() const { return method_; }

 private:
  MethodPolicy() = default;
  const google::protobuf::MethodDescriptor* method_ = nullptr;
  bool anyone_ = false;
  std::vector<Rule> rules_;
};

}  // namespace stadtmesh::auth
