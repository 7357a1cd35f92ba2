// Names of hosts as they stand in the Host header, in origins and in settings. Pure.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace stadtmesh::gateway {

// Lower case and without the one dot that may end a full name: "Bus.Example." is the same host as
// "bus.example".
std::string NormaliseHost(absl::string_view host);

// A normalised name of DNS, an IPv4 address, or an IPv6 address in brackets; without a port.
bool IsHost(absl::string_view host);

// As browsers and apps send it: "https://app.example", "http://localhost:3000" or
// "capacitor://localhost", with no path, no usual port and no capitals, since it is compared by the
// letter.
bool IsOrigin(absl::string_view text);

}  // namespace stadtmesh::gateway
