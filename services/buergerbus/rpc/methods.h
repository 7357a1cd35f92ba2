// The methods of the contract by audience. Each handler reads the request, asks the service and
// renders the answer.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/status.h"
#include "buergerbus/rpc.h"
#include "buergerbus/rpc/refusals.h"
#include "buergerbus/rpc/render.h"
#include "buergerbus/wire/problems.h"
#include "rpc/service.h"
#include "stadtmesh/buergerbus/v1/buergerbus.pb.h"

namespace stadtmesh::buergerbus {

void AddPublicMethods(rpc::ServiceBuilder& builder, Api& api);
void AddRideMethods(rpc::ServiceBuilder& builder, Api& api);
void AddDispatchMethods(rpc::ServiceBuilder& builder, Api& api);
void AddRiderMethods(rpc::ServiceBuilder& builder, Api& api);
void AddDriverMethods(rpc::ServiceBuilder& builder, Api& api);
void AddCityMethods(rpc::ServiceBuilder& builder, Api& api);
void AddPrivacyMethods(rpc::ServiceBuilder& builder, Api& api);

// ---- What handlers share.

// An error of ours as callers may see it: its facts may name somebody else's ride, and are for the
// log only.
absl::Status WithoutFacts(const absl::Status& inside, Core& core);

// Adds the handler of one method; its types are those of the contract (checked at the start).
template <typename Request, typename Response>
void Add(rpc::ServiceBuilder& builder, absl::string_view name, Api& api,
         absl::StatusOr<Response> (*handle)(Api&, const rpc::Call&, const Request&)) {
  builder.Unary<Request, Response>(name, [&api, handle, declared = DeclaredRefusals(name)](
                                             const rpc::Call& call, const Request& request) {
    absl::StatusOr<Response> response = handle(api, call, request);
    declared.Check(response.status(), api.services.core);
    if (absl::IsInternal(response.status()))
      response = WithoutFacts(response.status(), api.services.core);
    return response;
  });
}

// Who asks, as the service wants to know it; a command counts once per idempotency key.
Query QueryOf(const rpc::Call& call);
Command CommandOf(const rpc::Call& call);

// A dispatcher when the method's rule reaches everything for that role.
Actor ActorOf(const rpc::Call& call);

// Moves messages to the end of a repeated field.
template <typename Message>
void Append(std::vector<Message> from, google::protobuf::RepeatedPtrField<Message>& to) {
  for (Message& message : from) *to.Add() = std::move(message);
}

// The rides of a receipt as messages.
absl::StatusOr<std::vector<v1::Ride>> RenderRides(Api& api, const rpc::Call& call,
                                                  const std::vector<RideId>& ids);
absl::StatusOr<v1::Ride> RenderRide(Api& api, const rpc::Call& call, const RideId& id);

Contact ReadContact(absl::string_view field, const v1::Contact& contact, Problems& problems);

// What was offered for one wish.
struct OffersView {
  std::vector<v1::Offer> offers;
  std::optional<Promise> first;  // of the first offer, or alternative
  std::optional<v1::Refusal> refusal;
  std::vector<v1::Offer> alternatives;
  std::vector<v1::Stop> nearby_stops;
};
absl::StatusOr<OffersView> RenderOffers(Api& api, const rpc::Call& call, const TripRequest& request,
                                        const std::optional<RideId>& replaces);

// What is free now for whoever wanted an offer that is gone; nothing where the wish itself can no
// longer be, because the town has changed meanwhile.
absl::StatusOr<std::vector<v1::Offer>> OffersInstead(Api& api, const rpc::Call& call,
                                                     const Refusal& refusal, const Wish& wish);

// The answer to whoever wanted an offer that is gone: why, and what is free now.
template <typename Response>
absl::Status AddRefusal(Api& api, const rpc::Call& call, const Refusal& refusal, const Wish& wish,
                        Response& response) {
  *response.mutable_refusal() = Render(refusal);
  ASSIGN_OR_RETURN(std::vector<v1::Offer> instead, OffersInstead(api, call, refusal, wish));
  Append(std::move(instead), *response.mutable_alternatives());
  return absl::OkStatus();
}

// The wishes behind one or two offers: the way there, and the way back where there is one.
std::vector<Wish> ReadWishes(const Api& api, const rpc::Call& call, const std::string& offer_id,
                             const std::string& back_offer_id, Actor booked_by, Problems& problems);

// The answer to an order: its rides, or why there are none.
template <typename Response>
absl::StatusOr<Response> AnswerOrder(Api& api, const rpc::Call& call,
                                     const RideService::Order& order, const Receipt& receipt) {
  Response response;
  if (receipt.refusal) {
    RETURN_IF_ERROR(
        AddRefusal(api, call, *receipt.refusal, order.wishes[receipt.refusal->leg], response));
    return response;
  }
  ASSIGN_OR_RETURN(std::vector<v1::Ride> rides, RenderRides(api, call, receipt.rides));
  Append(std::move(rides), *response.mutable_rides());
  return response;
}

}  // namespace stadtmesh::buergerbus
