#include "gateway/http/network.h"

#include <gtest/gtest.h>

namespace stadtmesh::gateway {
namespace {

TEST(NetworkTest, Contains) {
  EXPECT_TRUE(Network::Parse("10.0.0.0/8")->Contains("10.200.1.1"));
  EXPECT_FALSE(Network::Parse("10.0.0.0/8")->Contains("11.0.0.1"));
  EXPECT_TRUE(Network::Parse("10.0.0.0/8")->Contains("::ffff:10.1.1.1"));
  EXPECT_TRUE(Network::Parse("fd00::/8")->Contains("fd12::1"));
  EXPECT_FALSE(Network::Parse("fd00::/8")->Contains("10.0.0.1"));
  EXPECT_TRUE(Network::Parse("192.0.2.1")->Contains("192.0.2.1"));
  EXPECT_FALSE(Network::Parse("192.0.2.1")->Contains("nonsense"));
  for (const char* text :
       {"", "x", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0/8", "::/129"})
    EXPECT_FALSE(Network::Parse(text).ok()) << text;
}

TEST(NetworkTest, OneHouseholdIsOneAddress) {
  EXPECT_EQ(AddressGroup("2001:db8:1:2::1"), AddressGroup("2001:db8:1:2:ffff::9"));
  EXPECT_NE(AddressGroup("2001:db8:1:2::1"), AddressGroup("2001:db8:1:3::1"));
  EXPECT_EQ(AddressGroup("::ffff:192.0.2.1"), AddressGroup("192.0.2.1"));
  EXPECT_EQ(AddressGroup("<script>"), "invalid");
}

TEST(NetworkTest, BelievesProxiesOnly) {
  const std::vector<Network> proxies = {*Network::Parse("10.0.0.0/8")};
  EXPECT_EQ(ClientAddress("192.0.2.7", "198.51.100.1", proxies), "192.0.2.7");
  EXPECT_EQ(ClientAddress("10.0.0.1", "198.51.100.1", proxies), "198.51.100.1");
  EXPECT_EQ(ClientAddress("10.0.0.1", "203.0.113.5, 198.51.100.1, 10.0.0.2", proxies),
            "198.51.100.1");
  EXPECT_EQ(ClientAddress("10.0.0.1", "198.51.100.1, nonsense", proxies), "10.0.0.1");
  EXPECT_EQ(ClientAddress("10.0.0.1", "", proxies), "10.0.0.1");
}

}  // namespace
}  // namespace stadtmesh::gateway
