// Token buckets by key, in this process.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace stadtmesh::gateway {

struct Rate {
  double per_second = 0;  // refilled evenly; 0 means no limit
  double burst = 1;       // tokens in a full bucket
};

// Generic cell rate algorithm (ITU-T I.371): one timestamp per key says the same as a bucket's
// level and age. A clock that is put back fills the buckets that would be locked by it.
// Thread-safe.
class RateLimiter {
 public:
  // At most `keys` are remembered; when all of them are in use, new ones pass (failing open).
  explicit RateLimiter(Rate rate, size_t keys = 200000);

  // Takes a token; or, when there is none, says how long to wait for one.
  std::optional<absl::Duration> Take(absl::string_view key, absl::Time now);

 private:
  struct Shard {
    absl::Mutex mutex;
    absl::flat_hash_map<uint64_t, int64_t> full_at
        ABSL_GUARDED_BY(mutex);  // by hash of the key: when the bucket is full again, ns
  };
  void Forget(Shard& shard, int64_t now) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(shard.mutex);

  const int64_t token_ns_, bucket_ns_;  // time to refill one token, a whole bucket
  const size_t keys_per_shard_;
  std::array<Shard, 16> shards_;
};

}  // namespace stadtmesh::gateway
