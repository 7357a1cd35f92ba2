#include <gtest/gtest.h>

#include "gateway/api/problem.h"
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

TEST(RateLimiterTest, AClockThatIsPutBackLocksNobodyOut) {
  RateLimiter limiter({.per_second = 10, .burst = 5}, /*keys=*/16);
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(limiter.Take("a", kNoon));
  EXPECT_EQ(limiter.Take("a", kNoon - absl::Milliseconds(1)), absl::Milliseconds(101))
      << "a request that overtook another one is no such clock";
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(limiter.Take("a", kNoon - absl::Hours(1)));
  EXPECT_EQ(limiter.Take("a", kNoon - absl::Hours(1)), absl::Milliseconds(100));
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
  for (const char* host : {"", "x", "=y", "x=", "x=Y Z", "not a host!=y", "x:8080=y", "http://x=y",
                           "x..example=y", "-x=y", "*.=y", "*=y", "a.*.b=y", "1.2.3=y", "::1=y"})
    EXPECT_FALSE(Tenants::Parse({host}, {}).ok()) << host;
  for (const char* service : {"x", "a/b", "a=b", "a/b=C"})
    EXPECT_FALSE(Tenants::Parse({}, {service}).ok()) << service;
  EXPECT_TRUE(Tenants::Parse({"localhost=a", "127.0.0.1=a", "[::1]=a", "x.example.=a"}, {}).ok());
}

TEST(TenantsTest, AHostLeadsToOneTown) {
  EXPECT_TRUE(Tenants::Parse({"x.example=a", "X.Example.=a"}, {}).ok()) << "said twice, no more";
  const std::string message(Tenants::Parse({"x.example=a", "X.Example=b"}, {}).status().message());
  EXPECT_NE(message.find("\"X.Example=b\" should lead to a, as it does above"), std::string::npos)
      << message;
  EXPECT_FALSE(Tenants::Parse({"*.x.example=a", "*.x.example=b"}, {}).ok());
  EXPECT_TRUE(Tenants::Parse({"*.x.example=a", "y.x.example=b"}, {}).ok());
  EXPECT_FALSE(Tenants::Parse({}, {"a/market=b", "a/market=c"}).ok());
}

TEST(LanguageTest, GermanUnlessEnglishIsPreferred) {
  for (const char* header :
       {"", "de", "fr", "en;q=0.5, de", "de-AT,en;q=0.9", "*", "en;q=0", "en;q=x", "english"})
    EXPECT_EQ(ChooseLanguage(header), "de") << header;
  for (const char* header : {"en", "en-GB", "fr, en;q=0.3", "de;q=0.2,EN"})
    EXPECT_EQ(ChooseLanguage(header), "en") << header;
}

}  // namespace
}  // namespace stadtmesh::gateway
