#include "stadtmesh/arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stadtmesh::town {
namespace {

using ::testing::HasSubstr;

TEST(Arguments, RunIsTheDefault) {
  const auto parsed = ParseArguments({"--demo", "--map", "town.osm", "--listen", "127.0.0.1:0"});
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->command, Arguments::Command::kRun);
  EXPECT_EQ(parsed->map_file, "town.osm");
  EXPECT_EQ(parsed->listen, "127.0.0.1:0");
}

TEST(Arguments, WrongOnesAreNamed) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"--map", "town.osm"}, "--demo"},
      {{"--demo"}, "--map"},
      {{"--demo", "--map"}, "--map"},
      {{"--dmeo"}, "--dmeo"},
      {{"tokens", "--count", "0"}, "--count"},
      {{"tokens", "--count", "x"}, "--count"},
      {{"--demo", "--map", "town.osm", "--listen", "abc"},
       "--listen is \"abc\", should be host:port"},
      {{"--demo", "--map", "town.osm", "--listen", "127.0.0.1:99999"}, "--listen"},
      {{"--demo", "--map", "town.osm", "--listen", "0.0.0.0:1"},
       "--listen is \"0.0.0.0:1\", should be an address of this machine alone"},
      {{"--demo", "--map", "town.osm", "--log-level", "loud"}, "--log-level is \"loud\""},
      {{"tokens", "--role", "driver"}, "--role and --count belong together"},
      {{"tokens", "--count", "3"}, "--role and --count belong together"},
      {{"tokens", "--role", "nobody", "--count", "3"}, "--role is \"nobody\""},
      {{"tokens", "--role", "service", "--count", "3"}, "--role is \"service\""},
      {{"welcome"}, "welcome needs --url, --from and --to"},
      {{"welcome", "--url", "http://localhost", "--from", "a"}, "--to"}};
  for (const auto& [arguments, named] : cases) {
    const auto parsed = ParseArguments(arguments);
    ASSERT_FALSE(parsed.ok());
    EXPECT_THAT(std::string(parsed.status().message()), HasSubstr(named));
  }
}

TEST(Arguments, TokensAreOnePerRoleOrManyOfOne) {
  EXPECT_TRUE(ParseArguments({"tokens"}).ok());
  EXPECT_TRUE(ParseArguments({"tokens", "--role", "driver", "--count", "3"}).ok());
}

TEST(Arguments, HelpWinsAndNamesEveryOption) {
  ASSERT_EQ(ParseArguments({"--demo", "--help"})->command, Arguments::Command::kHelp);
  for (const char* option : {"--map", "--data", "--listen", "--log-level", "--descriptors",
                             "--clock", "--ready-file", "--demo"}) {
    EXPECT_THAT(std::string(Usage()), HasSubstr(option));
  }
}

}  // namespace
}  // namespace stadtmesh::town
