// The settings that every process of the mesh has in common, read the same way by every composition
// root.
#pragma once

#include <string>
#include <vector>

#include "config/reader.h"
#include "obs/log.h"

namespace stadtmesh::wiring {

// Where persons' tokens come from: an OpenID Connect issuer.
struct IssuerSettings {
  std::string issuer;
  std::string audience;
  std::string jwks_url;         // https
  std::string keycloak_tenant;  // not empty: Keycloak's realm roles, all of them in this tenant
};

struct AuthSettings {
  IssuerSettings issuer;
  std::string development_jwks;  // with --demo only: the development issuer's public keys, a file
  config::Secret alias_secret;   // at least 32 bytes, one for the installation
  config::Secret mesh_key;       // PEM, one for the installation: signs service and guest tokens
};

enum class BusKind { kKafka, kRedisStreams };

struct Settings {
  bool demo = false;
  std::vector<std::string> tenants;
  obs::Level log_level = obs::Level::kInfo;
  std::string metrics_listen;  // host:port; empty: no metrics port
  std::string redis_address;   // host:port or unix:/path, several separated by commas
  config::Secret redis_password;
  int redis_replicas = 0;  // commits wait for this many
  bool redis_cluster = false;
  BusKind bus = BusKind::kKafka;
  std::string kafka_brokers;
  AuthSettings auth;
};

// Declares and reads them. Errors are noted in the reader: call reader.Finish().
Settings ReadSettings(config::Reader& reader, bool demo);

}  // namespace stadtmesh::wiring
