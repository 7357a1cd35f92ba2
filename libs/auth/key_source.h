// Where an issuer's keys come from, with caching and rotation.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "auth/key_set.h"
#include "base/time.h"

namespace stadtmesh::auth {

// Thread-safe.
class KeySource {
 public:
  virtual ~KeySource() = default;
  // Never blocks. NOT_FOUND: no such key. UNAVAILABLE: unknown so far, the keys are being fetched.
  virtual absl::StatusOr<PublicKey> Find(absl::string_view kid) = 0;
  // Grows whenever keys change; whoever caches what they verified starts anew.
  virtual uint64_t generation() const = 0;
};

// A fixed key set: the mesh's own keys, tests.
std::shared_ptr<KeySource> FixedKeys(KeySet keys);

struct JwksOptions {
  // Gets the key set's JSON: HTTP with certificate check and a timeout of a few seconds, or a file.
  // Called on a thread of the source.
  std::function<absl::StatusOr<std::string>()> fetch;
  absl::Duration refresh =
      absl::Minutes(10);  // and after this long anyway, so that withdrawn keys go
  absl::Duration shortest_interval =
      absl::Seconds(30);         // an unknown kid fetches at most this often
  const Clock* clock = nullptr;  // null: the system's
};
// Fetches once before it returns (a failure is retried in the background; until then every key is
// UNAVAILABLE). When a later fetch fails, the keys known so far stay.
std::shared_ptr<KeySource> FetchedKeys(JwksOptions options);

}  // namespace stadtmesh::auth
