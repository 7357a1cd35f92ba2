// The secrets of a demo's data directory, and its tokens.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "auth/development_issuer.h"
#include "base/time.h"
#include "config/reader.h"

namespace stadtmesh::town {

inline constexpr char kDemoTenant[] = "demo-musterstadt";

// Roles that people of the demo have, in the order they are shown.
std::vector<auth::Role> DemoRoles();

// Opens (or makes) the development issuer of a data directory.
absl::StatusOr<std::unique_ptr<auth::DevelopmentIssuer>> OpenIssuer(
    const std::string& data_directory, const Clock* clock);

// INVALID_ARGUMENT unless a town has started in this data directory, so that somebody who names the
// wrong one gets no tokens of a town that does not exist.
absl::Status CheckTownIsThere(const std::string& data_directory);

struct Secrets {
  config::Secret alias_secret;
  config::Secret mesh_key;
};
// Made at the first start, kept in `data_directory`/secrets with mode 0600.
absl::StatusOr<Secrets> OpenSecrets(const std::string& data_directory);

// Role name -> token, good for 24 hours.
absl::StatusOr<std::map<std::string, std::string>> DemoTokens(
    const auth::DevelopmentIssuer& issuer);

}  // namespace stadtmesh::town
