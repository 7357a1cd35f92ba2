// What the environment may change of a demo town, and what it must not.
#include "stadtmesh/town_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <map>

#include "absl/strings/str_cat.h"
#include "stadtmesh/demo_identity.h"

namespace stadtmesh::town {
namespace {

using ::testing::HasSubstr;

class TownSettingsTest : public ::testing::Test {
 protected:
  TownSettingsTest() {
    std::string name = ::testing::TempDir() + "/town_settings_XXXXXX";
    arguments_.data_directory = mkdtemp(name.data());
    EXPECT_TRUE(OpenIssuer(arguments_.data_directory, &clock_).ok());
    EXPECT_TRUE(OpenSecrets(arguments_.data_directory).ok());
  }
  ~TownSettingsTest() override { std::filesystem::remove_all(arguments_.data_directory); }

  absl::StatusOr<TownSettings> Read(std::map<std::string, std::string> environment) const {
    return ReadTownSettings(arguments_, "/run/town.sock", {.environment = std::move(environment)});
  }

  const SystemClock clock_;
  Arguments arguments_;
};

TEST_F(TownSettingsTest, AreOfTheDataFolderAndBelieveItsIssuer) {
  const auto settings = Read({});
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->shared.redis.front().ToString(), "unix:/run/town.sock");
  EXPECT_TRUE(settings->shared.auth.development.has_value());
}

TEST_F(TownSettingsTest, TheEnvironmentMayChangeLimitsAndPlanning) {
  const auto settings = Read({{"STADTMESH_GATEWAY_USER_RATE", "100"},
                              {"STADTMESH_BUERGERBUS_IMPROVER", "off"},
                              {"STADTMESH_BUERGERBUS_TRAFFIC", "on"},
                              {"STADTMESH_METRICS_LISTEN", ""}});
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->gateway.user_rate.per_second, 100);
  EXPECT_FALSE(settings->improver.on);
  EXPECT_TRUE(settings->traffic);
  EXPECT_EQ(settings->shared.metrics_listen, "");
}

TEST_F(TownSettingsTest, TheEnvironmentLeadsTheTownNowhereElse) {
  for (const auto& [name, value] :
       std::map<std::string, std::string>{{"STADTMESH_TENANTS", "demo-musterstadt,realtown"},
                                          {"STADTMESH_LOG_LEVEL", "debug"},
                                          {"STADTMESH_REDIS_ADDRESS", "127.0.0.1:16999"},
                                          {"STADTMESH_REDIS_PASSWORD", "x"},
                                          {"STADTMESH_BUS_KIND", "kafka"},
                                          {"STADTMESH_KAFKA_BROKERS", "127.0.0.1:9092"},
                                          {"STADTMESH_AUTH_ISSUER", "https://x"},
                                          {"STADTMESH_AUTH_JWKS_URL", "https://x"},
                                          {"STADTMESH_AUTH_ALIAS_SECRET", std::string(32, 'a')},
                                          {"STADTMESH_AUTH_DEVELOPMENT_JWKS", "/nope"},
                                          {"STADTMESH_GATEWAY_HOSTS", "localhost=demo-musterstadt"},
                                          {"STADTMESH_GATEWAY_LISTEN", "127.0.0.2:0"}}) {
    const auto settings = Read({{name, value}});
    EXPECT_EQ(settings.status().code(), absl::StatusCode::kInvalidArgument) << name;
    EXPECT_THAT(std::string(settings.status().message()),
                HasSubstr(absl::StrCat("(", name, "): should not be set here: ")));
  }
  EXPECT_THAT(
      std::string(
          Read({{"STADTMESH_GATEWAY_HOSTS", "bus.town.de=demo-musterstadt"}}).status().message()),
      HasSubstr("should be a name of this machine alone with --demo"));
}

TEST_F(TownSettingsTest, TokensAreOfATownThatHasStarted) {
  EXPECT_THAT(std::string(CheckTownIsThere(arguments_.data_directory).message()),
              HasSubstr(absl::StrCat("--data is \"", arguments_.data_directory, "\"")));
  std::filesystem::create_directory(arguments_.data_directory + "/redis");
  EXPECT_TRUE(CheckTownIsThere(arguments_.data_directory).ok());
}

}  // namespace
}  // namespace stadtmesh::town
