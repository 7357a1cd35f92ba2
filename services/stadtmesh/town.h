// All services of one town in this process: a private Redis, events over Redis Streams, in-process
// channels.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/time.h"
#include "stadtmesh/arguments.h"
#include "stadtmesh/welcome.h"

namespace stadtmesh::town {

class Town {
 public:
  // Everything is up when this returns. The error says which part did not start, and why. `clock`
  // is not owned.
  static absl::StatusOr<std::unique_ptr<Town>> Start(const Arguments& arguments,
                                                     const Clock* clock);
  virtual ~Town() = default;

  virtual int port() const = 0;  // of the gateway
  virtual std::map<std::string, std::string> tokens() const = 0;
  virtual int metrics_port() const = 0;  // 0: none
  virtual FirstRide first_ride() const = 0;
  virtual bool healthy() const = 0;  // false once the private Redis has ended
  // The gateway drains first, then the services, then the relay; Redis ends last. Running calls may
  // finish until `deadline`.
  virtual void Stop(absl::Time deadline) = 0;
};

}  // namespace stadtmesh::town
