// Fetches a small public document over HTTPS: the keys of an OpenID Connect issuer.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace stadtmesh::wiring {

// GET with certificate check, no redirects, 5 s in all and at most 256 KiB. UNAVAILABLE with the
// reason. Thread-safe, blocks.
absl::StatusOr<std::string> FetchHttps(const std::string& url);

}  // namespace stadtmesh::wiring
