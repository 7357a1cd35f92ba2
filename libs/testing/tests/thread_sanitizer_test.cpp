// That the marks of testing/thread_sanitizer order what a mutex orders, and nothing more. That they
// order enough is what every other test under the sanitizer shows.
#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

#include "absl/synchronization/mutex.h"

namespace stadtmesh::testing {
namespace {

using ::testing::ExitedWithCode;

constexpr int kFound = 66;  // the sanitizer's exit code

class ThreadSanitizerDeathTest : public ::testing::Test {
 protected:
  ThreadSanitizerDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

template <typename Lock>
[[noreturn]] void CountTwice() {
  absl::Mutex mutex;
  int count = 0;
  const auto add = [&] {
    const Lock lock(&mutex);
    ++count;
  };
  std::thread one(add), two(add);
  one.join();
  two.join();
  std::exit(EXIT_SUCCESS);  // where the sanitizer says what it found
}

TEST_F(ThreadSanitizerDeathTest, AMutexOrdersWriters) {
  EXPECT_EXIT(CountTwice<absl::MutexLock>(), ExitedWithCode(EXIT_SUCCESS), "");
}
TEST_F(ThreadSanitizerDeathTest, ReadersAreNotOrdered) {
  EXPECT_EXIT(CountTwice<absl::ReaderMutexLock>(), ExitedWithCode(kFound), "data race");
}

}  // namespace
}  // namespace stadtmesh::testing
