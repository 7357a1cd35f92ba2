#include "buergerbus/config.h"

namespace stadtmesh::buergerbus {

ImproverOptions ReadImprover(config::Reader& reader) {
  ImproverOptions improver;
  improver.on = reader.GetFlag({.name = "buergerbus.improver",
                                .description = "Look for better plans between bookings",
                                .default_value = true});
  improver.search = reader.GetDuration({.name = "buergerbus.improver_search",
                                        .description = "How long one such search takes",
                                        .default_value = "500ms",
                                        .minimum = absl::Milliseconds(10),
                                        .maximum = absl::Minutes(1)});
  improver.pause = reader.GetDuration({.name = "buergerbus.improver_pause",
                                       .description = "How long it rests between searches",
                                       .default_value = "5s",
                                       .minimum = absl::Milliseconds(10),
                                       .maximum = absl::Hours(1)});
  return improver;
}

bool ReadTraffic(config::Reader& reader) {
  return reader.GetFlag({.name = "buergerbus.traffic",
                         .description = "Plan with slower roads in rush hours, Monday to Friday"});
}

Config ReadConfig(config::Reader& reader) {
  Config config;
  config.listen = reader.GetListen({.name = "server.listen",
                                    .description = "Where the gRPC server listens, host:port",
                                    .default_value = "127.0.0.1:50051"});
  config.reflection = reader.GetFlag(
      {.name = "server.reflection", .description = "Serve gRPC reflection (not in production)"});
  config.map = reader.GetFile(
      {.name = "buergerbus.map",
       .description = "OpenStreetMap extract of the service area (.osm.pbf, .osm, .osm.gz)"});
  config.pool.threads = static_cast<int>(reader.GetInteger({.name = "buergerbus.pool_threads",
                                                            .description = "Calls that run at once",
                                                            .unit = "threads",
                                                            .default_value = 32,
                                                            .minimum = 1,
                                                            .maximum = 1024}));
  config.pool.queue = static_cast<int>(
      reader.GetInteger({.name = "buergerbus.pool_queue",
                         .description = "Calls that wait for a thread; beyond, they are refused",
                         .unit = "calls",
                         .default_value = 1024,
                         .minimum = 1,
                         .maximum = 100'000}));
  config.task_threads = static_cast<int>(
      reader.GetInteger({.name = "buergerbus.task_threads",
                         .description = "Threads that run due tasks (holds that expire)",
                         .unit = "threads",
                         .default_value = 2,
                         .minimum = 1,
                         .maximum = 64}));
  config.improver = ReadImprover(reader);
  config.traffic = ReadTraffic(reader);
  return config;
}

}  // namespace stadtmesh::buergerbus
