// The settings that every process of the mesh has in common, read the same way by every composition
// root. What is read here holds: only the servers it names are still to be reached.
//
// --demo locks a process to demos, since anybody on the machine can mint its development issuer's
// tokens: it serves demo tenants only, believes no other issuer, and nobody else's machine reaches
// it (config::Reader::OnlyLoopback, which the settings of a service that are read later heed).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "auth/token_mint.h"
#include "auth/token_verifier.h"
#include "config/reader.h"
#include "obs/log.h"
#include "redis/address.h"

namespace stadtmesh::wiring {

// Where persons' tokens come from: an OpenID Connect issuer.
struct IssuerSettings {
  std::string issuer;  // empty: a demo's process
  std::string audience;
  std::string jwks_url;         // https
  std::string keycloak_tenant;  // not empty: Keycloak's realm roles, all of them in this tenant
};

struct AuthSettings {
  IssuerSettings issuer;
  std::optional<auth::Issuer> development;  // with --demo only
  config::Secret alias_secret;              // at least 32 bytes, one for the installation
  // with the key of the installation: signs service and guest tokens; none after an error
  std::optional<auth::TokenMint> mesh_mint;
};

enum class BusKind { kKafka, kRedisStreams };

struct Settings {
  bool demo = false;
  std::vector<std::string> tenants;
  obs::Level log_level = obs::Level::kInfo;
  std::string metrics_listen;         // host:port; empty: no metrics port
  std::vector<redis::Address> redis;  // at least one, or none after an error
  config::Secret redis_password;
  int redis_replicas = 0;  // commits wait for this many
  bool redis_cluster = false;
  BusKind bus = BusKind::kKafka;
  std::string kafka_brokers;
  AuthSettings auth;
};

// Declares and reads them, first of all settings. Errors are noted in the reader: call
// reader.Finish().
Settings ReadSettings(config::Reader& reader, bool demo);

}  // namespace stadtmesh::wiring
