// Runs commands: one after the other where they meet, again where another replica was faster, at
// most once in effect.
#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "base/ids.h"
#include "base/time.h"
#include "buergerbus/metrics.h"
#include "buergerbus/repository.h"
#include "buergerbus/service/command.h"
#include "buergerbus/service/settings_cache.h"
#include "buergerbus/service/unit_of_work.h"
#include "store/execute.h"

namespace stadtmesh::buergerbus {

// Thread-safe.
class Executor {
 public:
  // All outlive the executor.
  Executor(const Repository* repository, SettingsCache* settings, const Clock* clock, IdSource* ids,
           BuergerbusMetrics* metrics);

  // Calls `decide` with a new unit of work until one is committed, waiting for its turn in the
  // tenant's queue `queue` (commands that change the same tours name the same). The receipt of
  // `decide`, or the recorded one when the command is a repetition. An error of `decide` is
  // returned and nothing is written but, for a caller's command that was refused for good (wrong
  // state, too late, not there), the refusal itself: its repetition gives the same one. ABORTED
  // VERSION_CONFLICT when others are faster until the deadline.
  absl::StatusOr<Receipt> Run(const Command& command, const std::string& queue,
                              const std::function<absl::Status(UnitOfWork&)>& decide);

 private:
  absl::StatusOr<Receipt> Attempt(const Command& command,
                                  const std::function<absl::Status(UnitOfWork&)>& decide);
  // A repetition of a command that has succeeded must not fail because the world has moved on: the
  // recorded receipt, else `error`.
  absl::StatusOr<Receipt> RecordedOr(const Command& command, absl::Status error);

  const Repository* repository_;
  SettingsCache* settings_;
  const Clock* clock_;
  IdSource* ids_;
  BuergerbusMetrics* metrics_;
  store::Executor loop_;
};

// The queue of everything that plans on a service day.
inline std::string QueueOf(absl::CivilDay day) { return FormatDay(day); }

}  // namespace stadtmesh::buergerbus
