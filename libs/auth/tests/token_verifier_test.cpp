#include "auth/token_verifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <rapidcheck/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "auth/service_identity.h"
#include "auth/tests/forged_token.h"
#include "auth/token_mint.h"
#include "base/error.h"

namespace stadtmesh::auth {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kIssuer[] = "https://login.example/realms/town";
const std::vector<Role> kEverybody = {Role::kGuest, Role::kCitizen, Role::kDriver,
                                      Role::kDispatcher};

class TokenVerifierTest : public ::testing::Test {
 protected:
  TokenVerifier Verifier() {
    const Issuer town{.issuer = kIssuer,
                      .audience = "stadtmesh",
                      .keys = FixedKeys(*KeySet::Parse(mint_.Jwks())),
                      .grantable = kEverybody};
    return *TokenVerifier::Create({town, MeshIssuer(FixedKeys(*KeySet::Parse(mesh_.Jwks())))},
                                  &clock_);
  }
  TokenClaims Claims() const {
    return {.issuer = kIssuer,
            .audience = "stadtmesh",
            .subject = "anna",
            .roles = {{"beckum", {Role::kCitizen}}},
            .issued_at = clock_.now};
  }
  absl::StatusOr<VerifiedToken> Verify(absl::string_view token) { return Verifier().Verify(token); }
  std::string ReasonOf(absl::string_view token) {
    const absl::Status status = Verify(token).status();
    EXPECT_TRUE(absl::IsUnauthenticated(status)) << status;
    const auto info = GetErrorInfo(status);
    return info ? info->reason : "";
  }
  // Signed with the town's own key, with other claims than a mint would write.
  std::string Signed(absl::string_view claims) const { return Signed(Header(), claims); }
  std::string Signed(absl::string_view header, absl::string_view claims) const {
    const std::string pem = mint_.PrivateKeyPem();
    BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
    const Pkey key(PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr));
    BIO_free(bio);
    return SignedWith(key.get(), header, claims);
  }
  std::string Header() const {
    return absl::StrCat(R"({"alg":"EdDSA","kid":")", mint_.key_id(), "\"}");
  }
  std::string GoodClaims() const {
    return absl::StrCat(R"({"iss":")", kIssuer, R"(","aud":"stadtmesh","sub":"anna","exp":)",
                        absl::ToUnixSeconds(clock_.now) + 300,
                        R"(,"stadtmesh":{"beckum":["citizen"]}})");
  }

  FakeClock clock_;
  const TokenMint mint_ = TokenMint::Generate();
  const TokenMint mesh_ = TokenMint::Generate();
};

TEST_F(TokenVerifierTest, AGoodTokenSaysWhoUntilWhenAndWhichRoles) {
  const absl::StatusOr<VerifiedToken> token = Verify(mint_.Sign(Claims()));
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_EQ(token->subject, "anna");
  EXPECT_EQ(token->expires_at, clock_.now + absl::Minutes(5));
  EXPECT_THAT(token->RolesIn("beckum"), ElementsAre(Role::kCitizen));
  EXPECT_THAT(token->RolesIn("bielefeld"), IsEmpty());
  ASSERT_TRUE(Verify(Signed(GoodClaims())).ok())
      << "the forger's tool makes good tokens, so its bad ones are bad for one reason";
}

