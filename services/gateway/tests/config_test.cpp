// The process's settings: what is wrong with them is told with its name, its value and what it
// should be, before anything starts.
#include "gateway/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/http/host.h"
#include "gateway/tests/descriptor_sets.h"

namespace stadtmesh::gateway {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string Error(absl::string_view yaml) {
  config::Reader reader(*config::Sources::FromText({}, yaml));
  ReadConfig(reader, {"musterstadt", "olfen"});
  return std::string(reader.Finish().message());
}
std::string With(absl::string_view setting) {
  return Error(absl::StrCat("gateway: {hosts: [localhost=musterstadt], ", setting, "}"));
}

TEST(ConfigTest, ErrorsNameTheSetting) {
  EXPECT_EQ(Error("gateway: {hosts: [localhost=musterstadt]}"), "");
  EXPECT_THAT(Error("gateway: {}"), HasSubstr("gateway.hosts"));
  EXPECT_THAT(Error("gateway: {hosts: []}"), HasSubstr("gateway.hosts"));
  EXPECT_THAT(Error("gateway: {hosts: [x]}"), HasSubstr("\"x\" should be host=town"));
  EXPECT_THAT(With("trusted_proxies: [10.0.0.0/99]"), HasSubstr("gateway.trusted_proxies"));
  EXPECT_THAT(
      With("listen: abc"),
      HasSubstr("gateway.listen (STADTMESH_GATEWAY_LISTEN): is \"abc\", should be host:port"));
  EXPECT_THAT(With("listen: '127.0.0.1:99999'"), HasSubstr("gateway.listen"));
  EXPECT_THAT(With("body_limit: 1"), HasSubstr("gateway.body_limit"));
}

TEST(ConfigTest, HostsLeadToTheTownsOfTheProcess) {
  EXPECT_THAT(
      Error("gateway: {hosts: ['not a host!=musterstadt']}"),
      AllOf(HasSubstr("gateway.hosts (STADTMESH_GATEWAY_HOSTS): \"not a host!=musterstadt\""),
            HasSubstr("should be host=town")));
  EXPECT_THAT(Error("gateway: {hosts: [x.example=musterstadt, x.example=olfen]}"),
              HasSubstr("\"x.example=olfen\" should lead to musterstadt"));
  EXPECT_THAT(
      Error("gateway: {hosts: [x.example=berlin]}"),
      HasSubstr("gateway.hosts (STADTMESH_GATEWAY_HOSTS): is \"x.example=berlin\", should be "
                "one that leads to a tenant of this process: musterstadt, olfen"));
  EXPECT_EQ(With("tenants: [musterstadt/buergerbus=olfen]"), "");
  EXPECT_EQ(Error("gateway: {hosts: [x.example=berlin], tenants: [berlin/buergerbus=olfen]}"), "")
      << "all of whose services are another's";
  for (const char* wrong : {"musterstadt/buergerbus=berlin", "nonsense"}) {
    EXPECT_THAT(
        With(absl::StrCat("tenants: [", wrong, "]")),
        AllOf(HasSubstr("gateway.tenants (STADTMESH_GATEWAY_TENANTS): "), HasSubstr(wrong)));
  }
}

TEST(ConfigTest, ADemoIsReachedFromThisMachineAlone) {
  const auto error = [](absl::string_view hosts, absl::string_view listen) {
    config::Reader reader(*config::Sources::FromText(
        {}, absl::StrCat("gateway: {hosts: [", hosts, "], listen: '", listen, "'}")));
    reader.OnlyLoopback();
    ReadConfig(reader, {"demo"});
    return std::string(reader.Finish().message());
  };
  EXPECT_EQ(error("localhost=demo, 127.0.0.1=demo, '*.localhost=demo', '[::1]=demo'", "[::1]:0"),
            "");
  for (const char* host : {"bus.town.de", "10.0.0.7", "localhost.town.de", "*.town.de"}) {
    const std::string entry = absl::StrCat(host, "=demo");
    EXPECT_THAT(error(absl::StrCat("localhost=demo, '", entry, "'"), "127.0.0.1:0"),
                HasSubstr(absl::StrCat("gateway.hosts (STADTMESH_GATEWAY_HOSTS): is \"", entry,
                                       "\", should be a name of this machine alone")));
  }
  EXPECT_THAT(error("localhost=demo", "0.0.0.0:8080"),
              HasSubstr("gateway.listen (STADTMESH_GATEWAY_LISTEN): is \"0.0.0.0:8080\""));
}

TEST(ConfigTest, OriginsAreThoseThatBrowsersSend) {
  for (const char* origin :
       {"https://app.example", "http://localhost:3000", "http://[::1]:3000",
        "https://app.example:8443", "http://127.0.0.1", "capacitor://localhost"}) {
    EXPECT_TRUE(IsOrigin(origin)) << origin;
    EXPECT_EQ(With(absl::StrCat("cors_origins: ['", origin, "']")), "") << origin;
  }
  for (const char* origin : {"*",
                             "null",
                             "",
                             "https://",
                             "https://app.example/",
                             "https://App.example",
                             "https://app.example/path",
                             "https://app.example?x",
                             "app.example",
                             "https://app.example:443",
                             "http://app.example:80",
                             "https://app.example:",
                             "https://app.example:99999",
                             "https://app.example:080",
                             "https://me@app.example",
                             "1p://app.example",
                             "://app.example",
                             "https://app..example",
                             "https://*.example",
                             "https://[::1",
                             "https://::1"}) {
    EXPECT_FALSE(IsOrigin(origin)) << origin;
  }
  EXPECT_THAT(With("cors_origins: ['https://app.example/']"),
              HasSubstr("gateway.cors_origins (STADTMESH_GATEWAY_CORS_ORIGINS): is "
                        "\"https://app.example/\", should be an origin as browsers send it"));
}

class UpstreamConfigTest : public testing::Test {
 protected:
  UpstreamConfigTest() { std::ofstream(contracts_, std::ios::binary) << TestDescriptorSet(); }

