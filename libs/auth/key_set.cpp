#include "auth/key_set.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "auth/crypto.h"
#include "auth/json.h"

namespace stadtmesh::auth {
namespace {

constexpr size_t kMostKeys = 64;
constexpr size_t kLongestKid = 256;
constexpr int kSmallestRsa = 2048;  // bits
constexpr int kLargestRsa = 8192;  // bits; larger ones cost an attacker nothing and us milliseconds

struct BignumFree {
  void operator()(BIGNUM* number) const { BN_free(number); }
};
using Bignum = std::unique_ptr<BIGNUM, BignumFree>;
struct ParamBuilderFree {
  void operator()(OSSL_PARAM_BLD* builder) const { OSSL_PARAM_BLD_free(builder); }
};
struct ParamsFree {
  void operator()(OSSL_PARAM* params) const { OSSL_PARAM_free(params); }
};
struct PkeyContextFree {
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};
struct DigestContextFree {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
struct SignatureFree {
  void operator()(ECDSA_SIG* signature) const { ECDSA_SIG_free(signature); }
};

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
Bignum MakeBignum(absl::string_view bytes) {
  return Bignum(BN_bin2bn(Bytes(bytes), static_cast<int>(bytes.size()), nullptr));
}

// A public key of `type` from parameters, checked to be a valid one (point on the curve, sane
// modulus); null if not.
Pkey FromParameters(const char* type, OSSL_PARAM_BLD* builder) {
  const std::unique_ptr<OSSL_PARAM, ParamsFree> params(OSSL_PARAM_BLD_to_param(builder));
  const std::unique_ptr<EVP_PKEY_CTX, PkeyContextFree> context(
      EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* raw = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &raw, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return nullptr;
  }
  Pkey key(raw);
  const std::unique_ptr<EVP_PKEY_CTX, PkeyContextFree> check(EVP_PKEY_CTX_new(key.get(), nullptr));
  if (!check || EVP_PKEY_public_check(check.get()) != 1) return nullptr;
  return key;
}

Pkey RsaKey(const JsonObject& jwk) {
  const std::optional<std::string> n = Base64UrlDecode(jwk.Text("n").value_or(""));
  const std::optional<std::string> e = Base64UrlDecode(jwk.Text("e").value_or(""));
  if (!n || !e || n->size() > kLargestRsa / 8 + 1 || e->empty() || e->size() > 8) return nullptr;
  const std::unique_ptr<OSSL_PARAM_BLD, ParamBuilderFree> builder(OSSL_PARAM_BLD_new());
  const Bignum modulus = MakeBignum(*n);
  const Bignum exponent = MakeBignum(*e);
  if (BN_num_bits(modulus.get()) < kSmallestRsa || BN_num_bits(modulus.get()) > kLargestRsa)
    return nullptr;
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get());
  return FromParameters("RSA", builder.get());
}

Pkey EcKey(const JsonObject& jwk) {
  const std::optional<std::string> x = Base64UrlDecode(jwk.Text("x").value_or(""));
  const std::optional<std::string> y = Base64UrlDecode(jwk.Text("y").value_or(""));
  if (jwk.Text("crv") != "P-256" || !x || !y || x->size() != 32 || y->size() != 32) return nullptr;
  const std::unique_ptr<OSSL_PARAM_BLD, ParamBuilderFree> builder(OSSL_PARAM_BLD_new());
  const std::string point = absl::StrCat("\x04", *x, *y);
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                   point.size());
  return FromParameters("EC", builder.get());
}

Pkey Ed25519Key(const JsonObject& jwk) {
  const std::optional<std::string> x = Base64UrlDecode(jwk.Text("x").value_or(""));
  if (jwk.Text("crv") != "Ed25519" || !x || x->size() != 32) return nullptr;
  return Pkey(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Bytes(*x), x->size()));
}

