// What addresses in settings may look like: the same for every library that uses them, each of
// which otherwise forgives something else (gRPC takes port 99999 for 34463). Looks no name up.
#pragma once

#include "absl/strings/string_view.h"

namespace stadtmesh::config {

inline constexpr char kListenAddress[] =
    "host:port with an IP address (IPv6 in brackets) or localhost, and a port from 0 to 65535";
inline constexpr char kServerAddress[] =
    "host:port with a host name or an IP address (IPv6 in brackets), and a port from 1 to 65535";
inline constexpr char kHttpsUrl[] = "an address such as https://login.example/path";

// Where this process listens: kListenAddress.
bool IsListenAddress(absl::string_view text);

// Where another server listens: kServerAddress.
bool IsServerAddress(absl::string_view text);

// https:// with a host, and without what a document's address does not need: name and password,
// query, fragment.
bool IsHttpsUrl(absl::string_view text);

// "host:port", "[::1]:80", "host" -> host, without the brackets.
absl::string_view HostOf(absl::string_view address);

// Whether `host` is this machine and nobody else's: localhost, *.localhost, 127.0.0.0/8, ::1.
bool IsLoopback(absl::string_view host);

}  // namespace stadtmesh::config
