#include "backends.h"

#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/time.h"
#include "store/redis_store.h"
#include "testing/fake_store.h"
#include "testing/redis_process.h"

namespace stadtmesh::store {
namespace {

std::unique_ptr<Store> MakeRedis() {
  static testing::RedisProcess redis;  // ends with the test program
  RedisStoreOptions options;
  options.client.connection.address = *redis::ParseAddress(redis.address());
  options.outbox_limit = kTestOutboxLimit;
  options.max_wait = absl::Seconds(20);
  auto store = RedisStore::Connect(options, Soon());
  if (!store.ok()) {
    std::fprintf(stderr, "%s\n", store.status().ToString().c_str());
    std::abort();
  }
  return *std::move(store);
}

}  // namespace

std::unique_ptr<Store> MakeBackend(const std::string& name) {
  static const SystemClock clock;
  if (name == "redis") return MakeRedis();
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
