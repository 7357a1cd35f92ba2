#include "wiring/backends.h"

#include <utility>

#include "absl/time/clock.h"
#include "events/kafka_bus.h"
#include "events/redis_streams_bus.h"
#include "store/redis_store.h"

namespace stadtmesh::wiring {
namespace {

redis::ClientOptions RedisOptions(const Settings& settings) {
  redis::ClientOptions options;
  options.connection.address = settings.redis.front();
  options.connection.others.assign(settings.redis.begin() + 1, settings.redis.end());
  options.connection.password = settings.redis_password.Reveal();
  options.connection.wait_replicas = settings.redis_replicas;
  return options;
}

}  // namespace

absl::StatusOr<std::unique_ptr<store::Store>> OpenStore(const Settings& settings,
                                                        absl::Duration patience) {
  store::RedisStoreOptions options;
  options.client = RedisOptions(settings);
  options.cluster = settings.redis_cluster;
  return store::RedisStore::Connect(std::move(options), absl::Now() + patience);
}

std::function<bool()> AnswersWithinASecond(store::Store* store, const Settings& settings,
                                           std::string service) {
  if (settings.tenants.empty()) return nullptr;
  return [store, scope = store::Scope{settings.tenants.front(), std::move(service)}] {
    return store->OutboxLength(scope, absl::Now() + absl::Seconds(1)).ok();
  };
}

absl::StatusOr<std::unique_ptr<events::Bus>> OpenBus(const Settings& settings, const Clock* clock) {
  if (settings.bus == BusKind::kKafka) {
    return events::KafkaBus::Create({.brokers = settings.kafka_brokers}, clock);
  }
  return std::make_unique<events::RedisStreamsBus>(
      events::RedisStreamsOptions{.connection = RedisOptions(settings).connection}, clock);
}

}  // namespace stadtmesh::wiring
