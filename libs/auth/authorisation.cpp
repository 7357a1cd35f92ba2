#include "auth/authorisation.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/error.h"
#include "base/status.h"
#include "stadtmesh/auth/v1/authorisation.pb.h"

namespace stadtmesh::auth {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using Path = std::vector<const FieldDescriptor*>;

constexpr absl::string_view kMe = "me";

absl::Status Denied() {
  return CommonError(absl::StatusCode::kPermissionDenied, "PERMISSION_DENIED", "not allowed");
}

std::optional<Role> FromProto(v1::Role role) {
  switch (role) {
    case v1::GUEST:
      return Role::kGuest;
    case v1::CITIZEN:
      return Role::kCitizen;
    case v1::DRIVER:
      return Role::kDriver;
    case v1::DISPATCHER:
      return Role::kDispatcher;
    case v1::MERCHANT:
      return Role::kMerchant;
    case v1::ORGANISATION:
      return Role::kOrganisation;
    case v1::AGENT:
      return Role::kAgent;
    case v1::CITY:
      return Role::kCity;
    case v1::OPERATOR:
      return Role::kOperator;
    case v1::SERVICE:
      return Role::kService;
    case v1::ROLE_UNSPECIFIED:
    case v1::Role_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::Role_INT_MAX_SENTINEL_DO_NOT_USE_:
      return std::nullopt;
  }
  return std::nullopt;  // a value of a newer contract
}

std::optional<Scope> FromProto(v1::Scope scope) {
  switch (scope) {
    case v1::ANY:
      return Scope::kAny;
    case v1::SELF:
      return Scope::kSelf;
    case v1::OBJECT:
      return Scope::kObject;
    case v1::SCOPE_UNSPECIFIED:
    case v1::Scope_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::Scope_INT_MAX_SENTINEL_DO_NOT_USE_:
      return std::nullopt;
  }
  return std::nullopt;
}

absl::Status Broken(const MethodDescriptor* method, absl::string_view why) {
  return absl::FailedPreconditionError(
      absl::StrCat(method->full_name(), ": authorisation option ", why));
}

// The fields along "ride.passenger_alias"; empty unless it ends at a single string.
Path Resolve(const Descriptor* message, absl::string_view text) {
  Path path;
  for (const absl::string_view name : absl::StrSplit(text, '.')) {
    const FieldDescriptor* field =
        message == nullptr ? nullptr : message->FindFieldByName(std::string(name));
    if (field == nullptr || field->is_repeated()) return {};
    path.push_back(field);
    message = field->message_type();
  }
  return path.back()->type() == FieldDescriptor::TYPE_STRING ? path : Path{};
}

absl::StatusOr<std::string> ResourceOf(const MethodDescriptor* method,
                                       const std::string& object_field) {
  std::string name;
  if (!object_field.empty()) {
    const Path path = Resolve(method->input_type(), object_field);
    if (path.empty())
      return Broken(method, absl::StrCat("names object_field ", object_field,
                                         ", which is no string of the request"));
    name = path.back()->name();
  }
  for (int i = 0; name.empty() && i < method->input_type()->field_count(); ++i) {
    const FieldDescriptor* field = method->input_type()->field(i);
    if (field->type() == FieldDescriptor::TYPE_STRING && !field->is_repeated() &&
        absl::EndsWith(field->name(), "_id"))
      name = field->name();
  }
  return name.empty() ? method->name() : std::string(absl::StripSuffix(name, "_id"));
}

absl::StatusOr<MethodPolicy::Rule> ReadRule(const MethodDescriptor* method,
                                            const v1::Allow& allow) {
  MethodPolicy::Rule rule;
  const std::optional<Scope> scope = FromProto(allow.scope());
  if (!scope || allow.roles().empty())
    return Broken(method, "needs roles and a scope in each `allow`");
  rule.scope = *scope;
  rule.on_behalf_of = allow.on_behalf_of();
  for (const int number : allow.roles()) {
    const std::optional<Role> role = FromProto(static_cast<v1::Role>(number));
    if (!role) return Broken(method, "names an unknown role");
    rule.roles.push_back(*role);
  }
  if (rule.on_behalf_of &&
      std::find(rule.roles.begin(), rule.roles.end(), Role::kService) == rule.roles.end()) {
    return Broken(method, "has on_behalf_of without the role SERVICE");
  }
  if (!allow.self_field().empty()) {
    rule.self_field = Resolve(method->input_type(), allow.self_field());
    if (rule.self_field.empty() || rule.scope != Scope::kSelf) {
      return Broken(method, absl::StrCat("names self_field ", allow.self_field(),
                                         ", which needs SELF and a string of the request"));
    }
  }
  if (rule.scope == Scope::kObject) {
    ASSIGN_OR_RETURN(rule.resource, ResourceOf(method, allow.object_field()));
  } else if (!allow.object_field().empty()) {
    return Broken(method, "names object_field without OBJECT");
  }
  return rule;
}

std::string Read(const Message& request, const Path& path) {
  const Message* message = &request;
  for (size_t i = 0; i + 1 < path.size(); ++i)
    message = &message->GetReflection()->GetMessage(*message, path[i]);
  return message->GetReflection()->GetString(*message, path.back());
}

void Write(Message& request, const Path& path, const std::string& value) {
  Message* message = &request;
  for (size_t i = 0; i + 1 < path.size(); ++i)
    message = message->GetReflection()->MutableMessage(message, path[i]);
  message->GetReflection()->SetString(message, path.back(), value);
}

bool RoleFits(const MethodPolicy::Rule& rule, const Principal& principal) {
  if (principal.on_behalf && !rule.on_behalf_of) return false;
  return std::any_of(rule.roles.begin(), rule.roles.end(), [&](Role role) {
    // Who acts for somebody does so as a service, whatever else it may be.
    return principal.Has(role) && (!principal.on_behalf || role == Role::kService);
  });
}

}  // namespace

