#include "gateway/tenants.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/ids.h"

namespace stadtmesh::gateway {

absl::StatusOr<Tenants> Tenants::Parse(const std::vector<std::string>& hosts,
                                       const std::vector<std::string>& services) {
  Tenants tenants;
  for (const std::string& entry : hosts) {
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(entry, absl::MaxSplits('=', 1));
    const std::string host = absl::AsciiStrToLower(parts.first);
    if (host.empty() || !IsId(parts.second)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "\"", entry, "\" should be host=town, such as bus.musterstadt.example=musterstadt"));
    }
    if (absl::StartsWith(host, "*."))
      tenants.suffixes_[host.substr(1)] = parts.second;
    else
      tenants.towns_[host] = parts.second;
  }
  for (const std::string& entry : services) {
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(entry, absl::MaxSplits('=', 1));
    const std::pair<std::string, std::string> key =
        absl::StrSplit(parts.first, absl::MaxSplits('/', 1));
    if (!IsId(key.first) || !IsId(key.second) || !IsId(parts.second)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "\"", entry, "\" should be town/service=tenant, such as musterstadt/market=region-ost"));
    }
    tenants.tenants_[key] = parts.second;
  }
  return tenants;
}

const std::string* Tenants::FindTown(absl::string_view host) const {
  const auto found = towns_.find(std::string(host));
  if (found != towns_.end()) return &found->second;
  const size_t dot = host.find('.');
  if (dot == absl::string_view::npos) return nullptr;
  const auto suffix = suffixes_.find(std::string(host.substr(dot)));
  return suffix == suffixes_.end() ? nullptr : &suffix->second;
}

const std::string& Tenants::TenantOf(const std::string& town, const std::string& service) const {
  const auto found = tenants_.find({town, service});
  return found == tenants_.end() ? town : found->second;
}

}  // namespace stadtmesh::gateway
