// The process's settings: what is wrong with them is told with its name, before anything starts.
#include "buergerbus/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace stadtmesh::buergerbus {
namespace {

using ::testing::HasSubstr;

std::string ErrorWithListen(absl::string_view listen) {
  config::Reader reader(*config::Sources::FromText(
      {}, absl::StrCat("buergerbus: {map: town.osm}\nserver: {listen: '", listen, "'}")));
  ReadConfig(reader);
  return std::string(reader.Finish().message());
}

TEST(Config, ListensOnlyOnAnAddressAndAPort) {
  for (const char* listen : {"127.0.0.1:0", "0.0.0.0:50051", "[::]:50051", "localhost:50051"}) {
    EXPECT_EQ(ErrorWithListen(listen), "") << listen;
  }
  for (const char* listen : {"abc", "127.0.0.1:99999", ""}) {
    EXPECT_THAT(ErrorWithListen(listen),
                HasSubstr(absl::StrCat("server.listen (STADTMESH_SERVER_LISTEN): is \"", listen,
                                       "\", should be host:port")));
  }
}

}  // namespace
}  // namespace stadtmesh::buergerbus
