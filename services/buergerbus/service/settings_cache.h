// The settings of every tenant, parsed once per change.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/time.h"
#include "buergerbus/domain/settings.h"
#include "buergerbus/repository.h"
#include "buergerbus/service/command.h"

namespace stadtmesh::buergerbus {

// Thread-safe. An entry is at most `kFresh` old; commands rely on its version, so a stale one makes
// a conflict and is read again.
class SettingsCache {
 public:
  static constexpr absl::Duration kFresh = absl::Seconds(1);

  struct Entry {
    std::shared_ptr<const Settings> settings;
    store::Version version;
    absl::Time read_at;
  };

  SettingsCache(const Repository* repository, const Clock* clock)
      : repository_(repository), clock_(clock) {}

  // NOT_FOUND, reason NO_SERVICE, where there are none.
  absl::StatusOr<Entry> Read(const Query& query);
  // The next Read goes to the store.
  void Forget(absl::string_view tenant);

 private:
  const Repository* repository_;
  const Clock* clock_;
  absl::Mutex mutex_;
  std::map<std::string, Entry, std::less<>> entries_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace stadtmesh::buergerbus
