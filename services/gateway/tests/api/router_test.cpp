#include "gateway/api/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stadtmesh::gateway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class RouterTest : public testing::Test {
 protected:
  void Add(const char* method, const char* path) {
    ASSERT_TRUE(router_.Add(method, *PathTemplate::Parse(path), next_++).ok());
  }
  int Find(const char* method, const char* path) const { return router_.Find(method, path).id; }
  Router router_;
  int next_ = 0;
};

TEST_F(RouterTest, FindsTheMostExact) {
  Add("GET", "/v1/rides/{id}");              // 0
  Add("GET", "/v1/rides/next");              // 1
  Add("POST", "/v1/rides/{id}:cancel");      // 2
  Add("GET", "/v1/{name=shops/*/items/*}");  // 3
  Add("GET", "/v1/files/{path=**}");         // 4
  Add("GET", "/v1/files/{id}/info");         // 5
  Add("GET", "/v1/rides");                   // 6
  EXPECT_EQ(Find("GET", "/v1/rides/7"), 0);
  EXPECT_EQ(Find("GET", "/v1/rides/next"), 1);
  EXPECT_EQ(Find("POST", "/v1/rides/7:cancel"), 2);
  EXPECT_EQ(Find("GET", "/v1/rides/a:b"), 0) << "an unknown verb is part of the id";
  EXPECT_EQ(Find("GET", "/v1/shops/a/items/b"), 3);
  EXPECT_EQ(Find("GET", "/v1/files/a/b/c"), 4);
  EXPECT_EQ(Find("GET", "/v1/files"), 4);
  EXPECT_EQ(Find("GET", "/v1/files/a/info"), 5);
  EXPECT_EQ(Find("HEAD", "/v1/rides"), 6);
  for (const char* path :
       {"/", "/v1", "/v1/rides/", "/v1/rides/7/8", "/v1/shops/a/items", "//v1/rides", "/v2/rides"})
    EXPECT_EQ(Find("GET", path), -1) << path;
  EXPECT_THAT(router_.Find("PUT", "/v1/rides/7:cancel").allowed,
              ElementsAre("GET", "HEAD", "POST"));
  EXPECT_THAT(router_.Find("GET", "/v1/none").allowed, IsEmpty());
}

TEST_F(RouterTest, RefusesTheSameTwice) {
  Add("GET", "/v1/rides/{id}");
  EXPECT_EQ(router_.Add("GET", *PathTemplate::Parse("/v1/rides/{ride_id}"), 9).code(),
            absl::StatusCode::kAlreadyExists);
}

TEST_F(RouterTest, TemplatesAreChecked) {
  for (const char* path : {"", "v1", "/v1/{id", "/v1/{a=**}/b", "/v1//b", "/v1/{id}x"})
    EXPECT_FALSE(PathTemplate::Parse(path).ok()) << path;
}

TEST_F(RouterTest, VariablesAreTheirText) {
  const PathTemplate path = *PathTemplate::Parse("/v1/{name=shops/*/items/*}/{id}:buy");
  EXPECT_EQ(VariableText(path, path.variables[0], "/v1/shops/a/items/b%2Fc/7:buy"),
            "shops/a/items/b%2Fc");
  EXPECT_EQ(VariableText(path, path.variables[1], "/v1/shops/a/items/b/7:buy"), "7");
  EXPECT_EQ(path.OpenApiPath(), "/v1/{name}/{id}:buy");
}

}  // namespace
}  // namespace stadtmesh::gateway
