// A person's rights: what is stored about them, and that it goes.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "buergerbus/service/core.h"
#include "buergerbus/service/settings.h"

namespace stadtmesh::buergerbus {

// Thread-safe. A subject is the alias of a person, or CustomerAliasOf a rider card.
//
// Erasing and revoking are jobs of many small transactions. Each step can be repeated, so a job
// that broke off goes on where it stopped when the command is sent again.
class PrivacyService {
 public:
  PrivacyService(Core* core, SettingsService* settings) : core_(core), settings_(settings) {}

  // Cancels what is open and gives shifts back; rides that are over, today's too, lose the person,
  // their contact, their doors and calls; shifts that have ended and their cash sheets lose the
  // driver, and so does the standing roster; recorded replies vanish. Who is on board or drives
  // just now is forgotten when the service day is over. The receipt counts rides.
  absl::StatusOr<Receipt> Erase(const Command& command, const std::string& subject);
  // Cancels what is open and gives shifts back that have not begun, those of the standing roster
  // too. `rides`: what was cancelled; `count`: shifts of planned days.
  absl::StatusOr<Receipt> Revoke(const Command& command, const std::string& subject);
  absl::StatusOr<Receipt> DeleteCard(const Command& command, const RiderCardId& card);

  // The tasks of who was on board, and of who drove.
  absl::Status ForgetRideTask(const Command& command, const RideId& ride);
  absl::Status ForgetDriverTask(const Command& command, const std::string& subject);

 private:
  enum class Extent { kCancel, kForgetWhenDone, kForget };

  absl::StatusOr<std::vector<store::Scored>> AllOf(const Command& command,
                                                   const std::string& index);
  absl::Status EraseRide(const Command& command, const RideId& id, Extent extent);
  absl::Status LeaveTour(UnitOfWork& unit, const std::string& tour_key, const std::string& subject,
                         bool forget);
  // Also leaves the standing roster. The number of shifts of planned days that were given back.
  absl::StatusOr<int> LeaveTours(const Command& command, const std::string& subject, bool forget);

  Core* core_;
  SettingsService* settings_;
};

inline constexpr absl::string_view kForgetRideTask = "forget-ride";      // payload: the ride's id
inline constexpr absl::string_view kForgetDriverTask = "forget-driver";  // payload: the alias

}  // namespace stadtmesh::buergerbus