absl::StatusOr<MethodPolicy> MethodPolicy::Compile(const MethodDescriptor* method) {
  if (!method->options().HasExtension(v1::authorisation)) return Broken(method, "is missing");
  const v1::Authorisation& option = method->options().GetExtension(v1::authorisation);
  if (option.anyone() == !option.allow().empty())
    return Broken(method, "needs either `anyone` or `allow`");
  MethodPolicy policy;
  policy.method_ = method;
  policy.anyone_ = option.anyone();
  for (const v1::Allow& allow : option.allow()) {
    ASSIGN_OR_RETURN(Rule rule, ReadRule(method, allow));
    policy.rules_.push_back(std::move(rule));
  }
  return policy;
}

absl::StatusOr<Reach> MethodPolicy::Authorise(const Principal& principal, Message& request) const {
  if (anyone_) return Reach::kNone;
  if (principal.anonymous)
    return CommonError(absl::StatusCode::kUnauthenticated, "UNAUTHENTICATED",
                       "a token is required");
  Reach reach = Reach::kNone;
  const Rule* own = nullptr;  // the SELF rule that lets the caller in
  for (const Rule& rule : rules_) {
    if (!RoleFits(rule, principal)) continue;
    if (rule.scope == Scope::kAny) {
      reach = Reach::kAny;
      continue;
    }
    if (!rule.self_field.empty()) {
      const std::string named = Read(request, rule.self_field);
      if (!named.empty() && named != kMe && named != principal.alias) continue;
      own = &rule;
    }
    if (reach == Reach::kNone) reach = Reach::kOwn;
  }
  if (reach == Reach::kNone) return Denied();
  // Whoever reaches everything and names nobody means everybody; "me" always means the caller.
  if (own != nullptr && (reach == Reach::kOwn || Read(request, own->self_field) == kMe)) {
    Write(request, own->self_field, principal.alias);
  }
  return reach;
}

}  // namespace stadtmesh::auth
