// A person's rights: what is stored about them, and that it goes.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "buergerbus/service/core.h"

namespace stadtmesh::buergerbus {

// Thread-safe. A subject is the alias of a person, or CustomerAliasOf a rider card.
//
// Erasing and revoking are jobs of many small transactions. Each step can be repeated, so a job that broke off goes on where it
// stopped when the command is sent again.
class PrivacyService {
 public:
  explicit PrivacyService(Core* core) : core_(core) {}

  // Cancels what is open; finished rides lose the person, their contact and their doors; recorded replies vanish. The receipt counts
  // rides. With a card, the card is deleted too.
  absl::StatusOr<Receipt> Erase(const Command& command, const std::string& subject);
  // Cancels what is open and gives shifts back that have not begun. `rides`: what was cancelled; `count`: shifts.
  absl::StatusOr<Receipt> Revoke(const Command& command, const std::string& subject);
  absl::StatusOr<Receipt> DeleteCard(const Command& command, const RiderCardId& card);

 private:
  absl::StatusOr<std::vector<store::Scored>> AllOf(const Command& command, const std::string& index);
  absl::Status EraseRide(const Command& command, const RideId& id, bool keep_record);
  absl::StatusOr<int> GiveShiftsBack(const Command& command, const std::string& subject);

  Core* core_;
};

}  // namespace stadtmesh::buergerbus
