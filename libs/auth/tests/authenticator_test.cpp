#include "auth/authenticator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "auth/ownership.h"
#include "auth/service_identity.h"
#include "auth/tests/forged_token.h"
#include "auth/token_mint.h"
#include "base/error.h"
#include "base/ids.h"

namespace stadtmesh::auth {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kLogin[] = "https://login.example";

// Keys that a test exchanges, and that count how often somebody looked.
class ChangingKeys final : public KeySource {
 public:
  absl::StatusOr<PublicKey> Find(absl::string_view kid) override {
    ++looks;
    const PublicKey* key = keys.Find(kid);
    if (key == nullptr) return absl::NotFoundError("");
    return *key;
  }
  uint64_t generation() const override { return generation_; }
  void Change(KeySet next) {
    keys = std::move(next);
    ++generation_;
  }
  KeySet keys;
  std::atomic<int> looks{0};

 private:
  std::atomic<uint64_t> generation_{0};
};

class AuthenticatorTest : public ::testing::Test {
 protected:
  AuthenticatorTest() { keys_->keys = *KeySet::Parse(people_.Jwks()); }
  std::unique_ptr<Authenticator> Make(bool demo = false, size_t cache = 100) {
    const Issuer people{.issuer = kLogin,
                        .audience = "stadtmesh",
                        .keys = keys_,
                        .grantable = {Role::kCitizen, Role::kDispatcher}};
    return std::make_unique<Authenticator>(
        *TokenVerifier::Create({people, MeshIssuer(FixedKeys(*KeySet::Parse(mesh_.Jwks())))},
                               &clock_),
        config::Secret(std::string(32, 'k')), demo, &clock_, cache);
  }
  std::string Person(const std::string& subject, const std::string& tenant = "beckum") const {
    return people_.Sign({.issuer = kLogin,
                         .audience = "stadtmesh",
                         .subject = subject,
                         .roles = {{tenant, {Role::kCitizen}}},
                         .issued_at = clock_.now});
  }

