// The fake store: everything that only reads.
#include <algorithm>

#include "absl/strings/str_format.h"
#include "base/status.h"
#include "store/errors.h"
#include "testing/fake_scope.h"

namespace stadtmesh::testing {

using store::Counter;
using store::Range;
using store::Record;
using store::ReplyIdentity;
using store::Scope;
using store::Scored;

absl::StatusOr<Record> FakeStore::Get(const Scope& scope, absl::string_view key, absl::Time) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(Enter("Get", scope));
  RETURN_IF_ERROR(store::ValidateName("key", key));
  return Data(scope).Read(std::string(key), clock_.Now());
}

absl::StatusOr<std::vector<Record>> FakeStore::MultiGet(const Scope& scope,
                                                        const std::vector<std::string>& keys,
                                                        absl::Time) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(Enter("MultiGet", scope));
  if (keys.size() > store::kMaxKeysPerRead) return absl::InvalidArgumentError("too many keys");
  std::vector<Record> records;
  for (const std::string& key : keys) {
    RETURN_IF_ERROR(store::ValidateName("key", key));
    records.push_back(Data(scope).Read(key, clock_.Now()));
  }
  return records;
}

absl::StatusOr<std::optional<Counter>> FakeStore::GetCounter(const Scope& scope,
                                                             absl::string_view counter,
                                                             absl::Time) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(Enter("GetCounter", scope));
  RETURN_IF_ERROR(store::ValidateName("counter", counter));
  const auto& counters = Data(scope).counters;
  const auto found = counters.find(std::string(counter));
  if (found == counters.end()) return std::optional<Counter>();
  return std::optional<Counter>(found->second);
}

absl::StatusOr<std::vector<Scored>> FakeStore::IndexRange(const Scope& scope,
                                                          absl::string_view index,
                                                          const Range& range, absl::Time) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(Enter("IndexRange", scope));
  RETURN_IF_ERROR(store::ValidateName("index", index));
  RETURN_IF_ERROR(store::ValidateRange(range));
  std::vector<Scored> result;
  const auto& order = Data(scope).indexes[std::string(index)].order;
  const auto take = [&](const std::pair<double, std::string>& entry) {
    if (entry.first < range.min || entry.first > range.max) return;
    if (range.after) {
      const std::pair<double, std::string> after{range.after->score, range.after->member};
      if (range.descending ? entry >= after : entry <= after) return;
    }
    if (result.size() < range.limit) result.push_back({entry.second, entry.first});
  };
  if (range.descending) {
    std::for_each(order.rbegin(), order.rend(), take);
  } else {
    std::for_each(order.begin(), order.end(), take);
  }
  return result;
}

absl::StatusOr<int64_t> FakeStore::IndexCount(const Scope& scope, absl::string_view index,
                                              absl::Time) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(Enter("IndexCount", scope));
  RETURN_IF_ERROR(store::ValidateName("index", index));
  return static_cast<int64_t>(Data(scope).indexes[std::string(index)].order.size());
}

absl::StatusOr<std::vector<Scored>> FakeStore::GeoSearch(const Scope& scope,
                                                         absl::string_view index, LatLon center,
                                                         double radius_metres, size_t limit,
                                                         absl::Time) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(Enter("GeoSearch", scope));
  RETURN_IF_ERROR(store::ValidateName("index", index));
  RETURN_IF_ERROR(store::ValidateGeoPoint(center));
  if (limit < 1 || limit > store::kMaxRangeLimit || !(radius_metres >= 0)) {
    return absl::InvalidArgumentError("a search's limit or radius");
  }
  std::vector<Scored> result;
  for (const auto& [member, point] : Data(scope).indexes[std::string(index)].points) {
    const double distance = DistanceMetres(center, point);
    if (distance <= radius_metres) result.push_back({member, distance});
  }
  std::stable_sort(result.begin(), result.end(),
                   [](const Scored& a, const Scored& b) { return a.score < b.score; });
  if (result.size() > limit) result.resize(limit);
  return result;
}

absl::StatusOr<std::optional<std::string>> FakeStore::FindReply(const Scope& scope,
                                                                const ReplyIdentity& identity,
                                                                absl::Time) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(Enter("FindReply", scope));
  const StoredReply* reply = Data(scope).FindReply(ScopeData::KeyOf(identity), clock_.Now());
  if (reply == nullptr) return std::optional<std::string>();
  if (reply->fingerprint != identity.fingerprint) return store::IdempotencyKeyReused();
  return std::optional<std::string>(reply->response);
}

}  // namespace stadtmesh::testing
