#include "auth/ownership.h"

#include <algorithm>
#include <cstdlib>

#include "base/error.h"

namespace stadtmesh::auth {

absl::Status ObjectNotFound() {
  return CommonError(absl::StatusCode::kNotFound, "NOT_FOUND", "no such object");
}

absl::Status CheckOwnership(const Owners& owners, const Principal& principal) {
  if (principal.tenant != owners.tenant) return ObjectNotFound();
  switch (principal.reach) {
    case Reach::kAny:
      return absl::OkStatus();
    case Reach::kNone:
      return ObjectNotFound();
    case Reach::kOwn: {
      const bool owns = !principal.alias.empty() &&
                        std::find(owners.aliases.begin(), owners.aliases.end(), principal.alias) !=
                            owners.aliases.end();
      return owns ? absl::OkStatus() : ObjectNotFound();
    }
  }
  std::abort();
}

}  // namespace stadtmesh::auth
