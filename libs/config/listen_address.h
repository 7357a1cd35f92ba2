// What a server's own address may look like: the same for gRPC, HTTP and metrics, whose libraries
// otherwise each forgive something else (gRPC takes port 99999 for 34463).
#pragma once

#include "absl/strings/string_view.h"

namespace stadtmesh::config {

inline constexpr char kListenAddress[] =
    "host:port with an IP address (IPv6 in brackets) or localhost, and a port from 0 to 65535";

// Whether `text` is that. Looks no name up.
bool IsListenAddress(absl::string_view text);

}  // namespace stadtmesh::config
