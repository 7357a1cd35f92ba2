#include "buergerbus/service/settings_cache.h"

#include "base/status.h"
#include "buergerbus/domain/error.h"

namespace stadtmesh::buergerbus {

absl::StatusOr<SettingsCache::Entry> SettingsCache::Read(const Query& query) {
  const absl::Time now = clock_->Now();
  Entry former;
  {
    absl::MutexLock lock(&mutex_);
    if (const auto found = entries_.find(query.tenant()); found != entries_.end())
      former = found->second;
  }
  if (former.settings && now - former.read_at < kFresh) return former;
  ASSIGN_OR_RETURN(store::Record record,
                   repository_->store().Get(Repository::ScopeOf(query.tenant()), keys::kSettings,
                                            query.deadline));
  if (!record.exists()) return Refuse(Reason::kNoService);
  Entry entry{former.settings, record.version, now};
  if (record.version != former.version) {
    ASSIGN_OR_RETURN(Settings settings, Decode<Settings>(record.bytes));
    entry.settings = std::make_shared<const Settings>(std::move(settings));
  }
  absl::MutexLock lock(&mutex_);
  return entries_[query.tenant()] = std::move(entry);
}

void SettingsCache::Forget(absl::string_view tenant) {
  absl::MutexLock lock(&mutex_);
  if (const auto found = entries_.find(tenant); found != entries_.end()) entries_.erase(found);
}

}  // namespace stadtmesh::buergerbus
