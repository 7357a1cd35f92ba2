#include "rpc/service.h"

#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "auth/authorisation.h"
#include "base/status.h"

namespace stadtmesh::rpc {
namespace {

absl::Status Broken(const std::string& method, absl::string_view why) {
  return absl::FailedPreconditionError(absl::StrCat(method, ": ", why));
}

absl::Status Check(const Method& method) {
  const google::protobuf::MethodDescriptor* contract = method.descriptor;
  if (contract->client_streaming())
    return Broken(contract->full_name(), "client streaming is not supported");
  if (method.request->GetDescriptor() != contract->input_type() ||
      method.response->GetDescriptor() != contract->output_type()) {
    return Broken(contract->full_name(), "the handler's types are not the contract's");
  }
  if (contract->server_streaming() != static_cast<bool>(method.stream)) {
    return Broken(contract->full_name(), contract->server_streaming() ? "needs a streaming handler"
                                                                      : "needs a unary handler");
  }
  return auth::MethodPolicy::Compile(contract).status();
}

}  // namespace

const google::protobuf::ServiceDescriptor* Contract(absl::string_view full_name) {
  const auto* service =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(std::string(full_name));
  if (service == nullptr) {
    std::fprintf(stderr, "no contract %s\n", std::string(full_name).c_str());
    std::abort();
  }
  return service;
}

absl::StatusOr<Service> ServiceBuilder::Build() && {
  Service service{.descriptor = descriptor_,
                  .methods = std::vector<Method>(static_cast<size_t>(descriptor_->method_count())),
                  .pool = pool_};
  for (auto& [name, method] : methods_) {
    method.descriptor = descriptor_->FindMethodByName(name);
    const std::string full_name = absl::StrCat(descriptor_->full_name(), ".", name);
    if (method.descriptor == nullptr) return Broken(full_name, "the contract has no such method");
    Method& place = service.methods[static_cast<size_t>(method.descriptor->index())];
    if (place.descriptor != nullptr) return Broken(full_name, "has two handlers");
    RETURN_IF_ERROR(Check(method));
    place = std::move(method);
  }
  for (int i = 0; i < descriptor_->method_count(); ++i) {
    if (service.methods[static_cast<size_t>(i)].descriptor == nullptr)
      return Broken(descriptor_->method(i)->full_name(), "has no handler");
  }
  return service;
}

}  // namespace stadtmesh::rpc
