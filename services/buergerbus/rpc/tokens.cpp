#include "buergerbus/rpc/tokens.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "auth/crypto.h"
#include "buergerbus/wire/values.h"
#include "stadtmesh/buergerbus/v1/state.pb.h"

namespace stadtmesh::buergerbus {
namespace {

constexpr size_t kLongestOfferId = 8192, kLongestPageToken = 512, kSignatureBytes = 16;

std::string BindingOf(const rpc::Call& call, absl::string_view list) {
  const std::string text =
      absl::StrCat(call.principal.tenant, "\n", call.principal.alias, "\n", list);
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  return std::string(reinterpret_cast<const char*>(digest), 8);
}

template <typename Message>
bool ParseToken(const std::string& token, size_t longest, Message& message) {
  std::string bytes;
  return token.size() <= longest && absl::WebSafeBase64Unescape(token, &bytes) &&
         message.ParseFromString(bytes);
}

}  // namespace

std::string OfferIds::SignatureOf(absl::string_view bytes) const {
  const auth::Digest digest = auth::HmacSha256(key_, absl::StrCat("offer\n", tenant_, "\n", bytes));
  return std::string(reinterpret_cast<const char*>(digest.data()), kSignatureBytes);
}

std::string OfferIds::Make(const TripRequest& request, const Offer& offer,
                           const std::optional<RideId>& replaces) const {
  v1::OfferToken token;
  *token.mutable_trip() = ToWire(request.trip);
  if (request.kind == TimeKind::kDepartAt) {
    *token.mutable_when()->mutable_depart_at() = ToWire(request.time);
  } else {
    *token.mutable_when()->mutable_arrive_by() = ToWire(request.time);
  }
  *token.mutable_pickup_begin() = ToWire(offer.promise.pickup.begin);
  token.set_fare_cents(static_cast<int32_t>(offer.fare.total.cents));
  if (replaces) token.set_replaces_ride_id(replaces->value());
  const std::string bytes = token.SerializeAsString();
  return absl::WebSafeBase64Escape(absl::StrCat(SignatureOf(bytes), bytes));
}

Wish OfferIds::Read(absl::string_view field, const std::string& offer_id, Actor booked_by,
                    Problems& problems) const {
  if (offer_id.empty()) {
    problems.Add(field, FieldReason::kRequired);
    return {};
  }
  const auto refuse = [&] {
    problems.Add(field, FieldReason::kInvalidFormat);
    return Wish();
  };
  std::string bytes;
  if (offer_id.size() > kLongestOfferId || !absl::WebSafeBase64Unescape(offer_id, &bytes) ||
      bytes.size() < kSignatureBytes)
    return refuse();
  const std::string content = bytes.substr(kSignatureBytes);
  if (CRYPTO_memcmp(SignatureOf(content).data(), bytes.data(), kSignatureBytes) != 0)
    return refuse();
  v1::OfferToken token;
  if (!token.ParseFromString(content)) return refuse();
  Problems inside;
  const bool depart = token.when().has_depart_at();
  Wish wish;
  wish.request = {
      .trip = FromWire("", token.trip(), inside),
      .kind = depart ? TimeKind::kDepartAt : TimeKind::kArriveBy,
      .time = FromWire("", depart ? token.when().depart_at() : token.when().arrive_by(), inside),
      .booked_by = booked_by};
  wish.pickup_begin = FromWire("", token.pickup_begin(), inside);
  if (token.has_fare_cents()) wish.fare = Money{token.fare_cents()};
  if (!token.replaces_ride_id().empty())
    wish.replaces = RideId(inside.RequiredId("", token.replaces_ride_id()));
  return inside.empty() ? wish : refuse();
}

std::string MakePageToken(const rpc::Call& call, absl::string_view list,
                          const std::optional<store::Scored>& next) {
  if (!next) return "";
  v1::PageToken token;
  token.set_binding(BindingOf(call, list));
  token.set_member(next->member);
  token.set_score(next->score);
  return absl::WebSafeBase64Escape(token.SerializeAsString());
}

PageRequest ReadPage(const rpc::Call& call, absl::string_view list, int page_size,
                     const std::string& page_token, int default_size, int largest_size,
                     Problems& problems) {
  PageRequest page{.size = static_cast<size_t>(page_size == 0 ? default_size : page_size)};
  if (page_size < 0 || page_size > largest_size) {
    problems.Add("page_size", FieldReason::kOutOfRange, absl::StrCat("1..", largest_size));
    page.size = 1;
  }
  if (page_token.empty()) return page;
  v1::PageToken token;
  if (!ParseToken(page_token, kLongestPageToken, token) ||
      token.binding() != BindingOf(call, list)) {
    problems.Add("page_token", FieldReason::kInvalidFormat);
    return page;
  }
  page.after = store::Scored{token.member(), token.score()};
  return page;
}

}  // namespace stadtmesh::buergerbus
