#include "config/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "config/address.h"

namespace stadtmesh::config {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Reader Make(std::map<std::string, std::string> environment, absl::string_view yaml) {
  absl::StatusOr<Sources> sources = Sources::FromText(std::move(environment), yaml, "town.yaml");
  EXPECT_TRUE(sources.ok()) << sources.status();
  return Reader(*std::move(sources));
}

TEST(Reader, TheEnvironmentWinsOverTheFileAndTheFileOverTheDefault) {
  Reader reader = Make({{"STADTMESH_BUS_SEATS", "9"}}, "bus: {seats: 8, notice: 90m, name: Olfen}");
  EXPECT_EQ(reader.GetInteger({.name = "bus.seats", .default_value = 7, .maximum = 50}), 9);
  EXPECT_EQ(reader.GetDuration({.name = "bus.notice", .default_value = "60m"}), absl::Minutes(90));
  EXPECT_EQ(reader.GetText({.name = "bus.name", .default_value = "x"}), "Olfen");
  EXPECT_EQ(reader.GetNumber({.name = "bus.factor", .default_value = 1.5}), 1.5);
  EXPECT_TRUE(reader.Finish().ok()) << reader.Finish();
}

TEST(Reader, EveryErrorIsReportedAtOnceWithItsSettingAndWhatItShouldBe) {
  Reader reader = Make({{"STADTMESH_BUS_MODE", "fly"}},
                       "bus: {seats: 99, notice: soon, open: maybe, factor: .nan, days: {x: 1}}");
  reader.GetInteger(
      {.name = "bus.seats", .unit = "seats", .default_value = 7, .minimum = 1, .maximum = 50});
  reader.GetDuration({.name = "bus.notice", .default_value = "60m"});
  reader.GetFlag({.name = "bus.open"});
  reader.GetNumber({.name = "bus.factor", .default_value = 1.0, .maximum = 3});
  reader.GetChoice({.name = "bus.mode", .default_value = "stop", .choices = {"stop", "door"}});
  reader.GetText({.name = "bus.missing", .description = "Name of the bus"});
  const std::string message(reader.Finish().message());
  EXPECT_THAT(message, HasSubstr("bus.seats (STADTMESH_BUS_SEATS): is \"99\", should be a whole "
                                 "number from 1 to 50 seats"));
  EXPECT_THAT(message, HasSubstr("bus.notice"));
  EXPECT_THAT(message, HasSubstr("bus.open"));
  EXPECT_THAT(message, HasSubstr("bus.factor"));
  EXPECT_THAT(message, HasSubstr("one of stop, door"));
  EXPECT_THAT(message,
              HasSubstr("bus.missing (STADTMESH_BUS_MISSING): is required: Name of the bus"));
  EXPECT_THAT(message, HasSubstr("bus.days.x in town.yaml: there is no such setting"));
}

TEST(Reader, AnUnknownVariableIsAnErrorUnlessItsGroupBelongsToAnotherProcess) {
  Reader reader = Make(
      {{"STADTMESH_BUS_SEETS", "9"}, {"STADTMESH_GATEWAY_PORT", "1"}, {"STADTMESH_BUILD", "x"}},
      "gateway: {port: 2}");
  reader.Ignore("gateway");
  reader.GetInteger({.name = "bus.seats", .default_value = 7});
  const std::string message(reader.Finish().message());
  EXPECT_THAT(message, HasSubstr("STADTMESH_BUS_SEETS: there is no such setting"));
  EXPECT_THAT(message, Not(HasSubstr("GATEWAY")));
  EXPECT_THAT(message, Not(HasSubstr("STADTMESH_BUILD")));
}

TEST(Reader, ListsComeFromYamlSequencesOrCommas) {
  Reader reader = Make({{"STADTMESH_A", "x, y,,z"}}, "b: [1, 2]");
  EXPECT_THAT(reader.GetList({.name = "a"}), ElementsAre("x", "y", "z"));
  EXPECT_THAT(reader.GetList({.name = "b"}), ElementsAre("1", "2"));
  EXPECT_TRUE(reader.Finish().ok()) << reader.Finish();
}

TEST(Reader, AddressesToListenOnAreWholeAndNamed) {
  Reader reader = Make({{"STADTMESH_A_LISTEN", ""}},
                       "b: {listen: abc}\nc: {listen: ''}\nd: {listen: '0.0.0.0:0'}");
  const std::string fallback = "127.0.0.1:1";
  EXPECT_EQ(reader.GetListen({"a.listen", "", fallback, /*may_be_empty=*/true}), "");
  EXPECT_EQ(reader.GetListen({"b.listen", "", fallback}), fallback);
  EXPECT_EQ(reader.GetListen({"c.listen", "", fallback}), fallback);
  EXPECT_EQ(reader.GetListen({"d.listen", "", fallback}), "0.0.0.0:0");
  EXPECT_EQ(reader.GetListen({"e.listen", "", fallback}), fallback);
  EXPECT_EQ(std::string(reader.Finish().message()),
            absl::StrCat("settings:\n  b.listen (STADTMESH_B_LISTEN): is \"abc\", should be ",
                         kListenAddress, "\n  c.listen (STADTMESH_C_LISTEN): is \"\", should be ",
                         kListenAddress));
}

TEST(Reader, FilesMustBeThereAndHoldSomething) {
  const std::string folder = ::testing::TempDir();
  const std::string full = folder + "/reader_test_full", empty = folder + "/reader_test_empty";
  std::ofstream(full) << "x";
  std::ofstream give_it_a_name(empty);
  for (const std::string& wrong : {folder + "/does/not/exist", folder, empty}) {
    Reader reader = Make({{"STADTMESH_MAP", wrong}}, "");
    reader.GetFile({.name = "map", .description = "The town's map"});
    EXPECT_EQ(std::string(reader.Finish().message()),
              absl::StrCat("settings:\n  map (STADTMESH_MAP): is \"", wrong,
                           "\", should be the name of a file that can be read and is not empty"));
  }
  Reader reader = Make({{"STADTMESH_MAP", full}}, "");
  EXPECT_EQ(reader.GetFile({.name = "map", .description = ""}), full);
  EXPECT_TRUE(reader.Finish().ok()) << reader.Finish();
  reader.GetFile({.name = "other", .description = "The other map"});
  EXPECT_THAT(std::string(reader.Finish().message()),
              HasSubstr("other (STADTMESH_OTHER): is required: The other map"));
}

TEST(Reader, AFileThatIsNotRequiredIsRightWhereItIsGiven) {
  Reader reader = Make({{"STADTMESH_KEYS", "/does/not/exist"}}, "");
  EXPECT_EQ(reader.GetFile({.name = "map", .description = "", .required = false}), "");
  EXPECT_TRUE(reader.GetFile({.name = "keys", .description = "", .required = false}).empty());
  EXPECT_THAT(
      std::string(reader.Finish().message()),
      AllOf(HasSubstr("keys (STADTMESH_KEYS): is \"/does/not/exist\""), Not(HasSubstr("map"))));
}

TEST(Reader, ADemoListensOnThisMachineAlone) {
  Reader reader = Make({}, "a: {listen: '0.0.0.0:1'}\nb: {listen: '[::1]:2'}\nc: {listen: ''}");
  reader.OnlyLoopback();
  for (const char* name : {"a.listen", "b.listen", "c.listen"})
    reader.GetListen({.name = name, .default_value = "localhost:0", .may_be_empty = true});
  EXPECT_EQ(std::string(reader.Finish().message()),
            "settings:\n  a.listen (STADTMESH_A_LISTEN): is \"0.0.0.0:1\", should be an address of "
            "this machine alone in a demo, such as 127.0.0.1:8080");
}

TEST(Reader, WhatTheProcessDecidesTheEnvironmentDoesNot) {
  Reader reader = Make({{"STADTMESH_REDIS_ADDRESS", "elsewhere:1"}, {"STADTMESH_BUS_SEATS", "9"}},
                       "{redis: {address: here, password_file: ''}, red: x}");
  for (const char* name : {"redis.address", "red"}) reader.GetText({.name = name});
  reader.GetSecret({.name = "redis.password", .required = false});
  EXPECT_EQ(reader.GetInteger({.name = "bus.seats", .default_value = 7}), 9);
  reader.RefuseFromEnvironment("redis", "the town has its own");
  reader.RefuseFromEnvironment("red", "likewise");
  EXPECT_THAT(std::string(reader.Finish().message()),
              AllOf(HasSubstr("redis.address (STADTMESH_REDIS_ADDRESS): should not be set here: "
                              "the town has its own"),
                    Not(HasSubstr("likewise"))));
}

TEST(Reader, WhatAServiceRefusesIsShown) {
  Reader reader = Make({}, "origins: [https://a/]");
  reader.GetList({.name = "origins"});
  reader.Refuse("origins", "https://a/", "an origin such as https://a");
  EXPECT_EQ(std::string(reader.Finish().message()),
            "settings:\n  origins (STADTMESH_ORIGINS): is \"https://a/\", should be an origin such "
            "as https://a");
}

TEST(Reader, WhatMustNotBeEmptySaysSo) {
  Reader reader = Make({{"STADTMESH_AUDIENCE", ""}, {"STADTMESH_NOTE", ""}}, "towns: []");
  EXPECT_EQ(reader.GetText({.name = "audience", .default_value = "x", .not_empty = true}), "x");
  EXPECT_EQ(reader.GetText({.name = "note", .default_value = "x"}), "");
  EXPECT_THAT(reader.GetList({.name = "towns", .minimum_elements = 1}), ElementsAre());
  const std::string message(reader.Finish().message());
  EXPECT_THAT(message, HasSubstr("audience (STADTMESH_AUDIENCE): has 0 bytes, should be text of at "
                                 "most 4096 bytes, not empty"));
  EXPECT_THAT(message, HasSubstr("towns (STADTMESH_TOWNS): has 0 elements, should be a list of at "
                                 "least 1 and at most 1000 elements"));
  EXPECT_THAT(message, Not(HasSubstr("note")));
}

TEST(Reader, SecretsComeFromFilesOrTheEnvironmentAndAreNeverPrinted) {
  const std::string path = ::testing::TempDir() + "/reader_test_secret";
  std::ofstream(path) << "hunter2-hunter2\n";
  Reader reader =
      Make({{"STADTMESH_KEY", "short"}, {"STADTMESH_OTHER_FILE", path}}, "third: visible");
  reader.GetSecret({.name = "key", .minimum_length = 32});
  EXPECT_EQ(reader.GetSecret({.name = "other"}).Reveal(), "hunter2-hunter2");
  reader.GetSecret({.name = "third"});
  const std::string message(reader.Finish().message());
  EXPECT_THAT(message, HasSubstr("key (STADTMESH_KEY): has 5 bytes"));
  EXPECT_THAT(message, HasSubstr("third (STADTMESH_THIRD): is a secret"));
  EXPECT_THAT(message + reader.Help(), Not(HasSubstr("short")));
  EXPECT_THAT(message + reader.Help(), Not(HasSubstr("hunter2")));
  EXPECT_THAT(message + reader.Help(), Not(HasSubstr("visible")));
}

TEST(Reader, ASecretThatIsGivenIsNotEmpty) {
  const std::string folder = ::testing::TempDir(), empty = folder + "/reader_test_no_secret";
  std::ofstream(empty) << "\n";
  for (const std::string& file : {empty, folder, folder + "/does/not/exist", std::string()}) {
    Reader reader = Make({}, absl::StrCat("{password_file: '", file, "'}"));
    EXPECT_TRUE(reader.GetSecret({.name = "password", .required = false}).empty());
    EXPECT_EQ(std::string(reader.Finish().message()),
              absl::StrCat("settings:\n  password_file (STADTMESH_PASSWORD_FILE): is \"", file,
                           "\", should be the name of a file that can be read and is not empty"));
  }
  Reader reader = Make({{"STADTMESH_PASSWORD", ""}}, "");
  reader.GetSecret({.name = "password", .required = false});
  EXPECT_THAT(std::string(reader.Finish().message()),
              HasSubstr("password (STADTMESH_PASSWORD): has 0 bytes"));
}

TEST(Reader, HelpListsEverySettingWithItsDefaultAndRange) {
  Reader reader = Make({}, "");
  reader.GetInteger({.name = "bus.seats",
                     .description = "Seats of a bus",
                     .unit = "seats",
                     .default_value = 8,
                     .minimum = 1,
                     .maximum = 50});
  EXPECT_EQ(reader.Help(),
            "bus.seats  (STADTMESH_BUS_SEATS)\n    Seats of a bus\n    a whole number from 1 to 50 "
            "seats; default 8\n");
}

TEST(Sources, BrokenYamlNamesFileAndLine) {
  for (const char* yaml :
       {"a: [1\nb: 2", "- 1\n- 2", "a: 1\na: 2", "a: {b: [{c: 1}]}", "a:", "just text"}) {
    const absl::StatusOr<Sources> sources = Sources::FromText({}, yaml, "town.yaml");
    ASSERT_FALSE(sources.ok()) << yaml;
    EXPECT_THAT(std::string(sources.status().message()),
                HasSubstr("settings file town.yaml, line "));
  }
}

TEST(Sources, ReadsArgumentsAndTheEnvironment) {
  const std::string path = ::testing::TempDir() + "/reader_test.yaml";
  std::ofstream(path) << "a: 1\n";
  setenv("STADTMESH_SOURCES_TEST", "yes", 1);
  const std::string config = "--config=" + path;
  const char* arguments[] = {"program", config.c_str(), "--demo", "--help"};
  const absl::StatusOr<Sources> sources = Sources::FromProcess(4, arguments);
  unsetenv("STADTMESH_SOURCES_TEST");
  ASSERT_TRUE(sources.ok()) << sources.status();
  EXPECT_EQ(sources->environment.at("STADTMESH_SOURCES_TEST"), "yes");
  EXPECT_FALSE(sources->environment.contains("PATH"));
  EXPECT_THAT(sources->file.at("a"), ElementsAre("1"));
  EXPECT_THAT(sources->arguments, ElementsAre("--demo"));
  EXPECT_TRUE(sources->help);
  const std::string folder = ::testing::TempDir();
  for (const std::string& wrong : {std::string("/does/not/exist"), folder}) {
    const char* command[] = {"program", "--config", wrong.c_str()};
    EXPECT_EQ(std::string(Sources::FromProcess(3, command).status().message()),
              absl::StrCat("--config is \"", wrong, "\", should be a file that can be read"));
  }
}

}  // namespace
}  // namespace stadtmesh::config
