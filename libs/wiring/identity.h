// Who may call and who we are: the verifier of all tokens and this service's own identity, made
// from the settings.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "auth/authenticator.h"
#include "auth/service_identity.h"
#include "base/time.h"
#include "wiring/settings.h"

namespace stadtmesh::wiring {

struct Identity {
  std::unique_ptr<auth::Authenticator> authenticator;
  std::unique_ptr<auth::ServiceIdentity> service;
};

// `mesh_roles`: what tokens of the mesh's own key may say (the gateway's public side takes guests
// only). `development`: the issuer of a demo in the same process; null: from the file of the
// settings, or none. `clock` is not owned. INVALID_ARGUMENT naming the setting that does not fit.
absl::StatusOr<Identity> MakeIdentity(const Settings& settings, absl::string_view service,
                                      std::vector<auth::Role> mesh_roles,
                                      const auth::Issuer* development, const Clock* clock);

}  // namespace stadtmesh::wiring
