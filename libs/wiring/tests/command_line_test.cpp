#include "wiring/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace stadtmesh::wiring {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

absl::StatusOr<CommandLine> Parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "stadtmesh-test");
  return ParseCommandLine(static_cast<int>(arguments.size()), arguments.data());
}

// What is printed, with one setting that is wrong.
std::string Printed(const char* argument) {
  const absl::StatusOr<CommandLine> command = Parse({argument});
  EXPECT_TRUE(command.ok()) << command.status();
  config::Reader reader(*config::Sources::FromText({}, "bus: {seats: many}"));
  reader.GetInteger({.name = "bus.seats", .default_value = 8});
  ::testing::internal::CaptureStdout();
  const absl::StatusOr<bool> done = OnlyAsked("stadtmesh-test 1.2.3", *command, reader);
  const std::string printed = ::testing::internal::GetCapturedStdout();
  return done.ok() && *done ? printed : std::string(done.status().message());
}

TEST(CommandLine, HelpAndVersionNeedNoSettings) {
  EXPECT_EQ(Printed("--version"), "stadtmesh-test 1.2.3\n");
  for (const char* part : {"--config", "--check", "--demo", "--version", "bus.seats"})
    EXPECT_THAT(Printed("--help"), HasSubstr(part));
  EXPECT_THAT(Printed("--check"), StartsWith("settings:\n  bus.seats"));
}

TEST(CommandLine, WhatIsNotUnderstoodIsNamed) {
  EXPECT_THAT(std::string(Parse({"--dmeo"}).status().message()), HasSubstr("--dmeo"));
  EXPECT_TRUE(Parse({"--demo"})->demo);
}

}  // namespace
}  // namespace stadtmesh::wiring
