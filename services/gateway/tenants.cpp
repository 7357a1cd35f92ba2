#include "gateway/tenants.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/ids.h"
#include "base/status.h"
#include "gateway/http/host.h"

namespace stadtmesh::gateway {
namespace {

// Each key leads to one place.
template <typename Map>
absl::Status Lead(Map& map, const typename Map::key_type& key, const std::string& where,
                  absl::string_view entry) {
  const std::string& known = map.emplace(key, where).first->second;
  if (known == where) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("\"", entry, "\" should lead to ", known, ", as it does above"));
}

}  // namespace

absl::StatusOr<Tenants> Tenants::Parse(const std::vector<std::string>& hosts,
                                       const std::vector<std::string>& services) {
  Tenants tenants;
  for (const std::string& entry : hosts) {
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(entry, absl::MaxSplits('=', 1));
    const std::string host = NormaliseHost(parts.first);
    const bool all_below = absl::StartsWith(host, "*.");
    if (!IsHost(all_below ? host.substr(2) : host) || !IsId(parts.second)) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", entry,
                       "\" should be host=town with a host name without port, such as "
                       "bus.musterstadt.example=musterstadt"));
    }
    RETURN_IF_ERROR(all_below ? Lead(tenants.suffixes_, host.substr(1), parts.second, entry)
                              : Lead(tenants.towns_, host, parts.second, entry));
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
    RETURN_IF_ERROR(Lead(tenants.tenants_, key, parts.second, entry));
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

std::set<std::string> Tenants::services() const {
  std::set<std::string> services;
  for (const auto& [town_and_service, tenant] : tenants_) services.insert(town_and_service.second);
  return services;
}

}  // namespace stadtmesh::gateway
