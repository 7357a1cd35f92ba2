// Builds tokens piece by piece, as an attacker would.
#pragma once

#include <string>

#include "absl/strings/str_cat.h"
#include "auth/crypto.h"
#include "base/time.h"

namespace stadtmesh::auth {

// A fixed clock that a test moves.
class FakeClock final : public Clock {
 public:
  absl::Time Now() const override { return now; }
  absl::Time now = absl::FromUnixSeconds(1'800'000'000);
};

inline std::string Unsigned(absl::string_view header, absl::string_view claims) {
  return absl::StrCat(Base64UrlEncode(header), ".", Base64UrlEncode(claims));
}

// Signed with this private key: EdDSA for Ed25519, raw DER otherwise.
inline std::string SignedWith(EVP_PKEY* key, absl::string_view header, absl::string_view claims,
                              const EVP_MD* digest = nullptr) {
  const std::string text = Unsigned(header, claims);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  std::string signature(1024, '\0');
  size_t size = signature.size();
  EVP_DigestSignInit(context, nullptr, digest, nullptr, key);
  EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size,
                 reinterpret_cast<const unsigned char*>(text.data()), text.size());
  EVP_MD_CTX_free(context);
  signature.resize(size);
  return absl::StrCat(text, ".", Base64UrlEncode(signature));
}

inline std::string HmacSigned(absl::string_view key, absl::string_view header,
                              absl::string_view claims) {
  const std::string text = Unsigned(header, claims);
  const Digest digest = HmacSha256(key, text);
  return absl::StrCat(text, ".",
                      Base64UrlEncode(absl::string_view(
                          reinterpret_cast<const char*>(digest.data()), digest.size())));
}

}  // namespace stadtmesh::auth
