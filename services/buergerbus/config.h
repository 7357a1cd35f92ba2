// The settings of this service's process, validated. What the city decides is data, not
// configuration: see GetSettings.
#pragma once

#include <string>

#include "buergerbus/service/improver.h"
#include "config/reader.h"
#include "rpc/service.h"

namespace stadtmesh::buergerbus {

struct Config {
  std::string listen;  // host:port of the gRPC server
  std::string map;     // OpenStreetMap extract of the service area
  bool reflection = false;
  rpc::PoolOptions pool;
  int task_threads = 2;
  ImproverOptions improver;
  bool traffic = false;  // plan with rush hours
};

// Declares and reads them. Errors are noted in the reader: call reader.Finish().
Config ReadConfig(config::Reader& reader);
// The part of it that the town in one process has too.
ImproverOptions ReadImprover(config::Reader& reader);
bool ReadTraffic(config::Reader& reader);

}  // namespace stadtmesh::buergerbus
