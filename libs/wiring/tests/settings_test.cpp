// What every process reads: what is wrong is told with its name, its value and what it should be,
// before anything starts.
#include "wiring/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"

namespace stadtmesh::wiring {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

using Environment = std::map<std::string, std::string>;

// What is wrong with settings that would hold but for `changed`.
std::string Error(const Environment& changed, bool demo, Environment environment) {
  environment["STADTMESH_AUTH_ALIAS_SECRET"] = std::string(32, 'a');
  environment["STADTMESH_AUTH_MESH_KEY"] = auth::TokenMint::Generate().PrivateKeyPem();
  for (const auto& [name, value] : changed) environment[name] = value;
  config::Reader reader(*config::Sources::FromText(std::move(environment), ""));
  const Settings settings = ReadSettings(reader, demo);
  EXPECT_EQ(settings.demo, demo);
  return std::string(reader.Finish().message());
}
std::string Error(const Environment& changed) {
  return Error(changed, false,
               {{"STADTMESH_TENANTS", "musterstadt, olfen"},
                {"STADTMESH_AUTH_ISSUER", "https://login.musterstadt.example"},
                {"STADTMESH_AUTH_JWKS_URL", "https://login.musterstadt.example/keys"}});
}
std::string DemoError(const Environment& changed) {
  return Error(changed, true, {{"STADTMESH_TENANTS", "demo-musterstadt,demo"}});
}

TEST(Settings, HoldWithAndWithoutMetrics) {
  EXPECT_EQ(Error({}), "");
  EXPECT_EQ(Error({{"STADTMESH_METRICS_LISTEN", ""}}), "");
  EXPECT_EQ(Error({{"STADTMESH_METRICS_LISTEN", "0.0.0.0:0"}}), "");
  EXPECT_EQ(DemoError({}), "");
}

TEST(Settings, AnAddressThatNothingCanListenOnIsNamed) {
  for (const char* listen : {"x", "127.0.0.1:99999", "9090", "[::1]:9090"}) {
    EXPECT_THAT(Error({{"STADTMESH_METRICS_LISTEN", listen}}),
                HasSubstr(absl::StrCat("metrics.listen (STADTMESH_METRICS_LISTEN): is \"", listen,
                                       "\", should be ")))
        << listen;
  }
}

TEST(Settings, NeitherAudienceNorTenantsAreEmpty) {
  EXPECT_THAT(Error({{"STADTMESH_AUTH_AUDIENCE", ""}}),
              StartsWith("settings:\n  auth.audience (STADTMESH_AUTH_AUDIENCE): has 0 bytes"));
  EXPECT_THAT(Error({{"STADTMESH_TENANTS", ""}}),
              StartsWith("settings:\n  tenants (STADTMESH_TENANTS): has 0 elements"));
  EXPECT_THAT(Error({{"STADTMESH_TENANTS", "A b"}}),
              HasSubstr("tenants (STADTMESH_TENANTS): is \"A b\", should be an id"));
  EXPECT_THAT(Error({{"STADTMESH_TENANTS", "olfen,olfen"}}),
              HasSubstr("tenants (STADTMESH_TENANTS): is \"olfen\", should be named once"));
}

TEST(Settings, AddressesOfServersHaveAFormThatCanBeReached) {
  for (const char* redis : {"redis:6379", "redis", "unix:/run/redis.sock", "a:1, b:2", "[::1]:1"})
    EXPECT_EQ(Error({{"STADTMESH_REDIS_ADDRESS", redis}}), "") << redis;
  for (const char* redis : {"", "foo:99999", "a b:1", "a:1,", "unix:"}) {
    EXPECT_THAT(Error({{"STADTMESH_REDIS_ADDRESS", redis}}),
                HasSubstr(absl::StrCat("redis.address (STADTMESH_REDIS_ADDRESS): is \"", redis,
                                       "\", should be unix:/path or host:port")));
  }
  EXPECT_EQ(Error({{"STADTMESH_KAFKA_BROKERS", "kafka-0:9092, kafka-1:9092"}}), "");
  for (const char* brokers : {"", "nowhere", "kafka:0", "a:1,,b:1", "PLAINTEXT://kafka:9092"}) {
    EXPECT_THAT(Error({{"STADTMESH_KAFKA_BROKERS", brokers}}),
                HasSubstr("kafka.brokers (STADTMESH_KAFKA_BROKERS): is \""))
        << brokers;
  }
}

TEST(Settings, PersonsIssuersAreAddressesAndTheirTenantOneOfOurs) {
  for (const char* url : {"foo", "https://", "http://login.example"}) {
    const std::string wrong = absl::StrCat("is \"", url, "\", should be an address such as https:");
    EXPECT_THAT(Error({{"STADTMESH_AUTH_ISSUER", url}}), HasSubstr(wrong));
    EXPECT_THAT(Error({{"STADTMESH_AUTH_JWKS_URL", url}}), HasSubstr(wrong));
  }
  EXPECT_EQ(Error({{"STADTMESH_AUTH_KEYCLOAK_TENANT", "olfen"}}), "");
  EXPECT_THAT(Error({{"STADTMESH_AUTH_KEYCLOAK_TENANT", "other"}}),
              HasSubstr("auth.keycloak_tenant (STADTMESH_AUTH_KEYCLOAK_TENANT): is \"other\", "
                        "should be one of the tenants: musterstadt, olfen"));
}

TEST(Settings, TheMeshsKeySignsAndIsNeverShown) {
  for (const char* key : {"garbage", "-----BEGIN PRIVATE KEY-----\nMIIEgarbage"}) {
    EXPECT_THAT(Error({{"STADTMESH_AUTH_MESH_KEY", key}}),
                AllOf(HasSubstr("auth.mesh_key (STADTMESH_AUTH_MESH_KEY): should be the "
                                "unencrypted PEM of an Ed25519 or P-256 private key"),
                      Not(HasSubstr("garbage"))));
  }
  EXPECT_THAT(Error({{"STADTMESH_AUTH_MESH_KEY", ""}}), HasSubstr("auth.mesh_key"));
}

class DevelopmentKeys : public ::testing::Test {
 protected:
  DevelopmentKeys() {
    std::ofstream(keys_) << auth::TokenMint::Generate().Jwks();
    std::ofstream(none_) << "{\"keys\": []}";
  }
  static Environment With(const std::string& file) {
    return {{"STADTMESH_AUTH_DEVELOPMENT_JWKS", file}};
  }
  const std::string keys_ = ::testing::TempDir() + "/settings_test.jwks.json";
  const std::string none_ = ::testing::TempDir() + "/settings_test_none.jwks.json";
};

TEST_F(DevelopmentKeys, AreAFileOfKeysAndADemosAlone) {
  EXPECT_EQ(DemoError(With(keys_)), "");
  EXPECT_THAT(DemoError(With("/nope")), HasSubstr("auth.development_jwks "
                                                  "(STADTMESH_AUTH_DEVELOPMENT_JWKS): is "
                                                  "\"/nope\", should be the name of a file"));
  EXPECT_THAT(DemoError(With(none_)), HasSubstr("should be a file of public keys (holds no key)"));
  EXPECT_THAT(Error(With(keys_)), HasSubstr("should be absent without --demo"));
}

TEST_F(DevelopmentKeys, LockTheProcessToDemos) {
  const auto error = [&](const char* name, const char* value) {
    Environment environment = With(keys_);
    environment[name] = value;
    return DemoError(environment);
  };
  for (const char* tenants : {"realtown", "demo-musterstadt,realtown", "my-demo"})
    EXPECT_THAT(error("STADTMESH_TENANTS", tenants), HasSubstr("should be demo or demo-..."));
  EXPECT_THAT(error("STADTMESH_AUTH_ISSUER", "https://x"),
              HasSubstr("auth.issuer (STADTMESH_AUTH_ISSUER): is \"https://x\", should be empty "
                        "with --demo"));
  EXPECT_THAT(error("STADTMESH_AUTH_JWKS_URL", "https://x"), HasSubstr("auth.jwks_url"));
  EXPECT_THAT(error("STADTMESH_METRICS_LISTEN", "0.0.0.0:0"), HasSubstr("metrics.listen"));
}

TEST_F(DevelopmentKeys, LockTheServicesOwnAddressesToo) {
  config::Reader reader(*config::Sources::FromText({}, "server: {listen: '0.0.0.0:1'}"));
  ReadSettings(reader, /*demo=*/true);
  reader.GetListen({.name = "server.listen", .default_value = "127.0.0.1:1"});
  EXPECT_THAT(std::string(reader.Finish().message()),
              HasSubstr("server.listen (STADTMESH_SERVER_LISTEN): is \"0.0.0.0:1\", should be an "
                        "address of this machine alone"));
}

}  // namespace
}  // namespace stadtmesh::wiring
