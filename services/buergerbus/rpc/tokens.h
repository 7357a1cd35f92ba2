// The opaque strings of the API: offers and places in lists. They hold no secret. An offer is
// signed, so that nobody holds what was never offered (a window off the grid, a trip that no search
// lets through); and still it is planned and checked anew. A place in a list only says where to go
// on.
#pragma once

#include <optional>
#include <string>

#include "buergerbus/domain/offer.h"
#include "buergerbus/service/planning.h"
#include "buergerbus/service/queries.h"
#include "buergerbus/wire/problems.h"
#include "rpc/call.h"

namespace stadtmesh::buergerbus {

// Offer ids of one tenant: the wish, the offered window and the price, behind a keyed hash
// (HMAC-SHA-256, 128 bits of it). A dispatcher's request is marked as such by whoever takes the
// offer, not by the token. All replicas of an installation have the same key.
class OfferIds {
 public:
  OfferIds(absl::string_view key, absl::string_view tenant) : key_(key), tenant_(tenant) {}

  std::string Make(const TripRequest& request, const Offer& offer,
                   const std::optional<RideId>& replaces) const;
  // Problems in `field` for what this town did not offer; nothing of it is parsed.
  Wish Read(absl::string_view field, const std::string& offer_id, Actor booked_by,
            Problems& problems) const;

 private:
  std::string SignatureOf(absl::string_view bytes) const;

  const std::string key_, tenant_;
};

// Bound to tenant, caller and `list` (the method and its filter).
std::string MakePageToken(const rpc::Call& call, absl::string_view list,
                          const std::optional<store::Scored>& next);
// `default_size` where none is asked for; problems in page_size and page_token.
PageRequest ReadPage(const rpc::Call& call, absl::string_view list, int page_size,
                     const std::string& page_token, int default_size, int largest_size,
                     Problems& problems);

}  // namespace stadtmesh::buergerbus