TEST_F(TokenVerifierTest, EcAndRsaKeysVerifyToo) {
  for (const bool rsa : {false, true}) {
    const Pkey key(rsa ? EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", size_t{2048})
                       : EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
    if (!rsa) {
      BIO* bio = BIO_new(BIO_s_mem());
      PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
      char* data = nullptr;
      const long size = BIO_get_mem_data(bio, &data);
      const absl::StatusOr<TokenMint> mint =
          TokenMint::FromPem(config::Secret(std::string(data, static_cast<size_t>(size))));
      BIO_free(bio);
      ASSERT_TRUE(mint.ok()) << mint.status();
      const TokenVerifier verifier =
          *TokenVerifier::Create({{.issuer = kIssuer,
                                   .audience = "stadtmesh",
                                   .keys = FixedKeys(*KeySet::Parse(mint->Jwks())),
                                   .grantable = kEverybody}},
                                 &clock_);
      std::string token = mint->Sign(Claims());
      EXPECT_TRUE(verifier.Verify(token).ok()) << verifier.Verify(token).status();
      token[token.size() - 10] = token[token.size() - 10] == 'A' ? 'B' : 'A';
      EXPECT_FALSE(verifier.Verify(token).ok());
      continue;
    }
    BIGNUM* n = nullptr;
    ASSERT_EQ(EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_RSA_N, &n), 1);
    std::string modulus(256, '\0');
    BN_bn2bin(n, reinterpret_cast<unsigned char*>(modulus.data()));
    BN_free(n);
    const std::string jwks =
        absl::StrCat(R"({"keys":[{"kty":"RSA","kid":"r","use":"sig","e":"AQAB","n":")",
                     Base64UrlEncode(modulus), "\"}]}");
    const TokenVerifier verifier = *TokenVerifier::Create({{.issuer = kIssuer,
                                                            .audience = "stadtmesh",
                                                            .keys = FixedKeys(*KeySet::Parse(jwks)),
                                                            .grantable = kEverybody}},
                                                          &clock_);
    const std::string token =
        SignedWith(key.get(), R"({"alg":"RS256","kid":"r"})", GoodClaims(), EVP_sha256());
    EXPECT_TRUE(verifier.Verify(token).ok()) << verifier.Verify(token).status();
    // The public key as an HMAC secret: the classic confusion.
    EXPECT_FALSE(
        verifier.Verify(HmacSigned(modulus, R"({"alg":"HS256","kid":"r"})", GoodClaims())).ok());
    EXPECT_FALSE(
        verifier.Verify(HmacSigned(modulus, R"({"alg":"RS256","kid":"r"})", GoodClaims())).ok());
    EXPECT_FALSE(verifier
                     .Verify(SignedWith(key.get(), R"({"alg":"RS512","kid":"r"})", GoodClaims(),
                                        EVP_sha512()))
                     .ok());
    EXPECT_FALSE(verifier
                     .Verify(SignedWith(key.get(), R"({"alg":"ES256","kid":"r"})", GoodClaims(),
                                        EVP_sha256()))
                     .ok());
  }
}

TEST_F(TokenVerifierTest, NoAlgorithmButTheListed) {
  const std::string kid = mint_.key_id();
  for (const char* algorithm : {"none", "None", "NONE", "nOnE", "", "HS256", "HS512", "RS384",
                                "PS256", "ES512", "eddsa", "Ed25519", "EdDSA "}) {
    const std::string header = absl::StrCat(R"({"alg":")", algorithm, R"(","kid":")", kid, "\"}");
    EXPECT_EQ(ReasonOf(absl::StrCat(Unsigned(header, GoodClaims()), ".")), "UNAUTHENTICATED")
        << algorithm;
    EXPECT_EQ(ReasonOf(Signed(header, GoodClaims())), "UNAUTHENTICATED") << algorithm;
    EXPECT_EQ(ReasonOf(HmacSigned(mint_.Jwks(), header, GoodClaims())), "UNAUTHENTICATED")
        << algorithm;
  }
  EXPECT_EQ(ReasonOf(Signed(absl::StrCat(R"({"kid":")", kid, "\"}"), GoodClaims())),
            "UNAUTHENTICATED");
  EXPECT_EQ(ReasonOf(Signed(absl::StrCat(R"({"alg":["EdDSA"],"kid":")", kid, "\"}"), GoodClaims())),
            "UNAUTHENTICATED");
}

TEST_F(TokenVerifierTest, AnAlgorithmTheIssuerDoesNotUseIsRefusedThoughItIsOnTheList) {
  Issuer town{.issuer = kIssuer,
              .audience = "stadtmesh",
              .algorithms = {Algorithm::kRs256},
              .keys = FixedKeys(*KeySet::Parse(mint_.Jwks()))};
  EXPECT_FALSE(TokenVerifier::Create({town}, &clock_)->Verify(mint_.Sign(Claims())).ok());
}

