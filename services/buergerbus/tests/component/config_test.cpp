// The process's settings: what is wrong with them is told with its name, before anything starts.
#include "buergerbus/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"

namespace stadtmesh::buergerbus {
namespace {

using ::testing::HasSubstr;

std::string Error(absl::string_view map, absl::string_view listen) {
  config::Reader reader(*config::Sources::FromText(
      {}, absl::StrCat("buergerbus: {map: '", map, "'}\nserver: {listen: '", listen, "'}")));
  ReadConfig(reader);
  return std::string(reader.Finish().message());
}

std::string Map() {
  const std::string map = ::testing::TempDir() + "/config_test.osm";
  std::ofstream(map) << "<osm/>";
  return map;
}

std::string ErrorWithListen(absl::string_view listen) { return Error(Map(), listen); }

TEST(Config, TheMapIsThere) {
  EXPECT_EQ(Error(Map(), "127.0.0.1:0"), "");
  EXPECT_EQ(Error("/does/not/exist.osm", "127.0.0.1:0"),
            "settings:\n  buergerbus.map (STADTMESH_BUERGERBUS_MAP): is \"/does/not/exist.osm\", "
            "should be the name of a file that can be read and is not empty");
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
