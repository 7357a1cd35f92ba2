// Where a gateway of its own process finds the services: the contracts say which there are.
#include <fstream>
#include <set>
#include <sstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "config/address.h"
#include "gateway/api/api.h"
#include "gateway/config.h"

namespace stadtmesh::gateway {
namespace {

constexpr absl::string_view kUpstream =
    "package=target with host:port, dns:///host:port or unix:/path, such as "
    "stadtmesh.buergerbus.v1=dns:///buergerbus:50051";

// gRPC would take anything for the name of a host.
bool IsTarget(absl::string_view text) {
  if (absl::ConsumePrefix(&text, "unix:")) return absl::StartsWith(text, "/");
  absl::ConsumePrefix(&text, "dns:///");
  return config::IsServerAddress(text);
}

// The packages with calls of the contracts; nothing, with an error, where they cannot be read.
std::set<std::string> ReadContracts(config::Reader& reader, std::string& descriptor_set) {
  const std::string name =
      reader.GetFile({.name = "gateway.descriptor_set",
                      .description = "File with the contracts' FileDescriptorSet"});
  std::ostringstream bytes;
  bytes << std::ifstream(name, std::ios::binary).rdbuf();
  descriptor_set = bytes.str();
  if (descriptor_set.empty()) return {};
  const absl::StatusOr<std::unique_ptr<Api>> api = Api::Load(descriptor_set);
  if (api.ok()) {
    const std::vector<std::string> packages = (*api)->packages();
    return {packages.begin(), packages.end()};
  }
  reader.Refuse(
      "gateway.descriptor_set", name,
      absl::StrCat("a FileDescriptorSet of the contracts (", api.status().message(), ")"));
  return {};
}

}  // namespace

UpstreamConfig ReadUpstreamConfig(config::Reader& reader, const Tenants& tenants) {
  UpstreamConfig config;
  const std::vector<std::string> entries = reader.GetList(
      {.name = "gateway.upstreams", .description = std::string(kUpstream), .minimum_elements = 1});
  const std::set<std::string> packages = ReadContracts(reader, config.descriptor_set);
  std::set<std::string> services;
  for (const std::string& package : packages) services.insert(ServiceOfPackage(package));
  for (const std::string& entry : entries) {
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(entry, absl::MaxSplits('=', 1));
    if (parts.first.empty() || !IsTarget(parts.second)) {
      reader.Refuse("gateway.upstreams", entry, kUpstream);
    } else if (!packages.empty() && packages.count(parts.first) == 0) {
      reader.Refuse("gateway.upstreams", entry,
                    absl::StrCat("package=target with a package of the contracts: ",
                                 absl::StrJoin(packages, ", ")));
    } else if (!config.upstreams.insert(parts).second) {
      reader.Refuse("gateway.upstreams", entry, "the only target of its package");
    }
  }
  for (const std::string& service : tenants.services()) {
    if (!services.empty() && services.count(service) == 0)
      reader.Refuse("gateway.tenants", service,
                    absl::StrCat("a service of the contracts: ", absl::StrJoin(services, ", ")));
  }
  return config;
}

}  // namespace stadtmesh::gateway
