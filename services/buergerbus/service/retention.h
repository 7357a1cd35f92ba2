// What is personal goes when its time has come: a job of every night, with the days of the city's
// settings (domain/retention.h).
#pragma once

#include <string>

#include "absl/status/status.h"
#include "buergerbus/service/core.h"
#include "buergerbus/service/privacy.h"

namespace stadtmesh::buergerbus {

// Thread-safe. Many small transactions that can resume: what is left of one night goes in the next
// run. Indexes list what still names somebody, by age, so nothing is forgotten to be forgotten.
class RetentionService {
 public:
  RetentionService(Core* core, PrivacyService* privacy) : core_(core), privacy_(privacy) {}

  // Schedules the job of a tenant, once for all; does nothing where it is scheduled.
  absl::Status Schedule(const std::string& tenant, absl::Time deadline);
  // The task. Schedules itself again: at night, or at once when time was too short.
  absl::Status Run(const Command& command);

 private:
  using Step = std::function<absl::Status(UnitOfWork&, const std::string& member)>;

  // Applies `step` to every member of an index that is scored below `before`. False: time was too
  // short.
  absl::StatusOr<bool> Sweep(const Command& command, absl::string_view index, double before,
                             const Step& step);
  absl::StatusOr<bool> SweepCards(const Command& command, double before);
  absl::StatusOr<bool> SweepAll(const Command& command, const Retention& kept);
  // So that what went today, in this night or on request, goes from the store's disk too.
  void RewriteLog(const Command& command);

  Core* core_;
  PrivacyService* privacy_;
};

inline constexpr absl::string_view kRetentionTask = "retention";  // no payload

}  // namespace stadtmesh::buergerbus
