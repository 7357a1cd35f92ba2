#include "gateway/config.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "config/address.h"
#include "gateway/http/host.h"

namespace stadtmesh::gateway {
namespace {

using Strings = std::vector<std::string>;

void ReadHttp(config::Reader& reader, ServerOptions& http) {
  http.listen = reader.GetListen({.name = "gateway.listen",
                                  .description = "Address and port of the HTTP server",
                                  .default_value = "127.0.0.1:8080"});
  http.threads = static_cast<int>(reader.GetInteger({.name = "gateway.io_threads",
                                                     .description = "Threads for input and output",
                                                     .unit = "threads",
                                                     .default_value = 2,
                                                     .minimum = 1,
                                                     .maximum = 64}));
  http.connections = static_cast<size_t>(
      reader.GetInteger({.name = "gateway.connections",
                         .description = "Open connections; beyond, new ones are closed",
                         .unit = "connections",
                         .default_value = 10000,
                         .minimum = 10,
                         .maximum = 1000000}));
  http.connections_per_address = static_cast<size_t>(reader.GetInteger(
      {.name = "gateway.connections_per_address",
       .description = "Likewise per client address (IPv6: /64); trusted proxies are exempt",
       .unit = "connections",
       .default_value = 1000,
       .minimum = 1,
       .maximum = 1000000}));
  http.head_time = reader.GetDuration({.name = "gateway.head_time",
                                       .description = "Longest time for a request's head to arrive",
                                       .default_value = "10s",
                                       .minimum = absl::Milliseconds(100),
                                       .maximum = absl::Minutes(5)});
  http.idle_time = reader.GetDuration({.name = "gateway.idle_time",
                                       .description = "Longest silence between two requests",
                                       .default_value = "75s",
                                       .minimum = absl::Milliseconds(100),
                                       .maximum = absl::Hours(1)});
}

Rate ReadRate(config::Reader& reader, const std::string& name, const std::string& who,
              Rate default_value) {
  Rate rate;
  rate.per_second =
      reader.GetNumber({.name = name + "_rate",
                        .description = "Requests per second of " + who + "; 0: no limit",
                        .unit = "1/s",
                        .default_value = default_value.per_second,
                        .minimum = 0,
                        .maximum = 1e6});
  rate.burst = reader.GetNumber({.name = name + "_burst",
                                 .description = "Requests at once of " + who,
                                 .unit = "requests",
                                 .default_value = default_value.burst,
                                 .minimum = 1,
                                 .maximum = 1e6});
  return rate;
}

bool Holds(const Strings& list, absl::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

// Every entry is "key=tenant"; `other`: who is no tenant, and right all the same.
void CheckServed(config::Reader& reader, absl::string_view name, const Strings& entries,
                 const Strings& served, const Strings& other = {}) {
  for (const std::string& entry : entries) {
    const std::string tenant = entry.substr(entry.find('=') + 1);
    if (!served.empty() && !Holds(served, tenant) && !Holds(other, tenant))
      reader.Refuse(name, entry,
                    absl::StrCat("one that leads to a tenant of this process: ",
                                 absl::StrJoin(served, ", ")));
  }
}

// A demo's tokens are anybody's: it has no name that others could reach it by, even through a
// proxy.
void CheckLoopback(config::Reader& reader, const Strings& hosts) {
  for (const std::string& entry : hosts) {
    const std::string host = NormaliseHost(entry.substr(0, entry.find('=')));
    if (!config::IsLoopback(config::HostOf(host)))
      reader.Refuse("gateway.hosts", entry,
                    "a name of this machine alone with --demo, such as localhost=demo-town");
  }
}

void ReadTenants(config::Reader& reader, const Strings& served, Config& config) {
  const Strings hosts =
      reader.GetList({.name = "gateway.hosts",
                      .description = "host=town for every host name served, also *.domain=town",
                      .minimum_elements = 1});
  const Strings services =
      reader.GetList({.name = "gateway.tenants",
                      .description = "town/service=tenant where a service is not the town's own",
                      .default_value = Strings{}});
  absl::StatusOr<Tenants> tenants = Tenants::Parse(hosts, {});
  if (!tenants.ok()) return reader.Refuse("gateway.hosts", tenants.status().message());
  tenants = Tenants::Parse(hosts, services);
  if (!tenants.ok()) return reader.Refuse("gateway.tenants", tenants.status().message());
  Strings towns;  // whose services may all be a region's
  for (const std::string& entry : services) towns.push_back(entry.substr(0, entry.find('/')));
  CheckServed(reader, "gateway.hosts", hosts, served, towns);
  if (reader.only_loopback()) CheckLoopback(reader, hosts);
  CheckServed(reader, "gateway.tenants", services, served);
  config.tenants = *std::move(tenants);
}

void ReadNetworks(config::Reader& reader, Config& config) {
  for (const std::string& text : reader.GetList({.name = "gateway.trusted_proxies",
                                 .description = "Networks whose X-Forwarded-For is believed",
                                 .default_value = Strings{}})) {
    absl::StatusOr<Network> network = Network::Parse(text);
    if (network.ok())
      config.proxies.push_back(*network);
    else
      reader.Refuse("gateway.trusted_proxies", network.status().message());
  }
  config.cors_origins =
      reader.GetList({.name = "gateway.cors_origins",
                      .description = "Origins of web apps, such as https://app.example",
                      .default_value = Strings{}});
  for (const std::string& origin : config.cors_origins) {
    if (!IsOrigin(origin))
      reader.Refuse("gateway.cors_origins", origin,
                    "an origin as browsers send it, such as https://app.example: lower case, a "
                    "port only if it is not the usual one, and nothing behind it, no slash either");
  }
}

void ReadStreams(config::Reader& reader, Config& config) {
  config.streams = static_cast<size_t>(reader.GetInteger({.name = "gateway.streams",
                                                          .description = "Live streams at once",
                                                          .unit = "streams",
                                                          .default_value = 2000,
                                                          .minimum = 0,
                                                          .maximum = 1000000}));
  config.streams_per_user =
      static_cast<size_t>(reader.GetInteger({.name = "gateway.streams_per_user",
                                             .description = "Live streams of one person",
                                             .unit = "streams",
                                             .default_value = 8,
                                             .minimum = 1,
                                             .maximum = 10000}));
  config.stream_ring = static_cast<size_t>(
      reader.GetInteger({.name = "gateway.stream_ring",
                         .description = "Events kept so that an interrupted stream can resume",
                         .unit = "events",
                         .default_value = 4096,
                         .minimum = 16,
                         .maximum = 1000000}));
  config.heartbeat = reader.GetDuration({.name = "gateway.heartbeat",
                                         .description = "A comment line in a silent stream after",
                                         .default_value = "20s",
                                         .minimum = absl::Milliseconds(50),
                                         .maximum = absl::Minutes(5)});
}

}  // namespace

Config ReadConfig(config::Reader& reader, const Strings& served) {
  Config config;
  ReadHttp(reader, config.http);
  ReadTenants(reader, served, config);
  ReadNetworks(reader, config);
  ReadStreams(reader, config);
  config.body_limit = static_cast<size_t>(
      reader.GetInteger({.name = "gateway.body_limit",
                         .description = "Largest body where the route says nothing",
                         .unit = "bytes",
                         .default_value = 256 * 1024,
                         .minimum = 1024,
                         .maximum = 64 << 20}));
  config.call_deadline = reader.GetDuration({.name = "gateway.call_deadline",
                                             .description = "Longest time for a service to answer",
                                             .default_value = "15s",
                                             .minimum = absl::Milliseconds(10),
                                             .maximum = absl::Minutes(1)});
  config.address_rate =
      ReadRate(reader, "gateway.address", "one client address", config.address_rate);
  config.user_rate = ReadRate(reader, "gateway.user", "one person", config.user_rate);
  config.guest_rate =
      ReadRate(reader, "gateway.guest", "one client address for guest tokens", config.guest_rate);
  config.guest_lifetime = reader.GetDuration({.name = "gateway.guest_lifetime",
                                              .description = "How long a guest token holds",
                                              .default_value = "24h",
                                              .minimum = absl::Minutes(1),
                                              .maximum = absl::Hours(24 * 31)});
  config.health_interval =
      reader.GetDuration({.name = "gateway.health_interval",
                          .description = "Services are asked for their health every",
                          .default_value = "2s",
                          .minimum = absl::Milliseconds(50),
                          .maximum = absl::Minutes(5)});
  config.docs = reader.GetFlag({.name = "gateway.docs",
                                .description = "Serve /docs and /openapi.json",
                                .default_value = true});
  return config;
}

}  // namespace stadtmesh::gateway
