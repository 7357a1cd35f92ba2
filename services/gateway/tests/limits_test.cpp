#include <gtest/gtest.h>

#include "gateway/api/problem.h"
#include "gateway/config.h"
#include "gateway/rate_limiter.h"
#include "gateway/tenants.h"

namespace stadtmesh::gateway {
namespace {

const absl::Time kNoon = absl::FromUnixSeconds(1795258800);

TEST(RateLimiterTest, ABurstThenTheRate) {
  RateLimiter limiter({.per_second = 10, .burst = 5});
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(limiter.Take("a", kNoon));
  EXPECT_EQ(limiter.Take("a", kNoon), absl::Milliseconds(100));
  EXPECT_FALSE(limiter.Take("b", kNoon));
  int taken = 0;
  for (int ms = 0; ms < 10000; ++ms) taken += !limiter.Take("a", kNoon + absl::Milliseconds(ms));
  EXPECT_EQ(taken, 99);  // 10 s at 10/s, all of the burst was gone
}

TEST(RateLimiterTest, FailsOpenWhenFullAndForgets) {
  RateLimiter limiter({.per_second = 1, .burst = 1}, /*keys=*/16);
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(limiter.Take("key" + std::to_string(i), kNoon));
  RateLimiter none({.per_second = 0, .burst = 1});
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(none.Take("a", kNoon));
}

TEST(TenantsTest, HostsTownsServices) {
  const auto tenants = Tenants::Parse({"Bus.Example=musterstadt", "*.region.example=olfen"},
                                      {"musterstadt/market=region-ost"});
  ASSERT_TRUE(tenants.ok());
  ASSERT_NE(tenants->FindTown("bus.example"), nullptr);
  EXPECT_EQ(*tenants->FindTown("x.region.example"), "olfen");
  EXPECT_EQ(tenants->FindTown("region.example"), nullptr);
  EXPECT_EQ(tenants->FindTown("a.b.region.example"), nullptr);
  EXPECT_EQ(tenants->FindTown("evil"), nullptr);
  EXPECT_EQ(tenants->TenantOf("musterstadt", "market"), "region-ost");
  EXPECT_EQ(tenants->TenantOf("musterstadt", "buergerbus"), "musterstadt");
  for (const char* host : {"", "x", "=y", "x=", "x=Y Z"})
    EXPECT_FALSE(Tenants::Parse({host}, {}).ok()) << host;
  for (const char* service : {"x", "a/b", "a=b", "a/b=C"})
    EXPECT_FALSE(Tenants::Parse({}, {service}).ok()) << service;
}

TEST(LanguageTest, GermanUnlessEnglishIsPreferred) {
  for (const char* header :
       {"", "de", "fr", "en;q=0.5, de", "de-AT,en;q=0.9", "*", "en;q=0", "en;q=x", "english"})
    EXPECT_EQ(ChooseLanguage(header), "de") << header;
  for (const char* header : {"en", "en-GB", "fr, en;q=0.3", "de;q=0.2,EN"})
    EXPECT_EQ(ChooseLanguage(header), "en") << header;
}

TEST(ConfigTest, ErrorsNameTheSetting) {
  const auto error = [](absl::string_view yaml) {
    config::Reader reader(*config::Sources::FromText({}, yaml));
    ReadConfig(reader);
    return std::string(reader.Finish().message());
  };
  EXPECT_EQ(error("gateway: {hosts: [localhost=musterstadt]}"), "");
  EXPECT_NE(error("gateway: {}").find("gateway.hosts"), std::string::npos);
  EXPECT_NE(error("gateway: {hosts: [x]}").find("host=town"), std::string::npos);
  EXPECT_NE(error("gateway: {hosts: [a=b], trusted_proxies: [10.0.0.0/99]}")
                .find("gateway.trusted_proxies"),
            std::string::npos);
  EXPECT_NE(error("gateway: {hosts: [a=b], cors_origins: ['*']}").find("gateway.cors_origins"),
            std::string::npos);
  EXPECT_NE(error("gateway: {hosts: [a=b], listen: abc}")
                .find("gateway.listen (STADTMESH_GATEWAY_LISTEN): is \"abc\", should be host:port"),
            std::string::npos);
  EXPECT_NE(error("gateway: {hosts: [a=b], listen: '127.0.0.1:99999'}").find("gateway.listen"),
            std::string::npos);
  EXPECT_NE(error("gateway: {hosts: [a=b], body_limit: 1}").find("gateway.body_limit"),
            std::string::npos);
}

}  // namespace
}  // namespace stadtmesh::gateway
