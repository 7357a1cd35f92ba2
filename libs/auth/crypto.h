// The few primitives of libs/auth over OpenSSL 3. Pure, thread-safe.
#pragma once

#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace stadtmesh::auth {

struct PkeyFree {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Pkey = std::unique_ptr<EVP_PKEY, PkeyFree>;

using Digest = std::array<uint8_t, 32>;
Digest Sha256(absl::string_view bytes);
Digest HmacSha256(absl::string_view key, absl::string_view bytes);

// Base64url without padding (RFC 7515). Decoding accepts the one canonical form only.
std::string Base64UrlEncode(absl::string_view bytes);
std::optional<std::string> Base64UrlDecode(absl::string_view text);

// Bytes of the operating system's generator.
std::string RandomString(size_t size);

}  // namespace stadtmesh::auth
