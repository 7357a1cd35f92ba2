// Whose data a request concerns: the host name gives the town, the town's settings the tenant of
// each of its services.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace stadtmesh::gateway {

// Immutable, thread-safe.
class Tenants {
 public:
  // `hosts`: "bus.musterstadt.example=musterstadt", also "*.musterstadt.example=…". `services`:
  // "musterstadt/market=region-ost"; a service not named is the town's own. INVALID_ARGUMENT naming
  // the entry and what it should be, also where one host or service leads to two.
  static absl::StatusOr<Tenants> Parse(const std::vector<std::string>& hosts,
                                       const std::vector<std::string>& services);

  // The town, or nullptr for a host of nobody.
  const std::string* FindTown(absl::string_view host) const;
  const std::string& TenantOf(const std::string& town, const std::string& service) const;
  std::set<std::string> services() const;  // those that are not everywhere the town's own

 private:
  std::map<std::string, std::string> towns_;     // by host
  std::map<std::string, std::string> suffixes_;  // by ".musterstadt.example"
  std::map<std::pair<std::string, std::string>, std::string> tenants_;
};

}  // namespace stadtmesh::gateway
