// Who may call and who we are: the verifier of all tokens and this service's own identity, made
// from the settings.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "auth/authenticator.h"
#include "auth/service_identity.h"
#include "base/time.h"
#include "obs/log.h"
#include "wiring/settings.h"

namespace stadtmesh::wiring {

struct Identity {
  std::unique_ptr<auth::Authenticator> authenticator;
  std::unique_ptr<auth::ServiceIdentity> service;
};

// `mesh_roles`: what tokens of the mesh's own key may say (the gateway's public side takes guests
// only). `logger` and `clock` are not owned. Asks the persons' issuer, if there is one, for its
// keys.
absl::StatusOr<Identity> MakeIdentity(const Settings& settings, absl::string_view service,
                                      std::vector<auth::Role> mesh_roles, obs::Logger* logger,
                                      const Clock* clock);

}  // namespace stadtmesh::wiring
