#include "wiring/settings.h"

#include "absl/strings/match.h"
#include "base/ids.h"

namespace stadtmesh::wiring {
namespace {

AuthSettings ReadAuth(config::Reader& reader, bool demo) {
  AuthSettings auth;
  const auto required_unless_demo = demo ? std::optional<std::string>("") : std::nullopt;
  auth.issuer.issuer =
      reader.GetText({.name = "auth.issuer",
                      .description = "`iss` of persons' tokens: the OpenID Connect issuer",
                      .default_value = required_unless_demo});
  auth.issuer.audience = reader.GetText({.name = "auth.audience",
                                         .description = "`aud` of persons' tokens",
                                         .default_value = "stadtmesh",
                                         .not_empty = true});
  auth.issuer.jwks_url =
      reader.GetText({.name = "auth.jwks_url",
                      .description = "where the issuer publishes its keys (https)",
                      .default_value = required_unless_demo});
  if (!auth.issuer.jwks_url.empty() && auth.issuer.jwks_url.rfind("https://", 0) != 0) {
    reader.Refuse("auth.jwks_url", "an address that begins with https://");
  }
  auth.issuer.keycloak_tenant = reader.GetText(
      {.name = "auth.keycloak_tenant",
       .description =
           "the tenant in which Keycloak's realm roles hold; empty: roles stand per tenant in the "
           "claim `stadtmesh`",
       .default_value = ""});
  auth.development_jwks =
      reader.GetText({.name = "auth.development_jwks",
                      .description = "with --demo only: key file of the development issuer",
                      .default_value = ""});
  if (!demo && !auth.development_jwks.empty())
    reader.Refuse("auth.development_jwks", "absent without --demo");
  auth.alias_secret = reader.GetSecret(
      {.name = "auth.alias_secret",
       .description = "secret behind the subject aliases, one for the installation; changing it "
                      "disowns everybody",
       .minimum_length = 32});
  auth.mesh_key = reader.GetSecret(
      {.name = "auth.mesh_key",
       .description =
           "private key (PEM, Ed25519 or EC P-256) that signs service and guest tokens"});
  return auth;
}

std::vector<std::string> ReadTenants(config::Reader& reader) {
  std::vector<std::string> tenants =
      reader.GetList({.name = "tenants",
                      .description = "ids of the municipalities that this process serves",
                      .minimum_elements = 1});
  for (const std::string& tenant : tenants) {
    if (!IsId(tenant)) reader.Refuse("tenants", "a list of ids of [a-z0-9_-]{1,64}");
  }
  return tenants;
}

}  // namespace

Settings ReadSettings(config::Reader& reader, bool demo) {
  Settings settings;
  settings.demo = demo;
  settings.tenants = ReadTenants(reader);
  const std::string level = reader.GetChoice({.name = "log.level",
                                              .description = "how much is logged",
                                              .default_value = "info",
                                              .choices = {"debug", "info", "warning", "error"}});
  if (auto parsed = obs::ParseLevel(level); parsed.ok()) settings.log_level = *parsed;
  settings.metrics_listen = reader.GetListen({.name = "metrics.listen",
                                              .description = "host:port of /metrics; empty: none",
                                              .default_value = "127.0.0.1:9090",
                                              .may_be_empty = true});
  if (absl::StartsWith(settings.metrics_listen, "[")) {
    // Debian builds civetweb, which serves them, without IPv6.
    reader.Refuse("metrics.listen", "is IPv6, should be host:port with an IPv4 address");
  }
  settings.redis_address = reader.GetText(
      {.name = "redis.address",
       .description = "host:port or unix:/path of the Redis that holds the state; a "
                      "primary's replicas, or nodes of a cluster, separated by commas",
       .default_value = "127.0.0.1:6379"});
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
  const std::string bus = reader.GetChoice({.name = "bus.kind",
                                            .description = "what carries the events",
                                            .default_value = "kafka",
                                            .choices = {"kafka", "redis-streams"}});
  settings.bus = bus == "kafka" ? BusKind::kKafka : BusKind::kRedisStreams;
  settings.kafka_brokers =
      reader.GetText({.name = "kafka.brokers",
                      .description = "host:port of the Kafka brokers, separated by commas",
                      .default_value = "127.0.0.1:9092"});
  settings.auth = ReadAuth(reader, demo);
  return settings;
}

}  // namespace stadtmesh::wiring
