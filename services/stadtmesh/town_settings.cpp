#include "stadtmesh/town_settings.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "buergerbus/config.h"
#include "stadtmesh/demo_identity.h"

namespace stadtmesh::town {
namespace {

// What the processes of a mesh read from their files, for this one.
std::string SettingsText(const Arguments& arguments, const std::string& redis_socket) {
  const std::string& data = arguments.data_directory;
  return absl::StrCat(
      "tenants: [", kDemoTenant, "]\n", "log: {level: ", arguments.log_level, "}\n",
      // A free port: many a machine has something on the usual one.
      "metrics: {listen: \"127.0.0.1:0\"}\n", "redis: {address: \"unix:", redis_socket, "\"}\n",
      "bus: {kind: redis-streams}\n", "auth:\n  alias_secret_file: \"", data,
      "/secrets/alias-secret\"\n", "  mesh_key_file: \"", data, "/secrets/mesh-key.pem\"\n",
      "  development_jwks: \"", data, "/development-issuer.jwks.json\"\n", "gateway:\n  listen: \"",
      arguments.listen, "\"\n  hosts: [localhost=", kDemoTenant, ", 127.0.0.1=", kDemoTenant,
      "]\n");
}

// Otherwise a variable that was meant for another process would lead the town to a foreign Redis,
// or strangers to the town.
void RefuseWhatIsDecided(config::Reader& reader) {
  for (const char* group : {"redis", "bus", "kafka"})
    reader.RefuseFromEnvironment(group, "the town's events and state are in its private Redis");
  reader.RefuseFromEnvironment("auth", "the demo's identities lie in its data folder");
  for (const char* name : {"tenants", "gateway.hosts", "gateway.tenants"})
    reader.RefuseFromEnvironment(name, "the demo has one town, on this machine");
  reader.RefuseFromEnvironment("gateway.listen", "--listen says it");
  reader.RefuseFromEnvironment("log.level", "--log-level says it");
}

}  // namespace

absl::StatusOr<TownSettings> ReadTownSettings(const Arguments& arguments,
                                              const std::string& redis_socket,
                                              const config::Sources& environment) {
  ASSIGN_OR_RETURN(
      config::Sources sources,
      config::Sources::FromText(environment.environment, SettingsText(arguments, redis_socket),
                                "the demo's settings"));
  config::Reader reader(std::move(sources));
  TownSettings settings;
  settings.shared = wiring::ReadSettings(reader, /*demo=*/true);
  settings.gateway = gateway::ReadConfig(reader, settings.shared.tenants);
  settings.improver = buergerbus::ReadImprover(reader);
  settings.traffic = buergerbus::ReadTraffic(reader);
  RefuseWhatIsDecided(reader);
  RETURN_IF_ERROR(reader.Finish());
  return settings;
}

}  // namespace stadtmesh::town
