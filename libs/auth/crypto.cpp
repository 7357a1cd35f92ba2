#include "auth/crypto.h"

#include <openssl/core_names.h>
#include <sys/random.h>

#include <algorithm>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"

namespace stadtmesh::auth {

Digest Sha256(absl::string_view bytes) {
  // Fetched once: a fetch per digest costs more than the digest.
  static const EVP_MD* const kSha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  struct ContextFree {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  thread_local const std::unique_ptr<EVP_MD_CTX, ContextFree> context(EVP_MD_CTX_new());
  Digest digest;
  unsigned int size = 0;
  if (EVP_DigestInit_ex2(context.get(), kSha256, nullptr) != 1 ||
      EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) != 1 ||
      EVP_DigestFinal_ex(context.get(), digest.data(), &size) != 1 || size != digest.size()) {
    std::abort();  // a digest has no input that fails
  }
  return digest;
}

Digest HmacSha256(absl::string_view key, absl::string_view bytes) {
  Digest digest;
  size_t size = 0;
  if (EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA256", nullptr, key.data(), key.size(),
                reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data(),
                digest.size(), &size) == nullptr ||
      size != digest.size()) {
    std::abort();
  }
  return digest;
}

std::string Base64UrlEncode(absl::string_view bytes) {
  std::string text;
  absl::WebSafeBase64Escape(bytes, &text);
  while (!text.empty() && text.back() == '=') text.pop_back();
  return text;
}

std::optional<std::string> Base64UrlDecode(absl::string_view text) {
  const bool alphabet = std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(c) || c == '-' || c == '_';
  });
  std::string bytes;
  if (!alphabet || !absl::WebSafeBase64Unescape(text, &bytes) || Base64UrlEncode(bytes) != text)
    return std::nullopt;
  return bytes;
}

std::string RandomString(size_t size) {
  std::string bytes(size, '\0');
  if (size > 256 || getrandom(bytes.data(), size, 0) != static_cast<ssize_t>(size))
    std::abort();  // never up to 256 bytes
  return bytes;
}

}  // namespace stadtmesh::auth