  FakeClock clock_;
  const TokenMint people_ = TokenMint::Generate();
  const TokenMint mesh_ = TokenMint::Generate();
  const std::shared_ptr<ChangingKeys> keys_ = std::make_shared<ChangingKeys>();
  const ServiceIdentity gateway_{mesh_, "gateway", &clock_};
};

TEST_F(AuthenticatorTest, APersonThroughTheGateway) {
  const auto authenticator = Make();
  const std::string token = Person("anna");
  const std::string caller = gateway_.Token();
  const absl::StatusOr<Principal> principal =
      authenticator->Authenticate({token, caller, "beckum", ""});
  ASSERT_TRUE(principal.ok()) << principal.status();
  EXPECT_EQ(principal->alias, SubjectAlias(std::string(32, 'k'), "beckum", "anna"));
  EXPECT_THAT(principal->roles, ElementsAre(Role::kCitizen));
  EXPECT_EQ(principal->service, "gateway");
  EXPECT_FALSE(principal->anonymous);
  EXPECT_EQ(principal->reach, Reach::kNone);
  const absl::StatusOr<Principal> elsewhere =
      authenticator->Authenticate({token, caller, "bielefeld", ""});
  EXPECT_THAT(elsewhere->roles, IsEmpty());
  EXPECT_NE(elsewhere->alias, principal->alias);
  const absl::StatusOr<Principal> nobody = authenticator->Authenticate({"", caller, "beckum", ""});
  EXPECT_TRUE(nobody->anonymous);
  EXPECT_THAT(nobody->roles, IsEmpty())
      << "the gateway's own role never becomes that of the people behind it";
}

TEST_F(AuthenticatorTest, OnlyAServiceNamesTheTenant) {
  const std::string token = Person("anna");
  EXPECT_TRUE(absl::IsUnauthenticated(Make()->Authenticate({token, "", "beckum", ""}).status()));
  EXPECT_TRUE(absl::IsUnauthenticated(Make()->Authenticate({"", "", "beckum", ""}).status()));
  EXPECT_TRUE(absl::IsUnauthenticated(Make()->Authenticate({token, token, "beckum", ""}).status()))
      << "a person is no service";
  EXPECT_TRUE(absl::IsUnauthenticated(
      Make()
          ->Authenticate({token, gateway_.MintGuest({"beckum"}, absl::Hours(1)), "beckum", ""})
          .status()));
  EXPECT_TRUE(Make(/*demo=*/true)->Authenticate({token, "", "beckum", ""}).ok());
  EXPECT_TRUE(Make()->Authenticate({gateway_.Token(), "", "beckum", ""}).ok());
}

TEST_F(AuthenticatorTest, OnlyAServiceActsForSomebody) {
  const auto authenticator = Make();
  const std::string alias = authenticator->Alias("beckum", "anna");
  EXPECT_TRUE(absl::IsPermissionDenied(
      authenticator->Authenticate({Person("berta"), gateway_.Token(), "beckum", alias}).status()));
  EXPECT_TRUE(absl::IsPermissionDenied(
      authenticator->Authenticate({"", gateway_.Token(), "beckum", alias}).status()));
  const absl::StatusOr<Principal> principal =
      authenticator->Authenticate({gateway_.Token(), "", "beckum", alias});
  ASSERT_TRUE(principal.ok());
  EXPECT_TRUE(principal->on_behalf);
  EXPECT_EQ(principal->alias, alias);
}

TEST_F(AuthenticatorTest, AGuestBelongsToOneTenant) {
  const auto authenticator = Make();
  const std::string guest = gateway_.MintGuest({"beckum"}, absl::Hours(1));
  EXPECT_THAT(authenticator->Authenticate({guest, gateway_.Token(), "beckum", ""})->roles,
              ElementsAre(Role::kGuest));
  EXPECT_THAT(authenticator->Authenticate({guest, gateway_.Token(), "bielefeld", ""})->roles,
              IsEmpty());
  EXPECT_NE(gateway_.MintGuest({"beckum"}, absl::Hours(1)), guest);
}

TEST_F(AuthenticatorTest, AVerifiedTokenIsRememberedUntilItExpires) {
  const auto authenticator = Make();
  const std::string token = Person("anna");
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(authenticator->AuthenticateToken(token, "beckum").ok());
  EXPECT_EQ(keys_->looks, 1);
  clock_.now += absl::Minutes(6);
  EXPECT_EQ(GetErrorInfo(authenticator->AuthenticateToken(token, "beckum").status())->reason,
            "TOKEN_EXPIRED");
}

TEST_F(AuthenticatorTest, ARefusedTokenIsNotRemembered) {
  const auto authenticator = Make();
  std::string token = Person("anna");
  token[token.size() - 5] = token[token.size() - 5] == 'A' ? 'B' : 'A';
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(authenticator->AuthenticateToken(token, "beckum").ok());
  EXPECT_EQ(keys_->looks, 3);
}

TEST_F(AuthenticatorTest, WithdrawnKeysEndRememberedTokens) {
  const auto authenticator = Make();
  const std::string token = Person("anna");
  EXPECT_TRUE(authenticator->AuthenticateToken(token, "beckum").ok());
  keys_->Change(*KeySet::Parse(TokenMint::Generate().Jwks()));
  EXPECT_TRUE(absl::IsUnauthenticated(authenticator->AuthenticateToken(token, "beckum").status()));
}

TEST_F(AuthenticatorTest, ManyThreadsAndASmallCacheStillTellPeopleApart) {
  const auto authenticator = Make(false, 7);
  std::vector<std::string> tokens;
  for (int i = 0; i < 20; ++i) tokens.push_back(Person("person-" + std::to_string(i)));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 400; ++i) {
        const size_t who = static_cast<size_t>(i) % tokens.size();
        const absl::StatusOr<Principal> principal =
            authenticator->AuthenticateToken(tokens[who], "beckum");
        ASSERT_TRUE(principal.ok());
        ASSERT_EQ(principal->subject, "person-" + std::to_string(who));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(AuthenticatorTest, AServiceTokenIsMintedAnewBeforeItEnds) {
  const std::string first = gateway_.Token();
  clock_.now += absl::Minutes(2);
  EXPECT_EQ(gateway_.Token(), first);
  clock_.now += absl::Minutes(1);
  EXPECT_NE(gateway_.Token(), first);
}

TEST(Alias, IsAnIdThatDependsOnSecretTenantAndSubject) {
  const std::string alias = SubjectAlias("secret", "beckum", "anna");
  EXPECT_EQ(alias.size(), 26u);
  EXPECT_TRUE(IsId(alias));
  EXPECT_EQ(alias, SubjectAlias("secret", "beckum", "anna"));
  EXPECT_NE(alias, SubjectAlias("secret2", "beckum", "anna"));
  EXPECT_NE(alias, SubjectAlias("secret", "beckum2", "anna"));
  EXPECT_NE(alias, SubjectAlias("secret", "beckum", "anna2"));
  EXPECT_NE(SubjectAlias("secret", "ab", "c"), SubjectAlias("secret", "a", "bc"));
}

TEST(Guarded, OpensForTheOwnerOnly) {
  const auto open = [](const Principal& principal) {
    return Guarded<std::string>("ride", {"beckum", {"alias-anna", "alias-driver"}}).For(principal);
  };
  Principal anna;
  anna.tenant = "beckum";
  anna.alias = "alias-anna";
  anna.anonymous = false;
  EXPECT_TRUE(absl::IsNotFound(open(anna).status()))
      << "outside of an authorised call nobody reaches anything";
  anna.reach = Reach::kOwn;
  EXPECT_EQ(open(anna).value(), "ride");
  Principal berta = anna;
  berta.alias = "alias-berta";
  EXPECT_EQ(open(berta).status(), ObjectNotFound());
  berta.alias = "";
  EXPECT_EQ(open(berta).status(), ObjectNotFound());
  berta.reach = Reach::kAny;
  EXPECT_TRUE(open(berta).ok());
  berta.tenant = "bielefeld";
  EXPECT_EQ(open(berta).status(), ObjectNotFound());
  EXPECT_TRUE(open(SystemPrincipal("beckum", "buergerbus")).ok());
  EXPECT_FALSE(open(SystemPrincipal("bielefeld", "buergerbus")).ok());
}

TEST(Role, NamesAreReadBack) {
  for (int i = 0; i <= static_cast<int>(Role::kService); ++i)
    EXPECT_EQ(ParseRole(RoleName(static_cast<Role>(i))), static_cast<Role>(i));
  EXPECT_FALSE(ParseRole("king").has_value());
  EXPECT_FALSE(ParseRole("Citizen").has_value());
}

}  // namespace
}  // namespace stadtmesh::auth
