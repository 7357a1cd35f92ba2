
#include "absl/strings/str_cat.h"
#include "auth/crypto.h"
#include "auth/principal.h"
#include "base/ids.h"

namespace stadtmesh::auth {

std::string SubjectAlias(absl::string_view secret, absl::string_view tenant,
                         absl::string_view subject) {
  const Digest digest =
      HmacSha256(secret, absl::StrCat(tenant, absl::string_view("\0", 1), subject));
  const auto big_endian = [&](size_t from) {
    uint64_t value = 0;
    for (size_t i = from; i < from + 8; ++i) value = (value << 8) | digest[i];
    return value;
  };
  return EncodeId(big_endian(0), big_endian(8));
}

}  // namespace stadtmesh::auth
