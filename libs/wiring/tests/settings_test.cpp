#include "wiring/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

namespace stadtmesh::wiring {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// What is wrong with settings that would hold but for `changed`.
std::string Error(const std::map<std::string, std::string>& changed) {
  std::map<std::string, std::string> environment = {
      {"STADTMESH_TENANTS", "musterstadt"},
      {"STADTMESH_AUTH_ISSUER", "https://login.musterstadt.example"},
      {"STADTMESH_AUTH_JWKS_URL", "https://login.musterstadt.example/keys"},
      {"STADTMESH_AUTH_ALIAS_SECRET", std::string(32, 'a')},
      {"STADTMESH_AUTH_MESH_KEY", "a key"}};
  for (const auto& [name, value] : changed) environment[name] = value;
  config::Reader reader(*config::Sources::FromText(std::move(environment), ""));
  ReadSettings(reader, /*demo=*/false);
  return std::string(reader.Finish().message());
}

TEST(Settings, HoldWithAndWithoutMetrics) {
  EXPECT_EQ(Error({}), "");
  EXPECT_EQ(Error({{"STADTMESH_METRICS_LISTEN", ""}}), "");
  EXPECT_EQ(Error({{"STADTMESH_METRICS_LISTEN", "0.0.0.0:0"}}), "");
}

TEST(Settings, AnAddressThatNothingCanListenOnIsNamed) {
  for (const char* listen : {"x", "127.0.0.1:99999", "9090", "[::1]:9090"}) {
    EXPECT_THAT(Error({{"STADTMESH_METRICS_LISTEN", listen}}),
                HasSubstr("metrics.listen (STADTMESH_METRICS_LISTEN): is "))
        << listen;
  }
}

TEST(Settings, NeitherAudienceNorTenantsAreEmpty) {
  EXPECT_THAT(Error({{"STADTMESH_AUTH_AUDIENCE", ""}}),
              StartsWith("settings:\n  auth.audience (STADTMESH_AUTH_AUDIENCE): has 0 bytes"));
  EXPECT_THAT(Error({{"STADTMESH_TENANTS", ""}}),
              StartsWith("settings:\n  tenants (STADTMESH_TENANTS): has 0 elements"));
  EXPECT_THAT(Error({{"STADTMESH_TENANTS", "Musterstadt"}}), HasSubstr("tenants"));
}

}  // namespace
}  // namespace stadtmesh::wiring