// R || S as in a JWS to the DER that OpenSSL wants; empty when it is not 64 bytes.
std::string DerSignature(absl::string_view raw) {
  if (raw.size() != 64) return "";
  const std::unique_ptr<ECDSA_SIG, SignatureFree> signature(ECDSA_SIG_new());
  if (ECDSA_SIG_set0(signature.get(), MakeBignum(raw.substr(0, 32)).release(),
                     MakeBignum(raw.substr(32)).release()) != 1)
    return "";
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &der);
  std::string result(reinterpret_cast<char*>(der), size > 0 ? static_cast<size_t>(size) : 0);
  OPENSSL_free(der);
  return result;
}

}  // namespace

struct PublicKey::Impl {
  std::string id;
  Algorithm algorithm;
  Pkey key;
};

absl::string_view AlgorithmName(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kRs256:
      return "RS256";
    case Algorithm::kEs256:
      return "ES256";
    case Algorithm::kEdDsa:
      return "EdDSA";
  }
  std::abort();
}

const std::string& PublicKey::id() const { return impl_->id; }
Algorithm PublicKey::algorithm() const { return impl_->algorithm; }

bool PublicKey::Verify(absl::string_view message, absl::string_view signature) const {
  const std::string der =
      impl_->algorithm == Algorithm::kEs256 ? DerSignature(signature) : std::string(signature);
  if (der.empty()) return false;
  const std::unique_ptr<EVP_MD_CTX, DigestContextFree> context(EVP_MD_CTX_new());
  const EVP_MD* digest = impl_->algorithm == Algorithm::kEdDsa
                             ? nullptr
                             : EVP_sha256();  // RSA: PKCS #1 v1.5 is the default padding
  return EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, impl_->key.get()) == 1 &&
         EVP_DigestVerify(context.get(), Bytes(der), der.size(), Bytes(message), message.size()) ==
             1;
}

namespace {

// The key, or null for one that does not verify signatures of the allow-list.
std::shared_ptr<const PublicKey::Impl> ReadKey(const JsonObject& jwk) {
  auto impl = std::make_shared<PublicKey::Impl>();
  impl->id = jwk.Text("kid").value_or("");
  const std::string type = jwk.Text("kty").value_or("");
  if (impl->id.empty() || impl->id.size() > kLongestKid ||
      (jwk.Has("use") && jwk.Text("use") != "sig"))
    return nullptr;
  if (type == "RSA") {
    impl->algorithm = Algorithm::kRs256;
    impl->key = RsaKey(jwk);
  } else if (type == "EC") {
    impl->algorithm = Algorithm::kEs256;
    impl->key = EcKey(jwk);
  } else if (type == "OKP") {
    impl->algorithm = Algorithm::kEdDsa;
    impl->key = Ed25519Key(jwk);
  }
  if (!impl->key ||
      (jwk.Has("alg") && jwk.Text("alg") != std::string(AlgorithmName(impl->algorithm))))
    return nullptr;
  return impl;
}

}  // namespace

absl::StatusOr<KeySet> KeySet::Parse(absl::string_view json) {
  const std::optional<JsonObject> document = JsonObject::Parse(json);
  if (!document) return absl::InvalidArgumentError("key set: should be a JSON object");
  const std::optional<simdjson::dom::element> list = document->Find("keys");
  simdjson::dom::array array;
  if (!list || list->get_array().get(array) != simdjson::SUCCESS)
    return absl::InvalidArgumentError("key set: should have an array `keys`");
  KeySet keys;
  for (const simdjson::dom::element element : array) {
    simdjson::dom::object object;
    if (keys.keys_.size() == kMostKeys) break;
    if (element.get_object().get(object) != simdjson::SUCCESS) continue;
    const std::shared_ptr<const PublicKey::Impl> key = ReadKey(JsonObject(object));
    if (key && keys.Find(key->id) == nullptr) keys.keys_.emplace_back(key);
  }
  return keys;
}

const PublicKey* KeySet::Find(absl::string_view kid) const {
  const auto it = std::find_if(keys_.begin(), keys_.end(),
                               [&](const PublicKey& key) { return key.id() == kid; });
  return it == keys_.end() ? nullptr : &*it;
}

}  // namespace stadtmesh::auth
