// Keys, tokens and an authenticator for tests, so that a component test calls its service as
// anybody it likes.
#pragma once

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "auth/authenticator.h"
#include "auth/service_identity.h"
#include "auth/token_mint.h"
#include "base/time.h"

namespace stadtmesh::rpc::testing {

// Thread-safe.
class TestIdentity {
 public:
  // `clock` (null: the system's) judges tokens; it is not owned.
  explicit TestIdentity(bool demo = false, const Clock* clock = nullptr);

  const auth::Authenticator& authenticator() const { return *authenticator_; }
  // Who calls: hand it to rpc::Client.
  const auth::ServiceIdentity& gateway() const { return *gateway_; }

  // A token of one hour with one role in `tenant`.
  std::string Token(auth::Role role, absl::string_view tenant, absl::string_view subject) const;
  std::string Alias(absl::string_view tenant, absl::string_view subject) const;

 private:
  const SystemClock system_clock_;
  const Clock& clock_;
  const auth::TokenMint people_;
  const auth::TokenMint mesh_;
  std::unique_ptr<auth::Authenticator> authenticator_;
  std::unique_ptr<auth::ServiceIdentity> gateway_;
};

}  // namespace stadtmesh::rpc::testing
