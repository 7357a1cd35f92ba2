#include "absl/strings/str_cat.h"
#include "buergerbus/rpc/methods.h"
#include "buergerbus/rpc/tokens.h"
#include "buergerbus/wire/enums.h"
#include "buergerbus/wire/settings.h"
#include "buergerbus/wire/values.h"

namespace stadtmesh::buergerbus {
namespace {

v1::Offer RenderOffer(const OfferIds& ids, const Offer& offer, const TripRequest& request,
                      const std::optional<RideId>& replaces) {
  v1::Offer wire;
  wire.set_offer_id(ids.Make(request, offer, replaces));
  *wire.mutable_promise() = ToWire(offer.promise);
  *wire.mutable_expected_pickup() = ToWire(offer.expected_pickup);
  *wire.mutable_expected_arrival() = ToWire(offer.expected_arrival);
  *wire.mutable_direct() = ToWire(offer.direct);
  wire.set_fare_cents(static_cast<int32_t>(offer.fare.total.cents));
  wire.set_vehicle_id(offer.tour.vehicle.value());
  return wire;
}

}  // namespace

absl::Status WithoutFacts(const absl::Status& inside, Core& core) {
  std::string facts;
  for (const auto& [name, value] : FactsOf(inside)) absl::StrAppend(&facts, name, "=", value, " ");
  core.logger->Error("internal_error", {{"error", inside.ToString()}, {"facts", facts}});
  return absl::InternalError(inside.message());
}

Query QueryOf(const rpc::Call& call) { return {call.principal, call.deadline}; }

Command CommandOf(const rpc::Call& call) {
  return {call.principal, call.deadline,
          store::ReplyIdentity{.subject = call.principal.alias,
                               .method = call.method,
                               .key = call.idempotency_key,
                               .fingerprint = call.fingerprint},
          call.traceparent};
}

Actor ActorOf(const rpc::Call& call) {
  const bool dispatcher =
      call.principal.Has(auth::Role::kDispatcher) && call.principal.reach == auth::Reach::kAny;
  return dispatcher ? Actor::kDispatcher : Actor::kCitizen;
}

absl::StatusOr<std::vector<v1::Ride>> RenderRides(Api& api, const rpc::Call& call,
                                                  const std::vector<RideId>& ids) {
  ASSIGN_OR_RETURN(const std::vector<RideView> views,
                   api.services.queries.GetRides(QueryOf(call), ids));
  std::vector<v1::Ride> rides;
  for (const RideView& view : views) rides.push_back(Render(view));
  return rides;
}

absl::StatusOr<v1::Ride> RenderRide(Api& api, const rpc::Call& call, const RideId& id) {
  ASSIGN_OR_RETURN(const RideView view, api.services.queries.GetRide(QueryOf(call), id));
  return Render(view);
}

Contact ReadContact(absl::string_view field, const v1::Contact& contact, Problems& problems) {
  Contact read{.name = problems.Text(Join(field, "name"), contact.name(), 100),
               .phone = problems.Text(Join(field, "phone"), contact.phone(), 30),
               .note = problems.Text(Join(field, "note"), contact.note(), 500, Lines::kSeveral)};
  if (read.phone.empty()) return read;
  absl::StatusOr<std::string> number = NormalisePhone(Join(field, "phone"), read.phone);
  problems.Add(number.status());
  read.phone = number.ok() ? *std::move(number) : "";
  return read;
}

std::vector<Wish> ReadWishes(const Api& api, const rpc::Call& call, const std::string& offer_id,
                             const std::string& back_offer_id, Actor booked_by,
                             Problems& problems) {
  const OfferIds ids(api.offer_key, call.principal.tenant);
  std::vector<Wish> wishes = {ids.Read("offer_id", offer_id, booked_by, problems)};
  if (!back_offer_id.empty())
    wishes.push_back(ids.Read("back_offer_id", back_offer_id, booked_by, problems));
  return wishes;
}

absl::StatusOr<OffersView> RenderOffers(Api& api, const rpc::Call& call, const TripRequest& request,
                                        const std::optional<RideId>& replaces) {
  ASSIGN_OR_RETURN(const OfferSet set, api.services.offers.Find(QueryOf(call), request, replaces));
  const OfferIds ids(api.offer_key, call.principal.tenant);
  OffersView view;
  for (const Offer& offer : set.offers)
    view.offers.push_back(RenderOffer(ids, offer, request, replaces));
  for (const Offer& offer : set.alternatives)
    view.alternatives.push_back(RenderOffer(ids, offer, request, replaces));
  const std::vector<Offer>& possible = set.offers.empty() ? set.alternatives : set.offers;
  if (!possible.empty()) view.first = possible.front().promise;
  if (set.refusal) view.refusal = Render(Refusal{.reason = *set.refusal, .facts = set.facts});
  if (!set.stops.empty()) {
    ASSIGN_OR_RETURN(const SettingsCache::Entry entry,
                     api.services.core.settings.Read(QueryOf(call)));
    for (const StopId& id : set.stops) {
      if (const Stop* stop = FindStop(*entry.settings, id))
        view.nearby_stops.push_back(ToWire(*stop));
    }
  }
  return view;
}

absl::StatusOr<std::vector<v1::Offer>> OffersInstead(Api& api, const rpc::Call& call,
                                                     const Refusal& refusal, const Wish& wish) {
  TripRequest request = wish.request;
  if (const auto earliest = refusal.facts.find("earliest");
      refusal.reason == Reason::kReturnBeforeOutbound && earliest != refusal.facts.end()) {
    (void)absl::ParseTime(absl::RFC3339_full, earliest->second, &request.not_before, nullptr);
  }
  absl::StatusOr<OffersView> now = RenderOffers(api, call, request, wish.replaces);
  // A stop or fare of the offer is gone: its fields are none of this request.
  if (absl::IsInvalidArgument(now.status())) return std::vector<v1::Offer>();
  RETURN_IF_ERROR(now.status());
  return std::move(now->offers.empty() ? now->alternatives : now->offers);
}

}  // namespace stadtmesh::buergerbus
