// Citizens and their rides: hold, book, look, change, cancel.
#include "buergerbus/rpc/methods.h"
#include "buergerbus/rpc/tokens.h"
#include "buergerbus/wire/values.h"

namespace stadtmesh::buergerbus {
namespace {

absl::StatusOr<v1::HoldRideResponse> HandleHoldRide(Api& api, const rpc::Call& call,
                                                    const v1::HoldRideRequest& request) {
  Problems problems;
  RideService::Order order{.customer = {.alias = call.principal.alias, .channel = Channel::kApp}};
  order.wishes =
      ReadWishes(api, call, request.offer_id(), request.back_offer_id(), Actor::kCitizen, problems);
  order.contact = ReadContact("contact", request.contact(), problems);
  RETURN_IF_ERROR(std::move(problems).Take());
  ASSIGN_OR_RETURN(const Receipt receipt, api.services.rides.Hold(CommandOf(call), order));
  return AnswerOrder<v1::HoldRideResponse>(api, call, order, receipt);
}

absl::StatusOr<v1::BookRideResponse> HandleBookRide(Api& api, const rpc::Call& call,
                                                    const v1::BookRideRequest& request) {
  ASSIGN_OR_RETURN(const std::string id, ParseId("booking_id", request.booking_id()));
  ASSIGN_OR_RETURN(const Receipt receipt, api.services.rides.Book(CommandOf(call), BookingId(id)));
  v1::BookRideResponse response;
  ASSIGN_OR_RETURN(std::vector<v1::Ride> rides, RenderRides(api, call, receipt.rides));
  Append(std::move(rides), *response.mutable_rides());
  return response;
}

absl::StatusOr<v1::ListMyRidesResponse> HandleListMyRides(Api& api, const rpc::Call& call,
                                                          const v1::ListMyRidesRequest& request) {
  Problems problems;
  const absl::string_view list = request.open_only() ? "my-open-rides" : "my-rides";
  const PageRequest page =
      ReadPage(call, list, request.page_size(), request.page_token(), 50, 100, problems);
  RETURN_IF_ERROR(std::move(problems).Take());
  ASSIGN_OR_RETURN(const Page<RideView> rides,
                   api.services.queries.ListRidesOf(QueryOf(call), call.principal.alias,
                                                    request.open_only(), page));
  v1::ListMyRidesResponse response;
  for (const RideView& ride : rides.items) *response.add_rides() = Render(ride);
  response.set_next_page_token(MakePageToken(call, list, rides.next));
  return response;
}

absl::StatusOr<v1::ChangeRideResponse> HandleChangeRide(Api& api, const rpc::Call& call,
                                                        const v1::ChangeRideRequest& request) {
  Problems problems;
  const RideId id(problems.RequiredId("ride_id", request.ride_id()));
  const OfferIds ids(api.offer_key, call.principal.tenant);
  const Wish wish = ids.Read("offer_id", request.offer_id(), ActorOf(call), problems);
  RETURN_IF_ERROR(std::move(problems).Take());
  if (wish.replaces != id) {
    RETURN_IF_ERROR(RenderRide(api, call, id)
                        .status());  // a stranger's ride does not exist, whatever the offer
    return InvalidField("offer_id", FieldReason::kConflict, "ride_id");
  }
  ASSIGN_OR_RETURN(const Receipt receipt,
                   api.services.rides.Change(CommandOf(call), id, wish, ActorOf(call)));
  v1::ChangeRideResponse response;
  if (receipt.refusal) {
    RETURN_IF_ERROR(AddRefusal(api, call, *receipt.refusal, wish, response));
    return response;
  }
  ASSIGN_OR_RETURN(*response.mutable_ride(), RenderRide(api, call, id));
  return response;
}

absl::StatusOr<v1::Ride> HandleCancelRide(Api& api, const rpc::Call& call,
                                          const v1::CancelRideRequest& request) {
  ASSIGN_OR_RETURN(const std::string id, ParseId("ride_id", request.ride_id()));
  const CancelRide cancel{ActorOf(call), request.rider_asked()};
  RETURN_IF_ERROR(api.services.rides.Cancel(CommandOf(call), RideId(id), cancel).status());
  return RenderRide(api, call, RideId(id));
}

absl::StatusOr<v1::Ride> HandleGetRide(Api& api, const rpc::Call& call,
                                       const v1::GetRideRequest& request) {
  ASSIGN_OR_RETURN(const std::string id, ParseId("ride_id", request.ride_id()));
  return RenderRide(api, call, RideId(id));
}

}  // namespace

void AddRideMethods(rpc::ServiceBuilder& builder, Api& api) {
  Add(builder, "HoldRide", api, HandleHoldRide);
  Add(builder, "BookRide", api, HandleBookRide);
  Add(builder, "ListMyRides", api, HandleListMyRides);
  Add(builder, "GetRide", api, HandleGetRide);
  Add(builder, "ChangeRide", api, HandleChangeRide);
  Add(builder, "CancelRide", api, HandleCancelRide);
}

}  // namespace stadtmesh::buergerbus
