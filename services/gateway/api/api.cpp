#include "gateway/api/api.h"

#include <google/api/annotations.pb.h>
#include <google/protobuf/descriptor.pb.h>

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/status.h"
#include "stadtmesh/auth/v1/authorisation.pb.h"
#include "stadtmesh/errors/v1/errors.pb.h"
#include "stadtmesh/errors/v1/refusals.pb.h"
#include "stadtmesh/events/v1/events.pb.h"
#include "stadtmesh/http/v1/raw.pb.h"

namespace stadtmesh::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;

constexpr absl::string_view kRawRequest = "stadtmesh.http.v1.RawRequest";
constexpr absl::string_view kRawResponse = "stadtmesh.http.v1.RawResponse";

std::pair<absl::string_view, absl::string_view> MethodAndPath(const google::api::HttpRule& rule) {
  switch (rule.pattern_case()) {
    case google::api::HttpRule::kGet:
      return {"GET", rule.get()};
    case google::api::HttpRule::kPut:
      return {"PUT", rule.put()};
    case google::api::HttpRule::kPost:
      return {"POST", rule.post()};
    case google::api::HttpRule::kDelete:
      return {"DELETE", rule.delete_()};
    case google::api::HttpRule::kPatch:
      return {"PATCH", rule.patch()};
    case google::api::HttpRule::kCustom:
      return {rule.custom().kind(), rule.custom().path()};
    case google::api::HttpRule::PATTERN_NOT_SET:
      break;
  }
  return {"", ""};
}

absl::Status Named(const std::string& name, const absl::Status& status) {
  return status.ok() ? status
                     : absl::InvalidArgumentError(absl::StrCat(name, ": ", status.message()));
}

bool IsStadtmesh(const FileDescriptor& file) {
  return absl::StartsWith(file.package(), "stadtmesh.");
}

}  // namespace

std::string ServiceOfPackage(absl::string_view package) {
  const std::vector<absl::string_view> parts = absl::StrSplit(package, '.');
  return parts.size() < 2 ? std::string(package) : std::string(parts[1]);
}

absl::StatusOr<std::unique_ptr<Api>> Api::Load(absl::string_view descriptor_set) {
  google::protobuf::FileDescriptorSet set;
  if (!set.ParseFromArray(descriptor_set.data(), static_cast<int>(descriptor_set.size()))) {
    return absl::InvalidArgumentError("the descriptor set cannot be read");
  }
  std::unique_ptr<Api> api(new Api);
  for (const auto& file : set.file()) {
    const FileDescriptor* built = api->pool_.BuildFile(file);
    if (built == nullptr)
      return absl::InvalidArgumentError(absl::StrCat(file.name(), " cannot be built"));
    if (IsStadtmesh(*built)) RETURN_IF_ERROR(api->LoadFile(*built));
  }
  for (size_t i = 0; i < api->routes_.size(); ++i) {
    const Route& route = api->routes_[i];
    RETURN_IF_ERROR(Named(route.rpc, api->CheckRefusals(route)));
    RETURN_IF_ERROR(
        Named(route.rpc, api->router_.Add(route.http_method, route.path, static_cast<int>(i))));
  }
  return api;
}

absl::Status Api::LoadFile(const FileDescriptor& file) {
  for (int i = 0; i < file.enum_type_count(); ++i) RETURN_IF_ERROR(LoadEnum(*file.enum_type(i)));
  for (int i = 0; i < file.message_type_count(); ++i) {
    RETURN_IF_ERROR(Named(file.message_type(i)->full_name(), LoadEvent(*file.message_type(i))));
  }
  for (int i = 0; i < file.service_count(); ++i) {
    for (int j = 0; j < file.service(i)->method_count(); ++j) {
      const MethodDescriptor& method = *file.service(i)->method(j);
      RETURN_IF_ERROR(Named(method.full_name(), LoadMethod(method)));
    }
  }
  return absl::OkStatus();
}

absl::Status Api::LoadMethod(const MethodDescriptor& method) {
  if (!method.options().HasExtension(google::api::http))
    return absl::OkStatus();  // between services only
  const google::api::HttpRule& rule = method.options().GetExtension(google::api::http);
  const auto add = [&](const google::api::HttpRule& binding) {
    const auto [http_method, path] = MethodAndPath(binding);
    return AddRoute(method, http_method, path, binding.body(), binding.response_body());
  };
  RETURN_IF_ERROR(add(rule));
  for (const auto& binding : rule.additional_bindings()) RETURN_IF_ERROR(add(binding));
  return absl::OkStatus();
}

