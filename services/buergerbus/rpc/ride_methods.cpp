// Citizens and their rides: hold, book, look, change, cancel.
#include "buergerbus/rpc/methods.h"
#include "buergerbus/rpc/tokens.h"
#include "buergerbus/wire/values.h"

namespace stadtmesh::buergerbus {
namespace {

absl::StatusOr<v1::HoldRideResponse> HandleHoldRide(Services& services, const rpc::Call& call,
                                                    const v1::HoldRideRequest& request) {
  Problems problems;
  RideService::Order order{.customer = {.alias = call.principal.alias, .channel = Channel::kApp}};
  order.wishes = ReadWishes(services, call, request.offer_id(), request.back_offer_id(),
                            Actor::kCitizen, problems);
  order.contact = ReadContact("contact", request.contact(), problems);
  RETURN_IF_ERROR(std::move(problems).Take());
  ASSIGN_OR_RETURN(const Receipt receipt, services.rides.Hold(Command::From(call), order));
  return AnswerOrder<v1::HoldRideResponse>(services, call, order, receipt);
}

absl::StatusOr<v1::BookRideResponse> HandleBookRide(Services& services, const rpc::Call& call,
                                                    const v1::BookRideRequest& request) {
  ASSIGN_OR_RETURN(const std::string id, ParseId("booking_id", request.booking_id()));
  ASSIGN_OR_RETURN(const Receipt receipt, services.rides.Book(Command::From(call), BookingId(id)));
  v1::BookRideResponse response;
  ASSIGN_OR_RETURN(std::vector<v1::Ride> rides, RenderRides(services, call, receipt.rides));
  Append(std::move(rides), *response.mutable_rides());
  return response;
}

absl::StatusOr<v1::ListMyRidesResponse> HandleListMyRides(Services& services, const rpc::Call& call,
                                                          const v1::ListMyRidesRequest& request) {
  Problems problems;
  const absl::string_view list = request.open_only() ? "my-open-rides" : "my-rides";
  const PageRequest page =
      ReadPage(call, list, request.page_size(), request.page_token(), 50, 100, problems);
  RETURN_IF_ERROR(std::move(problems).Take());
  ASSIGN_OR_RETURN(const Page<RideView> rides,
                   services.queries.ListRidesOf(Query::From(call), call.principal.alias,
                                                request.open_only(), page));
  v1::ListMyRidesResponse response;
  for (const RideView& ride : rides.items) *response.add_rides() = Render(ride);
  response.set_next_page_token(MakePageToken(call, list, rides.next));
  return response;
}

absl::StatusOr<v1::ChangeRideResponse> HandleChangeRide(Services& services, const rpc::Call& call,
                                                        const v1::ChangeRideRequest& request) {
  Problems problems;
  const RideId id(problems.RequiredId("ride_id", request.ride_id()));
  const OfferIds ids(services.offer_key, call.principal.tenant);
  const Wish wish = ids.Read("offer_id", request.offer_id(), ActorOf(call), problems);
  RETURN_IF_ERROR(std::move(problems).Take());
  if (wish.replaces != id) {
    RETURN_IF_ERROR(RenderRide(services, call, id)
                        .status());  // a stranger's ride does not exist, whatever the offer
    return InvalidField("offer_id", FieldReason::kConflict, "ride_id");
  }
  ASSIGN_OR_RETURN(const Receipt receipt,
                   services.rides.Change(Command::From(call), id, wish, ActorOf(call)));
  v1::ChangeRideResponse response;
  if (receipt.refusal) {
    RETURN_IF_ERROR(AddRefusal(services, call, *receipt.refusal, wish, response));
    return response;
  }
  ASSIGN_OR_RETURN(*response.mutable_ride(), RenderRide(services, call, id));
  return response;
}

absl::StatusOr<v1::Ride> HandleCancelRide(Services& services, const rpc::Call& call,
                                          const v1::CancelRideRequest& request) {
  ASSIGN_OR_RETURN(const std::string id, ParseId("ride_id", request.ride_id()));
  const CancelRide cancel{ActorOf(call), request.rider_asked()};
  RETURN_IF_ERROR(services.rides.Cancel(Command::From(call), RideId(id), cancel).status());
  return RenderRide(services, call, RideId(id));
}

absl::StatusOr<v1::Ride> HandleGetRide(Services& services, const rpc::Call& call,
                                       const v1::GetRideRequest& request) {
  ASSIGN_OR_RETURN(const std::string id, ParseId("ride_id", request.ride_id()));
  return RenderRide(services, call, RideId(id));
}

}  // namespace

void AddRideMethods(rpc::ServiceBuilder& builder, Services& services) {
  Add(builder, "HoldRide", services, HandleHoldRide);
  Add(builder, "BookRide", services, HandleBookRide);
  Add(builder, "ListMyRides", services, HandleListMyRides);
  Add(builder, "GetRide", services, HandleGetRide);
  Add(builder, "ChangeRide", services, HandleChangeRide);
  Add(builder, "CancelRide", services, HandleCancelRide);
}

}  // namespace stadtmesh::buergerbus
