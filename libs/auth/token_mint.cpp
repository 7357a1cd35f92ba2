#include "auth/token_mint.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/pem.h>

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "auth/crypto.h"
#include "auth/key_set.h"
#include "obs/json_line.h"

namespace stadtmesh::auth {
namespace {

struct BioFree {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Bio = std::unique_ptr<BIO, BioFree>;
struct ContextFree {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
struct SignatureFree {
  void operator()(ECDSA_SIG* signature) const { ECDSA_SIG_free(signature); }
};

std::string Quoted(absl::string_view text) {
  std::string json;
  obs::AppendJsonText(json, text);
  return json;
}

std::string Ed25519Point(EVP_PKEY* key) {
  std::string point(32, '\0');
  size_t size = point.size();
  if (EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(point.data()), &size) !=
          1 ||
      size != 32)
    std::abort();
  return point;
}

// X || Y of a P-256 key.
std::string P256Point(EVP_PKEY* key) {
  std::string point(65, '\0');
  size_t size = 0;
  if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY,
                                      reinterpret_cast<unsigned char*>(point.data()), point.size(),
                                      &size) != 1 ||
      size != 65 || point[0] != 4) {
    std::abort();  // FromPem lets no other key in
  }
  return point.substr(1);
}

bool IsP256(EVP_PKEY* key) {
  char group[32] = {};
  size_t size = 0;
  return EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof(group),
                                        &size) == 1 &&
         absl::string_view(group) == "prime256v1";
}

// The public members in the order of RFC 7638, which makes their hash the thumbprint.
std::string PublicMembers(EVP_PKEY* key, Algorithm algorithm) {
  if (algorithm == Algorithm::kEdDsa) {
    return absl::StrCat(R"("crv":"Ed25519","kty":"OKP","x":")", Base64UrlEncode(Ed25519Point(key)),
                        "\"");
  }
  const std::string point = P256Point(key);
  return absl::StrCat(R"("crv":"P-256","kty":"EC","x":")", Base64UrlEncode(point.substr(0, 32)),
                      R"(","y":")", Base64UrlEncode(point.substr(32)), "\"");
}

// DER to R || S of 32 bytes each.
std::string RawSignature(const std::string& der) {
  const unsigned char* at = reinterpret_cast<const unsigned char*>(der.data());
  const std::unique_ptr<ECDSA_SIG, SignatureFree> signature(
      d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  std::string raw(64, '\0');
  auto* out = reinterpret_cast<unsigned char*>(raw.data());
  if (!signature || BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out, 32) != 32 ||
      BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out + 32, 32) != 32) {
    std::abort();
  }
  return raw;
}

std::string RolesJson(const TokenClaims& claims) {
  return absl::StrJoin(claims.roles, ",", [](std::string* out, const auto& entry) {
    absl::StrAppend(out, Quoted(entry.first), ":[",
                    absl::StrJoin(entry.second, ",",
                                  [](std::string* o, Role role) {
                                    absl::StrAppend(o, "\"", RoleName(role), "\"");
                                  }),
                    "]");
  });
}

}  // namespace

struct TokenMint::Impl {
  Pkey key;
  Algorithm algorithm;
  std::string members;
  std::string key_id;
  std::string header;  // encoded

  explicit Impl(Pkey k, Algorithm a)
      : key(std::move(k)), algorithm(a), members(PublicMembers(key.get(), a)) {
    const Digest thumbprint = Sha256(absl::StrCat("{", members, "}"));
    key_id = Base64UrlEncode(
        absl::string_view(reinterpret_cast<const char*>(thumbprint.data()), thumbprint.size()));
    header = Base64UrlEncode(
        absl::StrCat(R"({"alg":")", AlgorithmName(a), R"(","typ":"JWT","kid":")", key_id, "\"}"));
  }
};

TokenMint TokenMint::Generate() {
  Pkey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  if (!key) std::abort();
  return TokenMint(std::make_shared<const Impl>(std::move(key), Algorithm::kEdDsa));
}

absl::StatusOr<TokenMint> TokenMint::FromPem(const config::Secret& pem) {
  const Bio bio(BIO_new_mem_buf(pem.Reveal().data(), static_cast<int>(pem.Reveal().size())));
  // No password callback: an encrypted key must not make the start wait for a terminal.
  const auto no_password = [](char*, int, int, void*) { return -1; };
  Pkey key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
  if (key && EVP_PKEY_is_a(key.get(), "ED25519"))
    return TokenMint(std::make_shared<const Impl>(std::move(key), Algorithm::kEdDsa));
  if (key && EVP_PKEY_is_a(key.get(), "EC") && IsP256(key.get())) {
    return TokenMint(std::make_shared<const Impl>(std::move(key), Algorithm::kEs256));
  }
  return absl::InvalidArgumentError(
      "should be the unencrypted PEM of an Ed25519 or P-256 private key");
}

std::string TokenMint::Sign(const TokenClaims& claims) const {
  const int64_t issued = absl::ToUnixSeconds(claims.issued_at);
  const std::string payload =
      absl::StrCat("{\"iss\":", Quoted(claims.issuer), ",\"aud\":", Quoted(claims.audience),
                   ",\"sub\":", Quoted(claims.subject), ",\"iat\":", issued,
                   ",\"exp\":", absl::ToUnixSeconds(claims.issued_at + claims.lifetime),
                   ",\"stadtmesh\":{", RolesJson(claims), "}}");
  const std::string text = absl::StrCat(impl_->header, ".", Base64UrlEncode(payload));
  const std::unique_ptr<EVP_MD_CTX, ContextFree> context(EVP_MD_CTX_new());
  const EVP_MD* digest = impl_->algorithm == Algorithm::kEdDsa ? nullptr : EVP_sha256();
  std::string signature(128, '\0');
  size_t size = signature.size();
  if (EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, impl_->key.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     reinterpret_cast<const unsigned char*>(text.data()), text.size()) != 1) {
    std::abort();  // the key was checked when it was read
  }
  signature.resize(size);
  return absl::StrCat(
      text, ".",
      Base64UrlEncode(impl_->algorithm == Algorithm::kEs256 ? RawSignature(signature) : signature));
}

std::string TokenMint::PrivateKeyPem() const {
  const Bio bio(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_PrivateKey(bio.get(), impl_->key.get(), nullptr, nullptr, 0, nullptr,
                               nullptr) != 1)
    std::abort();
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<size_t>(size));
}

std::string TokenMint::Jwks() const {
  return absl::StrCat("{\"keys\":[{", impl_->members, R"(,"use":"sig","alg":")",
                      AlgorithmName(impl_->algorithm), R"(","kid":")", impl_->key_id, "\"}]}");
}

const std::string& TokenMint::key_id() const { return impl_->key_id; }

}  // namespace stadtmesh::auth
