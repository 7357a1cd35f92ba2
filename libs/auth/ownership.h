// What a repository returns for an object of somebody: closed until it is known who asks.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "auth/principal.h"

namespace stadtmesh::auth {

// Who may open an object besides those whose role reaches everything (ANY): subject aliases of its
// owner, the assigned driver, the members of the club or shop.
struct Owners {
  std::string tenant;
  std::vector<std::string> aliases;
};

// OK, or NOT_FOUND with the same text as for an object that does not exist, so that ids cannot be
// probed.
absl::Status CheckOwnership(const Owners& owners, const Principal& principal);

// An object read from the store. Neither the service nor a reply can touch it before For(principal)
// has said yes, because there is no other way to the value. Opened with SystemPrincipal by tasks,
// consumers and jobs.
template <typename T>
class Guarded {
 public:
  Guarded(T value, Owners owners) : value_(std::move(value)), owners_(std::move(owners)) {}

  absl::StatusOr<T> For(const Principal& principal) && {
    if (absl::Status status = CheckOwnership(owners_, principal); !status.ok()) return status;
    return std::move(value_);
  }

 private:
  T value_;
  Owners owners_;
};

// The answer for an object that does not exist; repositories return it, so that both answers are
// one.
absl::Status ObjectNotFound();

}  // namespace stadtmesh::auth
