#include "auth/development_issuer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "auth/tests/forged_token.h"
#include "auth/token_verifier.h"

namespace stadtmesh::auth {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class DevelopmentIssuerTest : public ::testing::Test {
 protected:
  DevelopmentIssuerTest() {
    std::string name = ::testing::TempDir() + "/development_issuer_XXXXXX";
    options_.data_directory = mkdtemp(name.data());
    options_.tenants = {"demo", "demo-dorf"};
  }
  ~DevelopmentIssuerTest() override {
    unlink(KeyFile().c_str());
    unlink((options_.data_directory + "/development-issuer.jwks.json").c_str());
    rmdir(options_.data_directory.c_str());
  }
  std::string KeyFile() const { return options_.data_directory + "/development-issuer.pem"; }
  std::string Refusal() const {
    const auto issuer = DevelopmentIssuer::Create(options_, &clock_);
    EXPECT_EQ(issuer.status().code(), absl::StatusCode::kFailedPrecondition);
    return std::string(issuer.status().message());
  }

  FakeClock clock_;
  DevelopmentIssuerOptions options_;
};

TEST_F(DevelopmentIssuerTest, MintsOneTokenPerRoleThatVerifies) {
  const auto issuer = DevelopmentIssuer::Create(options_, &clock_);
  ASSERT_TRUE(issuer.ok()) << issuer.status();
  const TokenVerifier verifier =
      *TokenVerifier::Create({*DevelopmentIssuerFor((*issuer)->Jwks())}, &clock_);
  for (int i = 0; i < static_cast<int>(Role::kService); ++i) {
    const auto token = (*issuer)->Mint(static_cast<Role>(i), "demo");
    ASSERT_TRUE(token.ok());
    const auto verified = verifier.Verify(*token);
    ASSERT_TRUE(verified.ok()) << verified.status();
    EXPECT_THAT(verified->RolesIn("demo"), ElementsAre(static_cast<Role>(i)));
    EXPECT_TRUE(verified->RolesIn("demo-dorf").empty());
  }
  EXPECT_FALSE((*issuer)->Mint(Role::kService, "demo").ok());
  EXPECT_FALSE((*issuer)->Mint(Role::kCitizen, "beckum").ok());
}

TEST_F(DevelopmentIssuerTest, TheKeyIsOfTheDirectoryPrivateAndKept) {
  const auto first = DevelopmentIssuer::Create(options_, &clock_);
  ASSERT_TRUE(first.ok());
  struct stat status {};
  ASSERT_EQ(stat(KeyFile().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  const auto second = DevelopmentIssuer::Create(options_, &clock_);
  EXPECT_EQ((*first)->Jwks(), (*second)->Jwks());
  std::ifstream file(options_.data_directory + "/development-issuer.jwks.json");
  const std::string jwks((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const TokenVerifier other_process =
      *TokenVerifier::Create({*DevelopmentIssuerFor(jwks)}, &clock_);
  EXPECT_TRUE(other_process.Verify(*(*first)->Mint(Role::kCitizen, "demo")).ok());
}

TEST_F(DevelopmentIssuerTest, AKeyThatOthersMayReadIsRefused) {
  ASSERT_TRUE(DevelopmentIssuer::Create(options_, &clock_).ok());
  ASSERT_EQ(chmod(KeyFile().c_str(), 0644), 0);
  EXPECT_THAT(Refusal(), HasSubstr("0600"));
  ASSERT_EQ(unlink(KeyFile().c_str()), 0);
  ASSERT_EQ(symlink("/dev/null", KeyFile().c_str()), 0);
  EXPECT_THAT(Refusal(), HasSubstr("development-issuer.pem"));
}

TEST_F(DevelopmentIssuerTest, OnlyDemosHaveOne) {
  for (const char* tenant : {"beckum", "demonstration", "my-demo", ""}) {
    EXPECT_FALSE(IsDemoTenant(tenant)) << tenant;
    options_.tenants = {"demo", tenant};
    EXPECT_THAT(Refusal(), HasSubstr(tenant));
  }
  EXPECT_FALSE(DevelopmentIssuerFor(R"({"keys":[]})").ok()) << "nobody's tokens could be believed";
}

}  // namespace
}  // namespace stadtmesh::auth
