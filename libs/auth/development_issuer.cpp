#include "auth/development_issuer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "auth/service_identity.h"
#include "base/status.h"

namespace stadtmesh::auth {
namespace {

constexpr char kPrefix[] = "development:";

absl::Status Locked(absl::string_view why) {
  return absl::FailedPreconditionError(absl::StrCat("development issuer: ", why));
}

struct OpenFile {
  explicit OpenFile(int f) : fd(f) {}
  ~OpenFile() {
    if (fd >= 0) close(fd);
  }
  const int fd;
};

absl::Status WriteNew(const std::string& path, absl::string_view text, mode_t mode, int flags) {
  const OpenFile file(
      open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | flags, mode));
  if (file.fd < 0) return Locked(absl::StrCat("cannot write ", path, ": ", std::strerror(errno)));
  if (write(file.fd, text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      fsync(file.fd) != 0) {
    return Locked(absl::StrCat("cannot write ", path));
  }
  return absl::OkStatus();
}

absl::StatusOr<TokenMint> ReadKey(int fd, const std::string& path) {
  struct stat status {};
  if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
    return Locked(absl::StrCat(path, " is no file"));
  if ((status.st_mode & 077) != 0 || status.st_uid != geteuid()) {
    return Locked(absl::StrCat(path, " should belong to this user alone (mode 0600)"));
  }
  std::string text(4096, '\0');
  const ssize_t size = read(fd, text.data(), text.size());
  text.resize(size > 0 ? static_cast<size_t>(size) : 0);
  absl::StatusOr<TokenMint> mint = TokenMint::FromPem(config::Secret(text));
  if (!mint.ok()) return Locked(absl::StrCat(path, " ", mint.status().message()));
  return mint;
}

// The data directory's own key, made at first use.
absl::StatusOr<TokenMint> KeyOf(const std::string& directory) {
  const std::string path = absl::StrCat(directory, "/development-issuer.pem");
  const OpenFile file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (file.fd >= 0) return ReadKey(file.fd, path);
  if (errno != ENOENT)
    return Locked(absl::StrCat("cannot read ", path, ": ", std::strerror(errno)));
  TokenMint mint = TokenMint::Generate();
  RETURN_IF_ERROR(WriteNew(path, mint.PrivateKeyPem(), 0600, O_EXCL));
  return mint;
}

}  // namespace

bool IsDemoTenant(absl::string_view tenant) {
  return tenant == "demo" || absl::StartsWith(tenant, "demo-");
}

DevelopmentIssuer::DevelopmentIssuer(TokenMint mint, std::vector<std::string> tenants,
                                     const Clock* clock)
    : mint_(std::move(mint)), tenants_(std::move(tenants)), clock_(clock) {}

absl::StatusOr<std::unique_ptr<DevelopmentIssuer>> DevelopmentIssuer::Create(
    const DevelopmentIssuerOptions& options, const Clock* clock) {
  for (const std::string& tenant : options.tenants) {
    if (!IsDemoTenant(tenant))
      return Locked(absl::StrCat("tenant ", tenant, " is not a demo tenant (demo, demo-...)"));
  }
  ASSIGN_OR_RETURN(TokenMint mint, KeyOf(options.data_directory));
  RETURN_IF_ERROR(WriteNew(absl::StrCat(options.data_directory, "/development-issuer.jwks.json"),
                           mint.Jwks(), 0644, O_TRUNC));
  return std::unique_ptr<DevelopmentIssuer>(
      new DevelopmentIssuer(std::move(mint), options.tenants, clock));
}

absl::StatusOr<std::string> DevelopmentIssuer::Mint(Role role, absl::string_view tenant,
                                                    absl::Duration lifetime,
                                                    absl::string_view subject) const {
  if (std::find(tenants_.begin(), tenants_.end(), tenant) == tenants_.end())
    return Locked(absl::StrCat("no demo tenant: ", tenant));
  if (role == Role::kService) return Locked("nobody but the mesh grants the role service");
  return mint_.Sign(
      {.issuer = kDevelopmentIssuer,
       .audience = kMeshAudience,
       .subject = subject.empty() ? absl::StrCat("demo-", RoleName(role)) : std::string(subject),
       .roles = {{std::string(tenant), {role}}},
       .issued_at = clock_->Now(),
       .lifetime = lifetime});
}

std::string DevelopmentIssuer::Jwks() const { return mint_.Jwks(); }

absl::StatusOr<Issuer> DevelopmentIssuerFor(absl::string_view jwks) {
  ASSIGN_OR_RETURN(KeySet keys, KeySet::Parse(jwks));
  if (keys.size() == 0) return absl::InvalidArgumentError("holds no key");
  return Issuer{
      .issuer = kDevelopmentIssuer,
      .audience = kMeshAudience,
      .algorithms = {Algorithm::kEdDsa},
      .keys = FixedKeys(std::move(keys)),
      .grantable = {Role::kGuest, Role::kCitizen, Role::kDriver, Role::kDispatcher, Role::kMerchant,
                    Role::kOrganisation, Role::kAgent, Role::kCity, Role::kOperator},
      .role_claim = {},
      .subject_prefix = kPrefix};
}

}  // namespace stadtmesh::auth
