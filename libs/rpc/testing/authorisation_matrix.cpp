#include "rpc/testing/authorisation_matrix.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "auth/authorisation.h"
#include "base/ids.h"
#include "rpc/generic_client.h"
#include "rpc/metadata.h"

namespace stadtmesh::rpc::testing {
namespace {

using auth::MethodPolicy;
using auth::Role;
using auth::Scope;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

constexpr Role kPeople[] = {Role::kGuest,      Role::kCitizen,  Role::kDriver,
                            Role::kDispatcher, Role::kMerchant, Role::kOrganisation,
                            Role::kAgent,      Role::kCity,     Role::kOperator};

bool IsRefusal(const absl::Status& status) {
  return absl::IsUnauthenticated(status) || absl::IsPermissionDenied(status);
}

class Matrix {
 public:
  Matrix(const MatrixOptions& options, const MethodDescriptor* method, MethodPolicy policy,
         std::set<std::string>& used)
      : options_(options), method_(method), policy_(std::move(policy)), used_(used) {}

  std::vector<std::string> Check() {
    CheckNobody();
    for (const Role role : kPeople) CheckRole(role);
    CheckService();
    return std::move(broken_);
  }

 private:
  std::unique_ptr<Message> EmptyRequest() const {
    return std::unique_ptr<Message>(google::protobuf::MessageFactory::generated_factory()
                                        ->GetPrototype(method_->input_type())
                                        ->New());
  }

  absl::Status Send(const Message& request, absl::string_view token, absl::string_view caller) {
    Metadata metadata;
    (void)metadata.Add(kTenant, options_.tenant);
    (void)metadata.Add(kIdempotencyKey, ids_.NewId("matrix"));
    if (!token.empty()) (void)metadata.Add(kAuthorization, absl::StrCat("Bearer ", token));
    if (!caller.empty()) (void)metadata.Add(kCaller, caller);
    const std::string path =
        absl::StrCat("/", method_->service()->full_name(), "/", method_->name());
    const GenericClient client(options_.channel);
    const absl::Time deadline = absl::Now() + absl::Seconds(20);
    absl::Notification finished;
    absl::Status result;
    if (!method_->server_streaming()) {
      client.Call(path, request.SerializeAsString(), metadata, deadline,
                  [&](absl::StatusOr<std::string> reply) {
                    result = reply.status();
                    finished.Notify();
                  });
      finished.WaitForNotification();
      return result;
    }
    // The first message proves admission; the stream may have no end.
    bool admitted = false;
    std::shared_ptr<StreamHandle> stream;
    absl::Notification first;
    stream = client.Stream(
        path, request.SerializeAsString(), metadata, deadline,
        [&](std::string) {
          admitted = true;
          first.Notify();
        },
        [&](absl::Status status) {
          result = status;
          if (!first.HasBeenNotified()) first.Notify();
          finished.Notify();
        });
    first.WaitForNotification();
    if (admitted) stream->Cancel();
    finished.WaitForNotification();
    return admitted ? absl::OkStatus() : result;
  }

  absl::Status AsPerson(Role role, absl::string_view tenant, absl::string_view subject,
                        const Message& request) {
    return Send(request, options_.identity->Token(role, tenant, subject),
                options_.identity->gateway().Token());
  }

  void Expect(bool holds, absl::string_view who, absl::string_view rule, const absl::Status& got) {
    if (!holds)
      broken_.push_back(
          absl::StrCat(method_->full_name(), ", ", who, ": ", rule, ", but got ", got.ToString()));
  }

  void CheckNobody() {
    const std::unique_ptr<Message> request = EmptyRequest();
    const absl::Status anonymous = Send(*request, "", options_.identity->gateway().Token());
    if (policy_.anyone()) {
      Expect(!IsRefusal(anonymous), "without token", "open to anyone", anonymous);
    } else {
      Expect(absl::IsUnauthenticated(anonymous), "without token", "should be UNAUTHENTICATED",
             anonymous);
    }
    const absl::Status direct =
        Send(*request, options_.identity->Token(Role::kCitizen, options_.tenant, "direct"), "");
    Expect(absl::IsUnauthenticated(direct), "without a service token", "should be UNAUTHENTICATED",
           direct);
  }

  void CheckRole(Role role) {
    if (policy_.anyone()) return;
    const std::string who(auth::RoleName(role));
    const MethodPolicy::Rule* any = nullptr;
    const MethodPolicy::Rule* self = nullptr;
    const MethodPolicy::Rule* object = nullptr;
    for (const MethodPolicy::Rule& rule : policy_.rules()) {
      if (std::find(rule.roles.begin(), rule.roles.end(), role) == rule.roles.end()) continue;
      (rule.scope == Scope::kAny ? any : rule.scope == Scope::kSelf ? self : object) = &rule;
    }
    const std::unique_ptr<Message> request = EmptyRequest();
    const absl::Status elsewhere = AsPerson(role, options_.other_tenant, "elsewhere", *request);
    Expect(absl::IsPermissionDenied(elsewhere), absl::StrCat(who, " of another tenant"),
           "should be PERMISSION_DENIED", elsewhere);
    const absl::Status here = AsPerson(role, options_.tenant, "here", *request);
    if (any == nullptr && self == nullptr && object == nullptr) {
      Expect(absl::IsPermissionDenied(here), who, "should be PERMISSION_DENIED", here);
      return;
    }
    Expect(!IsRefusal(here), who, "is allowed by the option", here);
    if (any == nullptr && self != nullptr && !self->self_field.empty()) CheckSelf(role, who, *self);
    if (any == nullptr && object != nullptr) CheckObject(role, who, *object);
  }

