#include "stadtmesh/demo_identity.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "auth/token_mint.h"
#include "base/ids.h"
#include "base/status.h"

namespace stadtmesh::town {
namespace {

// Reads a secret, or makes it: written aside and linked into place, so that of two starts at once
// one wins and both read the same.
absl::StatusOr<std::string> OpenSecret(const std::filesystem::path& path,
                                       const std::string& fresh) {
  if (!std::filesystem::exists(path)) {
    const std::string aside = absl::StrCat(path.string(), ".", getpid());
    const int descriptor = open(aside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const bool written = descriptor >= 0 && write(descriptor, fresh.data(), fresh.size()) ==
                                                static_cast<ssize_t>(fresh.size());
    if (descriptor >= 0) close(descriptor);
    if (!written) return absl::UnavailableError(absl::StrCat("cannot write ", path.string()));
    // fails when the other start was faster: then its secret is read
    (void)link(aside.c_str(), path.c_str());
    unlink(aside.c_str());
  }
  struct stat information {};
  if (stat(path.c_str(), &information) != 0)
    return absl::UnavailableError(absl::StrCat("cannot read ", path.string()));
  if ((information.st_mode & 077) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat(path.string(), " may be read by others: chmod 600 it"));
  }
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

std::vector<auth::Role> DemoRoles() {
  using enum auth::Role;
  return {kCitizen, kDriver, kDispatcher, kCity, kOperator};
}

absl::StatusOr<std::unique_ptr<auth::DevelopmentIssuer>> OpenIssuer(
    const std::string& data_directory, const Clock* clock) {
  std::error_code error;
  std::filesystem::create_directories(data_directory, error);
  if (error)
    return absl::UnavailableError(
        absl::StrCat("cannot create ", data_directory, ": ", error.message()));
  return auth::DevelopmentIssuer::Create(
      {.data_directory = data_directory, .tenants = {kDemoTenant}}, clock);
}

absl::Status CheckTownIsThere(const std::string& data_directory) {
  std::error_code error;  // of a file system that does not answer: then it is not there
  // All towns have a Redis, those of separate processes too, and start it first.
  if (std::filesystem::is_directory(std::filesystem::path(data_directory) / "redis", error))
    return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "--data is \"", data_directory, "\", should be the folder of a town that has started"));
}

absl::StatusOr<Secrets> OpenSecrets(const std::string& data_directory) {
  const std::filesystem::path folder = std::filesystem::path(data_directory) / "secrets";
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error)
    return absl::UnavailableError(
        absl::StrCat("cannot create ", folder.string(), ": ", error.message()));
  RandomIdSource random;
  ASSIGN_OR_RETURN(std::string alias, OpenSecret(folder / "alias-secret",
                                                 random.NewId("alias") + random.NewId("secret")));
  ASSIGN_OR_RETURN(std::string key, OpenSecret(folder / "mesh-key.pem",
                                               auth::TokenMint::Generate().PrivateKeyPem()));
  return Secrets{config::Secret(std::move(alias)), config::Secret(std::move(key))};
}

absl::StatusOr<std::map<std::string, std::string>> DemoTokens(
    const auth::DevelopmentIssuer& issuer) {
  std::map<std::string, std::string> tokens;
  for (const auth::Role role : DemoRoles()) {
    ASSIGN_OR_RETURN(tokens[std::string(auth::RoleName(role))], issuer.Mint(role, kDemoTenant));
  }
  return tokens;
}

}  // namespace stadtmesh::town
