#include "redis/client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "redis/subscriber.h"
#include "testing/cut_proxy.h"
#include "testing/redis_process.h"
#include "testing/wait_until.h"

namespace stadtmesh::redis {
namespace {

using testing::CutProxy;
using testing::Soon;
using testing::WaitUntil;

ClientOptions To(const std::string& socket, int connections = 2) {
  ClientOptions options;
  options.connection.address.socket = socket;
  options.connection.min_backoff = absl::Milliseconds(1);
  options.connections = connections;
  return options;
}

class ClientTest : public ::testing::Test {
 protected:
  int64_t Value(const std::string& key) {
    return std::stoll("0" + client_->Call({"GET", key}, Soon())->text);
  }
  testing::RedisProcess redis_{{.tcp = true, .settings = {{"repl-diskless-sync-delay", "0"}}}};
  std::unique_ptr<Client> client_ = *Client::Connect(To(redis_.socket()), Soon());
};

TEST_F(ClientTest, ManyCallersShareFewConnections) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 32; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 100; ++i) {
        const std::string value = absl::StrCat(t, ".", i);
        EXPECT_EQ(client_->Call({"ECHO", value}, Soon())->text, value);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(ClientTest, PipelinesInOrderAndAnErrorIsOnlyItsOwn) {
  std::vector<Command> commands;
  commands.push_back({"SET", "a", "1"});
  commands.push_back({"LPUSH", "a", "x"});
  commands.push_back({"INCR", "a"});
  const auto results = client_->CallAll(std::move(commands), Soon());
  EXPECT_EQ(results[0]->text, "OK");
  EXPECT_EQ(results[1].status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(results[2]->integer, 2);
}

TEST_F(ClientTest, SpeaksTcp) {
  ClientOptions options;
  options.connection.address = *ParseAddress(redis_.tcp_address());
  EXPECT_EQ((*Client::Connect(options, Soon()))->Call({"PING"}, Soon())->text, "PONG");
}

TEST_F(ClientTest, ScriptsAreLoadedWhenTheServerDoesNotKnowThem) {
  const Script script("return {KEYS[1], ARGV[1]}");
  ScriptArguments arguments;
  arguments.Key("key");
  arguments.Arg("argument");
  for (int i = 0; i < 2; ++i) {
    const auto reply = client_->CallScript(script, arguments, Soon());
    ASSERT_EQ(reply->elements.size(), 2u);
    EXPECT_EQ(reply->elements[1].text, "argument");
    ASSERT_TRUE(client_->Call({"SCRIPT", "FLUSH"}, Soon()).ok());
  }
}

TEST_F(ClientTest, ABrokenConnectionLeavesTheOutcomeUnknownUnlessTheCallMayBeRepeated) {
  CutProxy proxy(redis_.directory() + "/proxy.sock", redis_.socket());
  const auto client = *Client::Connect(To(proxy.socket(), 1), Soon());
  proxy.CutAfter(CutProxy::Direction::kToClient, 1);
  const auto once = client->Call({"INCR", "n"}, Soon());
  EXPECT_EQ(once.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(IsOutcomeUnknown(once.status()));
  EXPECT_EQ(Value("n"), 1);
  // Connected again, so that the next cut meets the call and not the handshake.
  ASSERT_TRUE(client->Call({"PING"}, Soon(), {.repeatable = true}).ok());
  proxy.CutAfter(CutProxy::Direction::kToClient, 1);
  EXPECT_TRUE(client->Call({"INCR", "n"}, Soon(), {.repeatable = true}).ok());
  EXPECT_EQ(Value("n"), 3);  // executed twice: only what recognises itself may be repeated
}

TEST_F(ClientTest, WaitsForAServerThatIsAwayUntilTheDeadline) {
  redis_.Kill();
  ASSERT_TRUE(WaitUntil(
      [&] { return !client_->Call({"PING"}, absl::Now() + absl::Milliseconds(1)).ok(); }));
  const absl::Status status =
      client_->Call({"PING"}, absl::Now() + absl::Milliseconds(20)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(IsOutcomeUnknown(status));
  std::thread restart([&] { redis_.Restart(); });
  EXPECT_TRUE(client_->Call({"PING"}, Soon(), {.repeatable = true}).ok());
  restart.join();
}

TEST_F(ClientTest, WaitsForAServerThatStillReadsItsData) {
  // Reading the append-only file takes seconds, in which the server answers after every 1,024
  // entries.
  testing::RedisProcess slow({.settings = {{"key-load-delay", "200"}}});
  const auto client = *Client::Connect(To(slow.socket()), Soon());
  std::vector<Command> writes(8'000, Command{"INCR", "n"});
  for (const auto& reply : client->CallAll(std::move(writes), Soon())) ASSERT_TRUE(reply.ok());
  slow.Kill();
  std::thread restart([&] { slow.Restart(); });
  const auto value = client->Call({"GET", "n"}, Soon(), {.repeatable = true});
  restart.join();
  ASSERT_TRUE(value.ok()) << value.status();
  EXPECT_EQ(value->text, "8000");
}

TEST_F(ClientTest, ASilentServerIsGivenUp) {
  ClientOptions options = To(redis_.socket(), 1);
  options.connection.stall_timeout = absl::Milliseconds(50);
  const auto client = *Client::Connect(options, Soon());
  redis_.Kill(SIGSTOP);
  const absl::Status status = client->Call({"INCR", "n"}, Soon()).status();
  redis_.Kill(SIGCONT);
  EXPECT_TRUE(IsOutcomeUnknown(status));
  EXPECT_TRUE(client->Call({"PING"}, Soon(), {.repeatable = true}).ok());
}

TEST_F(ClientTest, ADurableCallWaitsForTheReplicas) {
  ClientOptions options = To(redis_.socket());
  options.connection.wait_replicas = 1;
  options.connection.wait_timeout = absl::Milliseconds(100);
  const auto client = *Client::Connect(options, Soon());
  const CallOptions durable{.repeatable = false, .durable = true};
  const absl::Status alone = client->Call({"SET", "a", "1"}, Soon(), durable).status();
  EXPECT_EQ(alone.code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(IsOutcomeUnknown(alone));
  EXPECT_TRUE(client->Call({"GET", "a"}, Soon()).ok());  // reads do not wait

  testing::RedisProcess replica;
  const auto replica_client = *Client::Connect(To(replica.socket()), Soon());
  ASSERT_TRUE(
      replica_client->Call({"REPLICAOF", "127.0.0.1", absl::StrCat(redis_.port())}, Soon()).ok());
  ASSERT_TRUE(WaitUntil([&] { return client->Call({"SET", "a", "2"}, Soon(), durable).ok(); }));
  EXPECT_EQ(replica_client->Call({"GET", "a"}, Soon())->text, "2");
}

TEST_F(ClientTest, ASubscriberHearsMessagesAndReconnects) {
  std::atomic<int> messages{0}, connects{0};
  const Subscriber subscriber(To(redis_.socket()).connection, {"one", "two"},
                              {[&](absl::string_view channel, absl::string_view payload) {
                                 messages += channel == "two" && payload == "hello";
                               },
                               [&] { ++connects; }});
  ASSERT_TRUE(WaitUntil([&] { return connects == 1; }));
  ASSERT_TRUE(client_->Call({"PUBLISH", "two", "hello"}, Soon()).ok());
  EXPECT_TRUE(WaitUntil([&] { return messages == 1; }));
  redis_.Kill();
  redis_.Restart();
  ASSERT_TRUE(WaitUntil([&] { return connects == 2; }));
  ASSERT_TRUE(client_->Call({"PUBLISH", "two", "hello"}, Soon(), {.repeatable = true}).ok());
  EXPECT_TRUE(WaitUntil([&] { return messages >= 2; }));
}

}  // namespace
}  // namespace stadtmesh::redis
