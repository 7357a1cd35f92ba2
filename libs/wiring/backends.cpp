#include "wiring/backends.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/status.h"
#include "events/kafka_bus.h"
#include "events/redis_streams_bus.h"
#include "store/redis_store.h"

namespace stadtmesh::wiring {
namespace {

absl::StatusOr<redis::ClientOptions> RedisOptions(const Settings& settings) {
  absl::StatusOr<std::vector<redis::Address>> addresses =
      redis::ParseAddresses(settings.redis_address);
  if (!addresses.ok())
    return absl::InvalidArgumentError(
        absl::StrCat("redis.address: ", addresses.status().message()));
  redis::ClientOptions options;
  options.connection.address = addresses->front();
  options.connection.others.assign(addresses->begin() + 1, addresses->end());
  options.connection.password = settings.redis_password.Reveal();
  options.connection.wait_replicas = settings.redis_replicas;
  return options;
}

}  // namespace

absl::StatusOr<std::unique_ptr<store::Store>> OpenStore(const Settings& settings,
                                                        absl::Duration patience) {
  store::RedisStoreOptions options;
  ASSIGN_OR_RETURN(options.client, RedisOptions(settings));
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
  ASSIGN_OR_RETURN(redis::ClientOptions redis, RedisOptions(settings));
  return std::make_unique<events::RedisStreamsBus>(
      events::RedisStreamsOptions{.connection = std::move(redis.connection)}, clock);
}

}  // namespace stadtmesh::wiring