TEST_F(TokenVerifierTest, KeysTheTokenBringsAlongAreIgnored) {
  const TokenMint attacker = TokenMint::Generate();
  const std::string pem = attacker.PrivateKeyPem();
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  const Pkey key(PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr));
  BIO_free(bio);
  const std::string jwk = attacker.Jwks().substr(9, attacker.Jwks().size() - 11);
  for (const std::string& extra :
       {std::string(R"(,"jku":"https://evil.example/jwks")"),
        std::string(R"(,"x5u":"https://evil.example/x")"), absl::StrCat(",\"jwk\":", jwk),
        std::string(R"(,"x5c":["MIIB"])"), std::string()}) {
    for (const std::string& kid : {mint_.key_id(), attacker.key_id()}) {
      const std::string header = absl::StrCat(R"({"alg":"EdDSA","kid":")", kid, "\"", extra, "}");
      EXPECT_EQ(ReasonOf(SignedWith(key.get(), header, GoodClaims())), "UNAUTHENTICATED") << header;
    }
  }
  // They neither help nor hurt a token that is signed rightly.
  EXPECT_TRUE(Verify(Signed(absl::StrCat(R"({"alg":"EdDSA","kid":")", mint_.key_id(),
                                         R"(","jku":"https://evil.example"})"),
                            GoodClaims()))
                  .ok());
}

TEST_F(TokenVerifierTest, AKidIsNothingButALookUp) {
  for (const char* kid : {"../../../../etc/passwd", "/dev/null", "' OR 1=1 --",
                          "http://evil.example/key", "", "\\u0000"}) {
    EXPECT_EQ(ReasonOf(Signed(absl::StrCat(R"({"alg":"EdDSA","kid":")", kid, "\"}"), GoodClaims())),
              "UNAUTHENTICATED")
        << kid;
  }
  EXPECT_EQ(ReasonOf(Signed(R"({"alg":"EdDSA"})", GoodClaims())), "UNAUTHENTICATED");
  EXPECT_EQ(ReasonOf(Signed(R"({"alg":"EdDSA","kid":0})", GoodClaims())), "UNAUTHENTICATED");
}

TEST_F(TokenVerifierTest, ExtensionsAreRefused) {
  EXPECT_EQ(ReasonOf(Signed(absl::StrCat(R"({"alg":"EdDSA","crit":["b64"],"b64":false,"kid":")",
                                         mint_.key_id(), "\"}"),
                            GoodClaims())),
            "UNAUTHENTICATED");
}

TEST_F(TokenVerifierTest, OtherIssuersAndAudiencesAreRefused) {
  TokenClaims claims = Claims();
  claims.issuer = "https://login.example/realms/other";
  EXPECT_EQ(ReasonOf(mint_.Sign(claims)), "UNAUTHENTICATED");
  claims = Claims();
  claims.audience = "another-app";
  EXPECT_EQ(ReasonOf(mint_.Sign(claims)), "UNAUTHENTICATED");
  claims = Claims();
  claims.issuer = kMeshIssuer;  // a known issuer, but not the one whose key signed
  EXPECT_EQ(ReasonOf(mint_.Sign(claims)), "UNAUTHENTICATED");
  const std::string several =
      absl::StrReplaceAll(GoodClaims(), {{R"("aud":"stadtmesh")", R"("aud":["x","stadtmesh"])"}});
  EXPECT_TRUE(Verify(Signed(several)).ok());
  const std::string none = absl::StrReplaceAll(
      GoodClaims(), {{R"("aud":"stadtmesh")", R"("aud":["x",7,"stadtmesh2"])"}});
  EXPECT_EQ(ReasonOf(Signed(none)), "UNAUTHENTICATED");
}

TEST_F(TokenVerifierTest, TimesAreChecked) {
  const std::string token = mint_.Sign(Claims());
  clock_.now += absl::Minutes(5) + absl::Seconds(29);
  EXPECT_TRUE(Verify(token).ok()) << "within the skew";
  clock_.now += absl::Seconds(1);
  EXPECT_EQ(ReasonOf(token), "TOKEN_EXPIRED");
  TokenClaims future = Claims();
  future.issued_at = clock_.now + absl::Minutes(10);
  EXPECT_EQ(ReasonOf(mint_.Sign(future)), "UNAUTHENTICATED");
  const std::string base =
      absl::StrCat(R"({"iss":")", kIssuer, R"(","aud":"stadtmesh","sub":"anna")");
  for (const char* times :
       {"", R"(,"exp":"4000000000")", R"(,"exp":null)", R"(,"exp":1e300)", R"(,"exp":-1)",
        R"(,"exp":4000000000,"nbf":3999999999)", R"(,"exp":4000000000,"nbf":"soon")",
        R"(,"exp":4000000000,"iat":1e20)"}) {
    EXPECT_EQ(ReasonOf(Signed(absl::StrCat(base, times, "}"))), "UNAUTHENTICATED") << times;
  }
}

