// The opaque strings of the API: offers and places in lists. They hold no secret, and nothing in
// them is trusted: an offer is planned and checked anew, a place in a list only says where to go
// on.
#pragma once

#include <optional>
#include <string>

#include "buergerbus/service/planning.h"
#include "buergerbus/service/queries.h"
#include "buergerbus/wire/problems.h"
#include "rpc/call.h"

namespace stadtmesh::buergerbus {

// The wish and the offered window. A dispatcher's request is marked as such by whoever takes the
// offer, not by the token.
std::string MakeOfferId(const TripRequest& request, absl::Time pickup_begin,
                        const std::optional<RideId>& replaces);
Wish WishFromOfferId(absl::string_view field, const std::string& offer_id, Actor booked_by,
                     Problems& problems);

// Bound to tenant, caller and `list` (the method and its filter).
std::string MakePageToken(const rpc::Call& call, absl::string_view list,
                          const std::optional<store::Scored>& next);
// `default_size` where none is asked for; problems in page_size and page_token.
PageRequest ReadPage(const rpc::Call& call, absl::string_view list, int page_size,
                     const std::string& page_token, int default_size, int largest_size,
                     Problems& problems);

}  // namespace stadtmesh::buergerbus
