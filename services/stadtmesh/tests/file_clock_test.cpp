#include "stadtmesh/file_clock.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

namespace stadtmesh::town {
namespace {

class FileClockTest : public ::testing::Test {
 protected:
  FileClockTest()
      : path_(std::filesystem::path(::testing::TempDir()) / ("clock-" + std::to_string(getpid()))) {
  }
  ~FileClockTest() override { std::filesystem::remove(path_); }
  void Write(int64_t nanoseconds) {
    std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
    if (!file) file.open(path_, std::ios::binary | std::ios::out);
    file.write(reinterpret_cast<const char*>(&nanoseconds), sizeof(nanoseconds));
  }
  std::filesystem::path path_;
};

TEST_F(FileClockTest, FollowsTheFile) {
  Write(1'000'000'000);
  const auto clock = FileClock::Open(path_.string());
  ASSERT_TRUE(clock.ok()) << clock.status();
  EXPECT_EQ((*clock)->Now(), absl::FromUnixSeconds(1));
  Write(5'000'000'000);
  EXPECT_EQ((*clock)->Now(), absl::FromUnixSeconds(5));
}

TEST_F(FileClockTest, RefusesWhatIsNoClock) {
  EXPECT_FALSE(FileClock::Open("/nonexistent/clock").ok());
  std::ofstream(path_) << "short";
  EXPECT_FALSE(FileClock::Open(path_.string()).ok());
}

}  // namespace
}  // namespace stadtmesh::town