TEST_F(TokenVerifierTest, SubjectsAreRequiredAndNeverMixBetweenIssuers) {
  for (const std::string& subject :
       {std::string("\"\""), std::string("7"), std::string("\"a\\u0000b\""),
        absl::StrCat("\"", std::string(256, 'x'), "\""), std::string("\"mesh:service/gateway\"")}) {
    EXPECT_EQ(ReasonOf(Signed(absl::StrReplaceAll(GoodClaims(), {{R"("anna")", subject}}))),
              "UNAUTHENTICATED")
        << subject;
  }
  const ServiceIdentity gateway(mesh_, "gateway", &clock_);
  EXPECT_EQ(Verify(gateway.Token())->subject, "mesh:service/gateway");
}

TEST_F(TokenVerifierTest, RolesAreOnlyThoseTheIssuerMayGrant) {
  TokenClaims claims = Claims();
  claims.roles = {{"beckum", {Role::kService, Role::kOperator, Role::kDriver}},
                  {"*", {Role::kService, Role::kCitizen}}};
  const absl::StatusOr<VerifiedToken> token = Verify(mint_.Sign(claims));
  ASSERT_TRUE(token.ok());
  EXPECT_THAT(token->RolesIn("beckum"), ElementsAre(Role::kDriver));
  EXPECT_THAT(token->RolesIn("anywhere"), IsEmpty());
  claims.issuer = kMeshIssuer;
  const absl::StatusOr<VerifiedToken> service = Verify(mesh_.Sign(claims));
  ASSERT_TRUE(service.ok());
  EXPECT_THAT(service->RolesIn("anywhere"), ElementsAre(Role::kService));
  for (const char* roles : {R"({"beckum":"citizen"})", R"({"beckum":[7,"king"]})", R"(["citizen"])",
                            R"({"BECKUM":["citizen"]})", "7"}) {
    const absl::StatusOr<VerifiedToken> odd =
        Verify(Signed(absl::StrReplaceAll(GoodClaims(), {{R"({"beckum":["citizen"]})", roles}})));
    ASSERT_TRUE(odd.ok()) << odd.status();
    EXPECT_THAT(odd->roles, IsEmpty()) << roles;
  }
}

TEST_F(TokenVerifierTest, KeycloaksRolesHoldInTheIssuersTenant) {
  Issuer town{.issuer = kIssuer,
              .audience = "stadtmesh",
              .keys = FixedKeys(*KeySet::Parse(mint_.Jwks())),
              .grantable = kEverybody,
              .role_claim = {RoleClaim::Style::kKeycloak, "beckum"}};
  const TokenVerifier verifier = *TokenVerifier::Create({town}, &clock_);
  const std::string claims = absl::StrReplaceAll(
      GoodClaims(), {{R"("stadtmesh":{"beckum":["citizen"]})",
                      R"("stadtmesh":{"x":["driver"]},"realm_access":{"roles":["offline_access",)"
                      R"("dispatcher"]})"}});
  const absl::StatusOr<VerifiedToken> token = verifier.Verify(Signed(claims));
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_THAT(token->RolesIn("beckum"), ElementsAre(Role::kDispatcher));
  EXPECT_THAT(token->RolesIn("x"), IsEmpty());
}