absl::Status Api::AddRoute(const MethodDescriptor& method, absl::string_view http_method,
                           absl::string_view path, absl::string_view body,
                           absl::string_view response_body) {
  if (method.client_streaming())
    return absl::InvalidArgumentError("client streaming has no HTTP form here");
  Route route;
  route.method = &method;
  route.rpc = absl::StrCat("/", method.service()->full_name(), "/", method.name());
  route.package = method.file()->package();
  route.service = ServiceOfPackage(route.package);
  route.http_method = std::string(http_method);
  if (http_method.empty()) return absl::InvalidArgumentError("google.api.http has no method");
  ASSIGN_OR_RETURN(route.path, PathTemplate::Parse(path));
  route.label = route.path.OpenApiPath();
  ASSIGN_OR_RETURN(route.request, tables_.Compile(*method.input_type()));
  ASSIGN_OR_RETURN(route.response, tables_.Compile(*method.output_type()));
  for (const PathTemplate::Variable& variable : route.path.variables) {
    ASSIGN_OR_RETURN(FieldPath fields, ResolvePath(*route.request, variable.field));
    route.variables.push_back(std::move(fields));
  }
  RETURN_IF_ERROR(BindBody(route, body));
  route.raw_response = route.response->name == kRawResponse;
  route.streaming = method.server_streaming();
  if (route.streaming && !route.raw_response)
    return absl::InvalidArgumentError("only RawResponse may be streamed over HTTP");
  if (!response_body.empty()) {
    route.response_field = route.response->Find(response_body);
    if (route.response_field == nullptr)
      return absl::InvalidArgumentError(absl::StrCat("no response field ", response_body));
  }
  route.safe =
      method.options().idempotency_level() == google::protobuf::MethodOptions::NO_SIDE_EFFECTS;
  route.anyone = method.options().GetExtension(stadtmesh::auth::v1::authorisation).anyone();
  route.body_limit = static_cast<size_t>(std::max<int64_t>(
      0, method.options().GetExtension(stadtmesh::http::v1::limits).body_bytes()));
  const auto& options = method.options();
  for (int i = 0; i < options.ExtensionSize(stadtmesh::errors::v1::refusals); ++i) {
    route.refusals.insert(options.GetExtension(stadtmesh::errors::v1::refusals, i));
  }
  routes_.push_back(std::move(route));
  return absl::OkStatus();
}

absl::Status Api::CheckRefusals(const Route& route) const {
  for (const std::string& reason : route.refusals) {
    if (FindReason(route.service, reason) == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat("domain ", route.service, " has no reason ", reason));
    }
  }
  return absl::OkStatus();
}

absl::Status Api::BindBody(Route& route, absl::string_view body) {
  route.raw_request = route.request->name == kRawRequest;
  if (body.empty()) return absl::OkStatus();
  route.body = body == "*" ? Route::Body::kAll : Route::Body::kField;
  if (body == "*") return absl::OkStatus();
  route.body_field = route.request->Find(body);
  if (route.body_field == nullptr)
    return absl::InvalidArgumentError(absl::StrCat("no body field ", body));
  if (route.body_field->message != nullptr && route.body_field->message->name == kRawRequest)
    route.raw_request = true;
  const FieldTable* mask = route.request->Find("update_mask");
  if (route.http_method == "PATCH" && mask != nullptr && mask->message != nullptr &&
      mask->message->well_known == WellKnown::kFieldMask) {
    route.update_mask = mask;
  }
  return absl::OkStatus();
}

absl::Status Api::LoadEnum(const EnumDescriptor& descriptor) {
  const std::string& domain =
      descriptor.options().GetExtension(stadtmesh::errors::v1::error_domain);
  for (int i = 0; i < descriptor.value_count(); ++i) {
    const auto& value = *descriptor.value(i);
    if (value.options().HasExtension(stadtmesh::errors::v1::field)) {
      const auto& text = value.options().GetExtension(stadtmesh::errors::v1::field);
      field_texts_[value.name()] = {text.de(), text.en()};
    }
    if (domain.empty()) continue;
    const auto& reason = value.options().GetExtension(stadtmesh::errors::v1::reason);
    if (reason.http() < 400 || reason.http() > 599 || reason.title().de().empty() ||
        reason.title().en().empty()) {
      return absl::InvalidArgumentError(absl::StrCat(
          value.full_name(), " needs a status of 400 to 599, a German and an English title"));
    }
    reasons_[{domain, value.name()}] = {reason.http(), {reason.title().de(), reason.title().en()}};
  }
  return absl::OkStatus();
}

absl::Status Api::LoadEvent(const Descriptor& descriptor) {
  if (!descriptor.options().HasExtension(stadtmesh::events::v1::event)) return absl::OkStatus();
  const auto& option = descriptor.options().GetExtension(stadtmesh::events::v1::event);
  if (option.channels().empty()) return absl::OkStatus();  // between services only
  LiveEvent event;
  event.type = option.type();
  event.service = ServiceOfPackage(descriptor.file()->package());
  event.descriptor = &descriptor;
  ASSIGN_OR_RETURN(event.message, tables_.Compile(descriptor));
  for (const auto& channel : option.channels()) {
    LiveEvent::Channel out{channel.name(), {}, nullptr};
    for (const int role : channel.roles()) {
      out.roles.push_back(absl::AsciiStrToLower(
          stadtmesh::auth::v1::Role_Name(static_cast<stadtmesh::auth::v1::Role>(role))));
    }
    if (!channel.subject_field().empty()) {
      out.subject_field = event.message->Find(channel.subject_field());
      if (out.subject_field == nullptr || out.subject_field->kind != Kind::kString ||
          out.subject_field->repeated) {
        return absl::InvalidArgumentError(absl::StrCat(
            "channel ", channel.name(), " names no string field: ", channel.subject_field()));
      }
    }
    event.channels.push_back(std::move(out));
  }
  events_[event.type] = std::move(event);
  return absl::OkStatus();
}

const ReasonText* Api::FindReason(absl::string_view domain, absl::string_view reason) const {
  const auto found = reasons_.find({std::string(domain), std::string(reason)});
  return found == reasons_.end() ? nullptr : &found->second;
}

const Text* Api::FindFieldText(absl::string_view reason) const {
  const auto found = field_texts_.find(std::string(reason));
  return found == field_texts_.end() ? nullptr : &found->second;
}

const LiveEvent* Api::FindEvent(absl::string_view type) const {
  const auto found = events_.find(std::string(type));
  return found == events_.end() ? nullptr : &found->second;
}

std::vector<std::string> Api::packages() const {
  std::set<std::string> packages;
  for (const Route& route : routes_) packages.insert(route.package);
  return {packages.begin(), packages.end()};
}

}  // namespace stadtmesh::gateway
