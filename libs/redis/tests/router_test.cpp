#include "redis/router.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "testing/redis_cluster.h"
#include "testing/redis_process.h"
#include "testing/wait_until.h"

namespace stadtmesh::redis {
namespace {

using testing::Soon;
using testing::WaitUntil;

ClientOptions To(const std::vector<Address>& addresses) {
  ClientOptions options;
  options.connection.address = addresses.front();
  options.connection.others.assign(addresses.begin() + 1, addresses.end());
  options.connection.min_backoff = absl::Milliseconds(1);
  options.connection.max_backoff = absl::Milliseconds(50);
  options.connections = 2;
  return options;
}

// The examples of the Redis Cluster specification, and what a real server says.
TEST(KeySlot, IsRedis) {
  EXPECT_EQ(KeySlot("123456789"), 0x31C3 % kSlots);
  EXPECT_EQ(KeySlot("{user1000}.following"), KeySlot("user1000"));
  testing::RedisCluster cluster;
  Client client(To({cluster.addresses().front()}));
  for (const std::string key : {"", "a", "foo{}{bar}", "foo{{bar}}zap", "foo{bar}{zap}", "{x", "x}",
                                "{town/buergerbus}r:ride-1", "\xff\x00\x80"}) {
    EXPECT_EQ(KeySlot(key), client.Call({"CLUSTER", "KEYSLOT", key}, Soon())->integer) << key;
  }
}

class RouterTest : public ::testing::Test {
 protected:
  testing::RedisCluster cluster_;
  std::unique_ptr<Router> router_ = *Router::Connect(To({cluster_.addresses()[1]}), true, Soon());
};

TEST_F(RouterTest, FindsEveryNodeFromOne) {
  for (int i = 0; i < 50; ++i) {
    const std::string key = absl::StrCat("key", i);
    ASSERT_TRUE(router_->Call(key, {"SET", key, key}, Soon()).ok());
    EXPECT_EQ(router_->Call(key, {"GET", key}, Soon())->text, key);
  }
  for (int n = 0; n < 3; ++n) {
    Client client(To({cluster_.addresses()[n]}));
    EXPECT_GT(client.Call({"DBSIZE"}, Soon())->integer, 5);
  }
}

TEST_F(RouterTest, FollowsASlotThatMoved) {
  const int slot = KeySlot("key");
  const Script script("return redis.call('INCR', KEYS[1])");
  ScriptArguments arguments;
  arguments.Key("key");
  for (int round = 1; round <= 4; ++round) {
    EXPECT_EQ(router_->CallScript("key", script, arguments, Soon())->integer, round);
    cluster_.MoveSlot(slot, (cluster_.OwnerOf(slot) + 1) % 3);
  }
}

// Half of the keys have gone already: those are asked for where they are, behind ASKING.
TEST_F(RouterTest, AsksTheNewNodeWhileTheSlotMoves) {
  const int slot = KeySlot("{t}");
  const auto key = [](int i) { return absl::StrCat("{t}", i); };
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(router_->Call("{t}", {"SET", key(i), "x"}, Soon()).ok());
  const int from = cluster_.OwnerOf(slot), to = (from + 1) % 3;
  Client source(To({cluster_.addresses()[from]})), target(To({cluster_.addresses()[to]}));
  const std::string name = absl::StrCat(slot),
                    source_id = source.Call({"CLUSTER", "MYID"}, Soon())->text;
  const std::string target_id = target.Call({"CLUSTER", "MYID"}, Soon())->text;
  ASSERT_TRUE(target.Call({"CLUSTER", "SETSLOT", name, "IMPORTING", source_id}, Soon()).ok());
  ASSERT_TRUE(source.Call({"CLUSTER", "SETSLOT", name, "MIGRATING", target_id}, Soon()).ok());
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(source
                    .Call({"MIGRATE", "127.0.0.1", absl::StrCat(cluster_.node(to).port()), key(i),
                           "0", "5000"},
                          Soon())
                    .ok());
  }
  for (int i = 0; i < 20; ++i) EXPECT_EQ(router_->Call("{t}", {"GET", key(i)}, Soon())->text, "x");
  const Script script("return redis.call('GET', KEYS[1])");
  ScriptArguments moved;
  moved.Key(key(3));
  EXPECT_EQ(router_->CallScript("{t}", script, moved, Soon())->text, "x");
  // Keys of which only some have moved: neither node can serve them, until the move is complete.
  // A last attempt that has no time left says something else.
  absl::Status both;
  EXPECT_TRUE(WaitUntil([&] {
    const absl::Time deadline = absl::Now() + absl::Milliseconds(50);
    both = router_->Call("{t}", {"MGET", key(1), key(15)}, deadline).status();
    EXPECT_FALSE(both.ok());
    return absl::IsUnavailable(both) && !IsOutcomeUnknown(both);
  })) << both;
  std::thread rest([&] { cluster_.MoveSlot(slot, to); });
  EXPECT_EQ(router_->Call("{t}", {"MGET", key(1), key(15)}, Soon())->elements.size(), 2u);
  rest.join();
}

TEST(RouterFailOver, AReplicaOfTheClusterTakesOver) {
  testing::RedisCluster cluster(true);
  const auto router = *Router::Connect(To(cluster.addresses()), true, Soon());
  std::string key;
  for (int i = 0; cluster.OwnerOf(KeySlot(key = absl::StrCat("key", i))) != 0;) ++i;
  ASSERT_TRUE(router->Call(key, {"SET", key, "1"}, Soon(), {.repeatable = true}).ok());
  // WAIT speaks of its own connection's writes only, so the replica is asked itself.
  Client replica(To({cluster.addresses()[testing::RedisCluster::kNodes]}));
  ASSERT_TRUE(WaitUntil([&] {
    const auto copy = replica.CallAll({{"READONLY"}, {"GET", key}}, Soon())[1];
    return copy.ok() && copy->text == "1";
  }));
  cluster.node(0).Kill();
  absl::StatusOr<Reply> reply;
  EXPECT_TRUE(WaitUntil(
      [&] {
        reply =
            router->Call(key, {"GET", key}, absl::Now() + absl::Seconds(1), {.repeatable = true});
        return reply.ok();
      },
      absl::Seconds(30)))
      << reply.status();
  EXPECT_EQ(reply->text, "1");
}

TEST(RouterStart, AServerThatIsNoClusterIsRefused) {
  testing::RedisProcess redis;
  EXPECT_EQ(Router::Connect(To({*ParseAddress(redis.address())}), true, Soon()).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace stadtmesh::redis