  void CheckSelf(Role role, const std::string& who, const MethodPolicy::Rule& rule) {
    const auto naming = [&](absl::string_view alias) {
      std::unique_ptr<Message> request = EmptyRequest();
      Message* at = request.get();
      for (size_t i = 0; i + 1 < rule.self_field.size(); ++i)
        at = at->GetReflection()->MutableMessage(at, rule.self_field[i]);
      at->GetReflection()->SetString(at, rule.self_field.back(), std::string(alias));
      return request;
    };
    const std::string own = options_.identity->Alias(options_.tenant, "self");
    const absl::Status stranger =
        AsPerson(role, options_.tenant, "self",
                 *naming(options_.identity->Alias(options_.tenant, "somebody")));
    Expect(absl::IsPermissionDenied(stranger), who,
           "naming another person should be PERMISSION_DENIED", stranger);
    const absl::Status self = AsPerson(role, options_.tenant, "self", *naming(own));
    Expect(!IsRefusal(self), who, "may name itself", self);
  }

  void CheckObject(Role role, const std::string& who, const MethodPolicy::Rule& rule) {
    used_.insert(rule.resource);
    const auto fixture = options_.fixtures.find(rule.resource);
    if (fixture == options_.fixtures.end()) {
      Expect(false, who, absl::StrCat("resource \"", rule.resource, "\" has no fixture"),
             absl::OkStatus());
      return;
    }
    const std::string owner = absl::StrCat("owner-", who);
    const std::unique_ptr<Message> request = EmptyRequest();
    const absl::Status filled =
        fixture->second(*method_, options_.identity->Alias(options_.tenant, owner), *request);
    Expect(filled.ok(), who, "the fixture should work", filled);
    if (!filled.ok()) return;
    const absl::Status stranger = AsPerson(role, options_.tenant, "stranger", *request);
    Expect(absl::IsNotFound(stranger), who, "a stranger's object should be NOT_FOUND", stranger);
    if (const std::unique_ptr<Message> missing = WithoutObject(*request, rule.resource)) {
      const absl::Status nothing = AsPerson(role, options_.tenant, "stranger", *missing);
      Expect(nothing == stranger, who,
             absl::StrCat("one that does not exist should look the same as ", stranger.ToString()),
             nothing);
    }
    const absl::Status own = AsPerson(role, options_.tenant, owner, *request);
    Expect(!IsRefusal(own) && !absl::IsNotFound(own), who, "its owner's object is reachable", own);
  }

  // The same request, naming an object of the same form that does not exist; null when the id is
  // not on the first level.
  std::unique_ptr<Message> WithoutObject(const Message& request, const std::string& resource) {
    const google::protobuf::FieldDescriptor* field =
        method_->input_type()->FindFieldByName(absl::StrCat(resource, "_id"));
    if (field == nullptr || field->type() != google::protobuf::FieldDescriptor::TYPE_STRING ||
        field->is_repeated())
      return nullptr;
    std::unique_ptr<Message> copy(request.New());
    copy->CopyFrom(request);
    std::string id = copy->GetReflection()->GetString(*copy, field);
    // Another id of the same length and prefix.
    for (size_t i = id.size() - std::min<size_t>(id.size(), 8); i < id.size(); ++i)
      id[i] = id[i] == '7' ? '3' : '7';
    copy->GetReflection()->SetString(copy.get(), field, id);
    return copy;
  }

  void CheckService() {
    if (policy_.anyone()) return;
    bool allowed = false;
    for (const MethodPolicy::Rule& rule : policy_.rules()) {
      allowed = allowed ||
                std::find(rule.roles.begin(), rule.roles.end(), Role::kService) != rule.roles.end();
    }
    const absl::Status status = Send(*EmptyRequest(), options_.identity->gateway().Token(), "");
    Expect(allowed != IsRefusal(status), "service",
           allowed ? "is allowed by the option" : "should be refused", status);
  }

  const MatrixOptions& options_;
  const MethodDescriptor* method_;
  const MethodPolicy policy_;
  std::set<std::string>& used_;
  RandomIdSource ids_;
  std::vector<std::string> broken_;
};

}  // namespace

std::vector<std::string> CheckAuthorisationMatrix(
    const google::protobuf::ServiceDescriptor* service, const MatrixOptions& options) {
  std::vector<std::string> broken;
  std::set<std::string> used;
  for (int i = 0; i < service->method_count(); ++i) {
    absl::StatusOr<MethodPolicy> policy = MethodPolicy::Compile(service->method(i));
    if (!policy.ok()) {
      broken.emplace_back(policy.status().message());
      continue;
    }
    std::vector<std::string> more =
        Matrix(options, service->method(i), *std::move(policy), used).Check();
    broken.insert(broken.end(), more.begin(), more.end());
  }
  for (const auto& [resource, fixture] : options.fixtures) {
    if (!used.contains(resource))
      broken.push_back(absl::StrCat("fixture \"", resource, "\" belongs to no resource"));
  }
  return broken;
}

}  // namespace stadtmesh::rpc::testing
