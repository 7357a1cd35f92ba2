#include "events/tests/redis_place.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "events/store_dead_letters.h"

namespace stadtmesh::events {

testing::RedisProcess& PlaceServer() {
  static testing::RedisProcess server;  // ends with the test program
  return server;
}

std::unique_ptr<store::RedisStore> ConnectPlaceStore(const std::string& socket) {
  store::RedisStoreOptions options;
  options.client.connection.address.socket = socket.empty() ? PlaceServer().socket() : socket;
  options.client.connection.min_backoff = absl::Milliseconds(1);
  options.max_wait = absl::Seconds(20);
  auto store = store::RedisStore::Connect(options, absl::Now() + absl::Seconds(20));
  if (store.ok()) return *std::move(store);
  std::fprintf(stderr, "%s\n", store.status().ToString().c_str());
  std::abort();
}

std::shared_ptr<DeadLetters> MakeRedisPlace() {
  static std::atomic<int> next{0};
  struct Both {
    std::unique_ptr<store::RedisStore> store = ConnectPlaceStore();
    StoreDeadLetters letters{store.get(), absl::StrCat("consumer", next++)};
  };
  auto both = std::make_shared<Both>();
  return std::shared_ptr<DeadLetters>(both, &both->letters);
}

}  // namespace stadtmesh::events
