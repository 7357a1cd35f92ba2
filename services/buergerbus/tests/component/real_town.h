// The town over a real Redis.
#pragma once

#include <memory>

#include "buergerbus/tests/component/town.h"
#include "redis/address.h"
#include "store/redis_store.h"
#include "testing/redis_process.h"

namespace stadtmesh::buergerbus {

inline std::unique_ptr<store::RedisStore> Connect(const testing::RedisProcess& redis) {
  store::RedisStoreOptions options;
  options.client.connection.address = *redis::ParseAddress(redis.address());
  absl::StatusOr<std::unique_ptr<store::RedisStore>> store =
      store::RedisStore::Connect(std::move(options), absl::Now() + absl::Seconds(10));
  if (!store.ok()) ADD_FAILURE() << store.status();
  return *std::move(store);
}

// Members end in the opposite order: the town first, its server last.
struct RealTown {
  testing::RedisProcess redis;
  std::unique_ptr<store::RedisStore> store = Connect(redis);
  Town town{store.get()};
};

}  // namespace stadtmesh::buergerbus
