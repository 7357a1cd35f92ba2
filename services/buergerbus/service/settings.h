// The city's decisions: read and replaced as a whole.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "buergerbus/domain/settings.h"
#include "buergerbus/service/core.h"

namespace stadtmesh::buergerbus {

// Thread-safe.
class SettingsService {
 public:
  explicit SettingsService(Core* core) : core_(core) {}

  struct Document {
    std::shared_ptr<const Settings> settings;
    std::string etag;
  };
  // NOT_FOUND, reason NO_SERVICE.
  absl::StatusOr<Document> Get(const Query& query);
  // FAILED_PRECONDITION, reason PRECONDITION_FAILED, when `etag` is not that of the present
  // document ("" where there is none). `settings` keep the rules (ValidateSettings). Depots and
  // stops to which no road of the map leads are INVALID_ARGUMENT, from the request's root, unless
  // they have stood there before.
  absl::StatusOr<Receipt> Update(const Command& command, const Settings& settings,
                                 const std::string& etag);
  // Takes a person out of the standing roster (the shifts of the settings), which then has a new
  // etag; changes nothing where they are not in it. Not for the settings' callers: it serves
  // erasure and revocation, whatever the document is like otherwise. Repeatable under the same
  // command.
  absl::Status RemoveDriver(const Command& command, const DriverId& driver);

 private:
  absl::Status CheckRoads(const Query& query, const Settings& settings) const;
  // INVALID_ARGUMENT for what would be read as something else.
  absl::Status CheckReadable(const Settings& settings);

  Core* core_;
};

}  // namespace stadtmesh::buergerbus
