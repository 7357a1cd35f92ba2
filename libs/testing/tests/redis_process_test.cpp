#include "testing/redis_process.h"

#include <gtest/gtest.h>
#include <hiredis/hiredis.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "testing/wait_until.h"

namespace stadtmesh::testing {
namespace {

std::string Ask(const std::string& socket, const char* command) {
  redisContext* context = redisConnectUnix(socket.c_str());
  auto* reply = static_cast<redisReply*>(redisCommand(context, command));
  std::string text =
      reply == nullptr || reply->str == nullptr ? "" : std::string(reply->str, reply->len);
  if (reply != nullptr) freeReplyObject(reply);
  redisFree(context);
  return text;
}

TEST(RedisProcess, SurvivesAKillWithItsData) {
  RedisProcess redis;
  ASSERT_EQ(Ask(redis.socket(), "SET a 1"), "OK");
  redis.Kill();
  EXPECT_EQ(redis.pid(), 0);
  redis.Restart();
  EXPECT_EQ(Ask(redis.socket(), "GET a"), "1");
}

TEST(RedisProcess, ListensOnAFreeLoopbackPort) {
  RedisProcess redis({.tcp = true});
  redisContext* context = redisConnect("127.0.0.1", redis.port());
  EXPECT_EQ(context->err, 0);
  redisFree(context);
}

TEST(RedisProcess, RefusesASecondServerOnItsDirectory) {
  RedisProcess redis;
  redis::ServerProcessOptions options;
  options.directory = redis.directory();
  options.socket = redis.directory() + "/second.sock";
  EXPECT_EQ(redis::ServerProcess::Start(options).status().code(), absl::StatusCode::kAlreadyExists);
}

TEST(RedisProcess, AServerThatCannotStartSaysWhy) {
  RedisProcess redis;  // lends a directory
  redis::ServerProcessOptions options;
  options.directory = redis.directory() + "/other";
  options.settings = {{"appendfsync", "sometimes"}};
  const absl::Status status = redis::ServerProcess::Start(options).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
}

// The parent is a process of its own here, killed without a chance to clean up.
TEST(RedisProcess, DiesWithItsParent) {
  int fds[2];
  ASSERT_EQ(pipe(fds), 0);
  const pid_t parent = fork();
  if (parent == 0) {
    RedisProcess redis;
    const pid_t server = redis.pid();
    (void)!write(fds[1], &server, sizeof(server));
    pause();
    _exit(0);
  }
  pid_t server = 0;
  ASSERT_EQ(read(fds[0], &server, sizeof(server)), static_cast<ssize_t>(sizeof(server)));
  EXPECT_EQ(kill(server, 0), 0);
  prctl(PR_SET_CHILD_SUBREAPER, 1);  // so that this test can see the orphan end
  kill(parent, SIGKILL);
  waitpid(parent, nullptr, 0);
  EXPECT_TRUE(WaitUntil([&] { return waitpid(server, nullptr, WNOHANG) == server; }));
  prctl(PR_SET_CHILD_SUBREAPER, 0);
  close(fds[0]);
  close(fds[1]);
}

}  // namespace
}  // namespace stadtmesh::testing
