#include "auth/authenticator.h"

#include <cstdint>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/mutex.h"
#include "auth/service_identity.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/status.h"

namespace stadtmesh::auth {
namespace {

absl::Status Unauthenticated(absl::string_view why) {
  return CommonError(absl::StatusCode::kUnauthenticated, "UNAUTHENTICATED", why);
}

}  // namespace

// Only what was verified comes in, so strangers cannot fill it with rubbish.
//
// Found by a 64-bit hash seeded per process, and then compared: a digest of the token would cost
// more than all the rest of the look-up.
struct Authenticator::Cache {
  struct Entry {
    std::string tenant, token;
    std::shared_ptr<const Principal> principal;
  };
  explicit Cache(size_t c) : capacity(c) {}

  static uint64_t Key(absl::string_view tenant, absl::string_view token) {
    return absl::Hash<std::pair<absl::string_view, absl::string_view>>()({tenant, token});
  }

  std::shared_ptr<const Principal> Find(absl::string_view tenant, absl::string_view token,
                                        uint64_t generation_now, absl::Time now) {
    const uint64_t key = Key(tenant, token);
    absl::ReaderMutexLock lock(&mutex);
    if (generation != generation_now) return nullptr;
    const auto it = entries.find(key);
    if (it == entries.end() || it->second.token != token || it->second.tenant != tenant)
      return nullptr;
    return now < it->second.principal->expires_at ? it->second.principal : nullptr;
  }

  void Insert(absl::string_view tenant, absl::string_view token, uint64_t generation_before,
              std::shared_ptr<const Principal> principal, absl::Time now) {
    absl::MutexLock lock(&mutex);
    if (generation != generation_before) {
      if (generation_before < generation) return;  // verified with keys that have gone
      entries.clear();
      generation = generation_before;
    }
    if (entries.size() >= capacity) {
      absl::erase_if(entries,
                     [&](const auto& entry) { return entry.second.principal->expires_at <= now; });
      // All valid: start anew rather than keep an order of use for every call.
      if (entries.size() >= capacity) entries.clear();
    }
    entries[Key(tenant, token)] = {std::string(tenant), std::string(token), std::move(principal)};
  }

  const size_t capacity;
  absl::Mutex mutex;
  uint64_t generation ABSL_GUARDED_BY(mutex) = 0;
  absl::flat_hash_map<uint64_t, Entry> entries ABSL_GUARDED_BY(mutex);
};

Authenticator::Authenticator(TokenVerifier verifier, config::Secret alias_secret, bool demo,
                             const Clock* clock, size_t cache_tokens)
    : verifier_(std::move(verifier)),
      alias_secret_(std::move(alias_secret)),
      demo_(demo),
      clock_(clock),
      cache_(std::make_unique<Cache>(cache_tokens)) {
  if (alias_secret_.Reveal().size() < 32) std::abort();  // config checks it with minimum_length
}

Authenticator::~Authenticator() = default;

std::string Authenticator::Alias(absl::string_view tenant, absl::string_view subject) const {
  return SubjectAlias(alias_secret_.Reveal(), tenant, subject);
}

absl::StatusOr<std::shared_ptr<const Principal>> Authenticator::Verified(
    absl::string_view token, absl::string_view tenant) const {
  if (token.size() > kLongestToken) return Unauthenticated("token has no acceptable size");
  const uint64_t generation = verifier_.generation();
  const absl::Time now = clock_->Now();
  if (std::shared_ptr<const Principal> known = cache_->Find(tenant, token, generation, now))
    return known;

  ASSIGN_OR_RETURN(const VerifiedToken verified, verifier_.Verify(token));
  auto principal = std::make_shared<Principal>();
  principal->tenant = std::string(tenant);
  principal->subject = verified.subject;
  principal->alias = Alias(tenant, verified.subject);
  principal->roles = verified.RolesIn(tenant);
  principal->expires_at = verified.expires_at;
  principal->anonymous = false;
  if (principal->Has(Role::kService))
    principal->service = std::string(absl::StripPrefix(verified.subject, kServiceSubject));
  if (now < verified.expires_at) cache_->Insert(tenant, token, generation, principal, now);
  return std::shared_ptr<const Principal>(std::move(principal));
}

absl::StatusOr<Principal> Authenticator::AuthenticateToken(absl::string_view token,
                                                           absl::string_view tenant) const {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Principal> principal, Verified(token, tenant));
  return *principal;
}

absl::StatusOr<Principal> Authenticator::Authenticate(const Credentials& credentials) const {
  absl::StatusOr<Principal> result(absl::in_place);
  Principal& principal = *result;
  if (credentials.token.empty()) {
    principal.tenant = std::string(credentials.tenant);
  } else {
    ASSIGN_OR_RETURN(const std::shared_ptr<const Principal> verified,
                     Verified(credentials.token, credentials.tenant));
    principal = *verified;
  }
  if (!credentials.caller_token.empty()) {
    ASSIGN_OR_RETURN(const std::shared_ptr<const Principal> caller,
                     Verified(credentials.caller_token, credentials.tenant));
    if (!caller->Has(Role::kService))
      return Unauthenticated("the caller's token is not a service's");
    principal.service = caller->service;
  }
  if (principal.service.empty() && !demo_)
    return Unauthenticated("no service token: only services may name the tenant");
  if (!credentials.on_behalf_of.empty()) {
    if (!principal.Has(Role::kService) || !IsId(credentials.on_behalf_of)) {
      return CommonError(absl::StatusCode::kPermissionDenied, "PERMISSION_DENIED",
                         "only a service acts for somebody");
    }
    principal.alias = std::string(credentials.on_behalf_of);
    principal.subject.clear();
    principal.on_behalf = true;
  }
  return result;
}

}  // namespace stadtmesh::auth
