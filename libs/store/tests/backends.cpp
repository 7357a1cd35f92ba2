#include "backends.h"

#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/time.h"
#include "store/redis_store.h"
#include "testing/fake_store.h"
#include "testing/redis_cluster.h"
#include "testing/redis_process.h"

namespace stadtmesh::store {
namespace {

std::unique_ptr<Store> Connect(const std::vector<redis::Address>& addresses, bool cluster) {
  RedisStoreOptions options;
  options.client.connection.address = addresses.front();
  options.client.connection.others.assign(addresses.begin() + 1, addresses.end());
  options.cluster = cluster;
  options.outbox_limit = kTestOutboxLimit;
  options.max_wait = absl::Seconds(20);
  auto store = RedisStore::Connect(options, Soon());
  if (!store.ok()) {
    std::fprintf(stderr, "%s\n", store.status().ToString().c_str());
    std::abort();
  }
  return *std::move(store);
}

std::unique_ptr<Store> MakeRedis() {
  static testing::RedisProcess redis;  // ends with the test program
  return Connect({*redis::ParseAddress(redis.address())}, false);
}

std::unique_ptr<Store> MakeCluster() {
  static testing::RedisCluster cluster;
  return Connect(cluster.addresses(), true);
}

}  // namespace

std::unique_ptr<Store> MakeBackend(const std::string& name) {
  static const SystemClock clock;
  if (name == "redis") return MakeRedis();
  if (name == "cluster") return MakeCluster();
  return std::make_unique<testing::FakeStore>(clock, testing::FakeStoreOptions{kTestOutboxLimit});
}

Scope FreshScope() {
  static std::atomic<int> next{0};
  return {absl::StrCat("town", next++), "contract"};
}

ReplyIdentity FreshReply() {
  static std::atomic<int> next{0};
  return {"subject", "/test.Service/Method", absl::StrCat("key", next++), "fingerprint",
          absl::Hours(1)};
}

}  // namespace stadtmesh::store
