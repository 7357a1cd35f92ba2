#include "wiring/settings.h"

#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "auth/development_issuer.h"
#include "base/ids.h"
#include "config/address.h"
#include "wiring/auth_settings.h"

namespace stadtmesh::wiring {
namespace {

std::vector<std::string> ReadTenants(config::Reader& reader, bool demo) {
  std::vector<std::string> tenants =
      reader.GetList({.name = "tenants",
                      .description = "ids of the municipalities that this process serves",
                      .minimum_elements = 1});
  std::set<std::string> seen;
  for (const std::string& tenant : tenants) {
    if (!IsId(tenant)) {
      reader.Refuse("tenants", tenant, "an id of [a-z0-9_-]{1,64}");
    } else if (!seen.insert(tenant).second) {
      reader.Refuse("tenants", tenant, "named once");
    } else if (demo && !auth::IsDemoTenant(tenant)) {
      reader.Refuse("tenants", tenant,
                    "demo or demo-... with --demo: a town of real people is no demo");
    }
  }
  return tenants;
}

obs::Level ReadLogLevel(config::Reader& reader) {
  const std::string level = reader.GetChoice({.name = "log.level",
                                              .description = "how much is logged",
                                              .default_value = "info",
                                              .choices = {"debug", "info", "warning", "error"}});
  return obs::ParseLevel(level).value_or(obs::Level::kInfo);
}

std::string ReadMetricsListen(config::Reader& reader) {
  std::string listen = reader.GetListen({.name = "metrics.listen",
                                         .description = "host:port of /metrics; empty: none",
                                         .default_value = "127.0.0.1:9090",
                                         .may_be_empty = true});
  // Debian builds civetweb, which serves them, without IPv6.
  if (absl::StartsWith(listen, "["))
    reader.Refuse("metrics.listen", listen, "host:port with an IPv4 address");
  return listen;
}

void ReadRedis(config::Reader& reader, Settings& settings) {
  constexpr char kName[] = "redis.address";
  const std::string text = reader.GetText(
      {.name = kName,
       .description = "host:port or unix:/path of the Redis that holds the state; a "
                      "primary's replicas, or nodes of a cluster, separated by commas",
       .default_value = "127.0.0.1:6379"});
  if (absl::StatusOr<std::vector<redis::Address>> parsed = redis::ParseAddresses(text);
      parsed.ok()) {
    settings.redis = *std::move(parsed);
  }
  for (const redis::Address& address : settings.redis) {
    if (address.socket.empty() && !config::IsServerAddress(address.ToString()))
      settings.redis.clear();
  }
  if (settings.redis.empty()) {
    reader.Refuse(kName, text,
                  absl::StrCat("unix:/path or ", config::kServerAddress,
                               ", or several of them separated by commas"));
  }
  settings.redis_password = reader.GetSecret(
      {.name = "redis.password", .description = "password of Redis", .required = false});
  settings.redis_replicas = static_cast<int>(
      reader.GetInteger({.name = "redis.replicas",
                         .description = "a commit waits until this many replicas have it",
                         .unit = "replicas",
                         .default_value = 0,
                         .minimum = 0,
                         .maximum = 5}));
  settings.redis_cluster =
      reader.GetFlag({.name = "redis.cluster",
                      .description = "the addresses are nodes of a Redis Cluster",
                      .default_value = false});
}

void ReadBus(config::Reader& reader, Settings& settings) {
  const std::string bus = reader.GetChoice({.name = "bus.kind",
                                            .description = "what carries the events",
                                            .default_value = "kafka",
                                            .choices = {"kafka", "redis-streams"}});
  settings.bus = bus == "kafka" ? BusKind::kKafka : BusKind::kRedisStreams;
  settings.kafka_brokers =
      reader.GetText({.name = "kafka.brokers",
                      .description = "host:port of the Kafka brokers, separated by commas",
                      .default_value = "127.0.0.1:9092"});
  for (const absl::string_view broker : absl::StrSplit(settings.kafka_brokers, ',')) {
    if (!config::IsServerAddress(absl::StripAsciiWhitespace(broker)))
      reader.Refuse("kafka.brokers", broker, config::kServerAddress);
  }
}

}  // namespace

Settings ReadSettings(config::Reader& reader, bool demo) {
  Settings settings;
  settings.demo = demo;
  if (demo) reader.OnlyLoopback();
  settings.tenants = ReadTenants(reader, demo);
  settings.log_level = ReadLogLevel(reader);
  settings.metrics_listen = ReadMetricsListen(reader);
  ReadRedis(reader, settings);
  ReadBus(reader, settings);
  settings.auth = ReadAuth(reader, demo, settings.tenants);
  return settings;
}

}  // namespace stadtmesh::wiring
