#include "gateway/rate_limiter.h"

#include <algorithm>

#include "absl/hash/hash.h"

namespace stadtmesh::gateway {
namespace {

// The times of two requests may be so far apart against the order in which they come here, ns.
constexpr int64_t kDisorder = 1'000'000'000;

}  // namespace

RateLimiter::RateLimiter(Rate rate, size_t keys)
    : token_ns_(rate.per_second <= 0 ? 0 : static_cast<int64_t>(1e9 / rate.per_second)),
      bucket_ns_(static_cast<int64_t>(static_cast<double>(token_ns_) * std::max(1.0, rate.burst))),
      keys_per_shard_(std::max<size_t>(1, keys / shards_.size())) {}

std::optional<absl::Duration> RateLimiter::Take(absl::string_view key, absl::Time now) {
  if (token_ns_ == 0) return std::nullopt;
  const uint64_t hash = absl::Hash<absl::string_view>()(key);
  Shard& shard = shards_[hash % shards_.size()];
  const int64_t at = absl::ToUnixNanos(now);
  absl::MutexLock lock(&shard.mutex);
  if (shard.full_at.size() >= keys_per_shard_ && !shard.full_at.contains(hash)) {
    Forget(shard, at);
    if (shard.full_at.size() >= keys_per_shard_) return std::nullopt;
  }
  int64_t& full_at = shard.full_at[hash];
  if (full_at - at > bucket_ns_ + kDisorder) full_at = at;  // the clock was put back
  const int64_t next = std::max(full_at, at) + token_ns_;
  if (next - at > bucket_ns_) return absl::Nanoseconds(next - at - bucket_ns_);
  full_at = next;
  return std::nullopt;
}

void RateLimiter::Forget(Shard& shard, int64_t now) const {
  absl::erase_if(shard.full_at, [this, now](const auto& entry) {
    return entry.second <= now || entry.second > now + bucket_ns_ + kDisorder;
  });
}

}  // namespace stadtmesh::gateway