TEST_F(TokenVerifierTest, MalformedTokensAreRefused) {
  const std::string good = mint_.Sign(Claims());
  const size_t last = good.size() - 1;
  EXPECT_EQ(ReasonOf(""), "UNAUTHENTICATED");
  EXPECT_EQ(ReasonOf(".."), "UNAUTHENTICATED");
  EXPECT_EQ(ReasonOf(good.substr(0, last)), "UNAUTHENTICATED");
  EXPECT_EQ(ReasonOf(good + "="), "UNAUTHENTICATED");
  EXPECT_EQ(ReasonOf(good + ".x"), "UNAUTHENTICATED");
  EXPECT_EQ(ReasonOf(" " + good), "UNAUTHENTICATED");
  EXPECT_EQ(ReasonOf(std::string(100'000, 'a')), "UNAUTHENTICATED");
  EXPECT_EQ(ReasonOf(Signed("[]", GoodClaims())), "UNAUTHENTICATED");
  EXPECT_EQ(ReasonOf(Signed(absl::StrCat(std::string(1000, '['), "]"))), "UNAUTHENTICATED");
  EXPECT_EQ(
      ReasonOf(Signed(absl::StrReplaceAll(GoodClaims(), {{R"("sub")", R"("sub":"berta","sub")"}}))),
      "UNAUTHENTICATED")
      << "a name twice";
  EXPECT_EQ(ReasonOf(Signed(absl::StrReplaceAll(
                GoodClaims(), {{R"({"beckum":)", R"({"beckum":["dispatcher"],"beckum":)"}}))),
            "UNAUTHENTICATED")
      << "a tenant twice";
  EXPECT_EQ(ReasonOf(Signed(absl::StrReplaceAll(GoodClaims(), {{"anna", "an\xffna"}}))),
            "UNAUTHENTICATED");
}

RC_GTEST_FIXTURE_PROP(TokenVerifierTest, NoChangedTokenIsAccepted, ()) {
  std::string token = mint_.Sign(Claims());
  const size_t at = *rc::gen::inRange<size_t>(0, token.size());
  const char byte = *rc::gen::arbitrary<char>();
  if (token[at] == byte) return;
  token[at] = byte;
  RC_ASSERT(!Verify(token).ok());
}

TEST_F(TokenVerifierTest, IssuersThatCouldBeMixedUpAreRefused) {
  const auto keys = FixedKeys(KeySet());
  const auto create = [&](std::vector<Issuer> issuers) {
    return TokenVerifier::Create(std::move(issuers), &clock_).ok();
  };
  EXPECT_TRUE(create({{.issuer = "a", .audience = "x", .keys = keys},
                      {.issuer = "b", .audience = "x", .keys = keys, .subject_prefix = "b:"}}));
  EXPECT_FALSE(create({{.issuer = "a", .audience = "x", .keys = keys},
                       {.issuer = "b", .audience = "x", .keys = keys}}));
  EXPECT_FALSE(create({{.issuer = "a", .audience = "x", .keys = keys},
                       {.issuer = "a", .audience = "x", .keys = keys, .subject_prefix = "b:"}}));
  EXPECT_FALSE(create({{.issuer = "a", .audience = "x", .keys = keys, .subject_prefix = "b"},
                       {.issuer = "b", .audience = "x", .keys = keys, .subject_prefix = "b:"}}));
  EXPECT_FALSE(create({{.issuer = "a", .keys = keys}}));
  EXPECT_FALSE(create({{.issuer = "a", .audience = "x"}}));
}

TEST(KeySet, LeavesOutWhatMustNotVerify) {
  const std::string good = TokenMint::Generate().Jwks();
  const std::string key = good.substr(9, good.size() - 11);
  const auto size = [](const std::string& keys) {
    return KeySet::Parse(absl::StrCat("{\"keys\":[", keys, "]}"))->size();
  };
  EXPECT_EQ(size(key), 1u);
  EXPECT_EQ(size(key + "," + key), 1u) << "the same kid twice";
  EXPECT_EQ(size(absl::StrReplaceAll(key, {{"\"sig\"", "\"enc\""}})), 0u);
  EXPECT_EQ(size(absl::StrReplaceAll(key, {{"EdDSA", "HS256"}})), 0u);
  EXPECT_EQ(size(absl::StrReplaceAll(key, {{"Ed25519", "X25519"}})), 0u);
  EXPECT_EQ(size(absl::StrReplaceAll(key, {{"\"kid\"", "\"nokid\""}})), 0u);
  EXPECT_EQ(size(R"({"kty":"oct","kid":"a","k":"AAAA"})"), 0u);
  EXPECT_EQ(size(R"({"kty":"RSA","kid":"a","e":"AQAB","n":"AQAB"})"), 0u) << "a tiny modulus";
  // x = y = 1 is no point of P-256.
  const std::string one = Base64UrlEncode(std::string(31, '\0') + "\1");
  EXPECT_EQ(size(absl::StrCat(R"({"kty":"EC","crv":"P-256","kid":"a","x":")", one, R"(","y":")",
                              one, "\"}")),
            0u);
  EXPECT_EQ(size("7,null,[]," + key), 1u);
  for (const char* text : {"", "[]", "{}", "{\"keys\":7}", "{\"keys\":[}", "\xff"})
    EXPECT_FALSE(KeySet::Parse(text).ok()) << text;
}

}  // namespace
}  // namespace stadtmesh::auth