  std::string Error(absl::string_view upstreams, std::vector<std::string> services = {}) {
    config::Reader reader(
        *config::Sources::FromText({}, absl::StrCat("gateway: {upstreams: [", upstreams,
                                                    "], descriptor_set: '", contracts_, "'}")));
    const UpstreamConfig config = ReadUpstreamConfig(reader, *Tenants::Parse({}, services));
    if (reader.Finish().ok()) {
      EXPECT_EQ(config.descriptor_set, TestDescriptorSet());
    }
    return std::string(reader.Finish().message());
  }

  std::string contracts_ = testing::TempDir() + "/config_test.protoset";
};

TEST_F(UpstreamConfigTest, UpstreamsAreServicesOfTheContracts) {
  const std::string test = "stadtmesh.gatewaytest.v1=127.0.0.1:1";
  for (const char* target : {"127.0.0.1:1", "bus:50051", "dns:///bus.town.svc:50051", "unix:/bus"})
    EXPECT_EQ(Error(absl::StrCat("stadtmesh.gatewaytest.v1=", target)), "") << target;
  for (const std::string& wrong :
       {std::string("stadtmesh.nobody.v1=127.0.0.1:1"), std::string("gatewaytest=127.0.0.1:1"),
        std::string("stadtmesh.gatewaytest.v1="), std::string("stadtmesh.gatewaytest.v1=bus"),
        std::string("stadtmesh.gatewaytest.v1=dns:///bus"),
        std::string("stadtmesh.gatewaytest.v1=http://bus:1"), std::string("nonsense")}) {
    EXPECT_THAT(Error(wrong),
                HasSubstr(absl::StrCat("gateway.upstreams (STADTMESH_GATEWAY_UPSTREAMS): is \"",
                                       wrong, "\", should be package=target")));
  }
  EXPECT_THAT(Error("stadtmesh.nobody.v1=127.0.0.1:1"), HasSubstr("stadtmesh.gatewaytest.v1"));
  EXPECT_THAT(Error(test + ", stadtmesh.gatewaytest.v1=127.0.0.1:2"),
              HasSubstr("should be the only target of its package"));
  EXPECT_THAT(Error(""), HasSubstr("gateway.upstreams"));
  EXPECT_EQ(Error(test, {"musterstadt/gatewaytest=olfen"}), "");
  EXPECT_THAT(
      Error(test, {"musterstadt/gatewaytests=olfen"}),
      HasSubstr("gateway.tenants (STADTMESH_GATEWAY_TENANTS): is \"gatewaytests\", should be a "
                "service of the contracts: "));
}

TEST_F(UpstreamConfigTest, TheContractsAreAFileThatHoldsThem) {
  const std::string here = contracts_;
  contracts_ = here + ".gone";
  EXPECT_THAT(
      Error("stadtmesh.gatewaytest.v1=127.0.0.1:1"),
      HasSubstr(absl::StrCat("gateway.descriptor_set (STADTMESH_GATEWAY_DESCRIPTOR_SET): is \"",
                             contracts_, "\", should be the name of a file")));
  contracts_ = here + ".other";
  std::ofstream(contracts_) << "no contracts";
  EXPECT_THAT(Error("stadtmesh.gatewaytest.v1=127.0.0.1:1"),
              HasSubstr(absl::StrCat("is \"", contracts_, "\", should be a FileDescriptorSet")));
}

}  // namespace
}  // namespace stadtmesh::gateway
