// Dispatchers: board, rides of a day, phone bookings, vehicles and stops, shifts.
#include "absl/strings/str_cat.h"
#include "buergerbus/rpc/methods.h"
#include "buergerbus/rpc/tokens.h"
#include "buergerbus/wire/values.h"

namespace stadtmesh::buergerbus {
namespace {

absl::StatusOr<v1::GetBoardResponse> HandleGetBoard(Api& api, const rpc::Call& call,
                                                    const v1::GetBoardRequest& request) {
  Problems problems;
  const absl::CivilDay day = DayFromWire("day", request.day(), problems);
  RETURN_IF_ERROR(std::move(problems).Take());
  ASSIGN_OR_RETURN(v1::GetBoardResponse response, api.board.Get(QueryOf(call), day));
  ASSIGN_OR_RETURN(const int64_t calls, api.services.queries.CountOpenCalls(QueryOf(call)));
  response.set_open_calls(static_cast<int32_t>(calls));
  return response;
}

absl::StatusOr<v1::ListRidesResponse> HandleListRides(Api& api, const rpc::Call& call,
                                                      const v1::ListRidesRequest& request) {
  Problems problems;
  const absl::CivilDay day = DayFromWire("day", request.day(), problems);
  const std::string list = absl::StrCat("rides-on/", request.day());
  const PageRequest page =
      ReadPage(call, list, request.page_size(), request.page_token(), 100, 200, problems);
  RETURN_IF_ERROR(std::move(problems).Take());
  ASSIGN_OR_RETURN(const Page<RideView> rides,
                   api.services.queries.ListRidesOn(QueryOf(call), day, page));
  v1::ListRidesResponse response;
  for (const RideView& ride : rides.items) *response.add_rides() = Render(ride);
  response.set_next_page_token(MakePageToken(call, list, rides.next));
  return response;
}

absl::StatusOr<v1::BookByPhoneResponse> HandleBookByPhone(Api& api, const rpc::Call& call,
                                                          const v1::BookByPhoneRequest& request) {
  Problems problems;
  RideService::Order order{.customer = {.channel = Channel::kPhone}};
  if (!request.card_id().empty()) {
    order.customer.card = RiderCardId(problems.RequiredId("card_id", request.card_id()));
    order.customer.alias = CustomerAliasOf(*order.customer.card);
  }
  order.contact = ReadContact("contact", request.contact(), problems);
  if (request.card_id().empty() && order.contact.phone.empty())
    problems.Add("contact.phone", FieldReason::kRequired);
  order.wishes = ReadWishes(api, call, request.offer_id(), request.back_offer_id(),
                            Actor::kDispatcher, problems);
  RETURN_IF_ERROR(std::move(problems).Take());
  ASSIGN_OR_RETURN(const Receipt receipt, api.services.rides.BookByPhone(CommandOf(call), order));
  return AnswerOrder<v1::BookByPhoneResponse>(api, call, order, receipt);
}

absl::StatusOr<v1::Ride> HandleMoveRide(Api& api, const rpc::Call& call,
                                        const v1::MoveRideRequest& request) {
  Problems problems;
  const RideId id(problems.RequiredId("ride_id", request.ride_id()));
  const VehicleId vehicle(problems.RequiredId("vehicle_id", request.vehicle_id()));
  RETURN_IF_ERROR(std::move(problems).Take());
  RETURN_IF_ERROR(api.services.rides.Move(CommandOf(call), id, vehicle).status());
  return RenderRide(api, call, id);
}

// A span whose begin must be said: nobody closes something by an empty request. Without an end:
// until further notice.
TimeWindow ReadSpan(absl::string_view field, bool present, const v1::TimeWindow& wire,
                    Problems& problems) {
  if (!present) {
    problems.Add(field, FieldReason::kRequired);
  } else if (!wire.has_begin()) {
    problems.Add(Join(field, "begin"), FieldReason::kRequired);
  }
  return FromWire(field, wire, problems);
}

absl::StatusOr<v1::BlockStopResponse> HandleBlockStop(Api& api, const rpc::Call& call,
                                                      const v1::BlockStopRequest& request) {
  Problems problems;
  const StopId stop(problems.RequiredId("stop_id", request.stop_id()));
  const TimeWindow span = ReadSpan("span", request.has_span(), request.span(), problems);
  RETURN_IF_ERROR(std::move(problems).Take());
  ASSIGN_OR_RETURN(const Receipt receipt, api.services.stops.Block(CommandOf(call), stop, span));
  v1::BlockStopResponse response;
  ASSIGN_OR_RETURN(std::vector<v1::Ride> moved, RenderRides(api, call, receipt.rides));
  Append(std::move(moved), *response.mutable_moved());
  ASSIGN_OR_RETURN(std::vector<v1::Ride> affected, RenderRides(api, call, receipt.affected));
  Append(std::move(affected), *response.mutable_affected());
  return response;
}

absl::StatusOr<v1::UnblockStopResponse> HandleUnblockStop(Api& api, const rpc::Call& call,
                                                          const v1::UnblockStopRequest& request) {
  ASSIGN_OR_RETURN(const std::string stop, ParseId("stop_id", request.stop_id()));
  ASSIGN_OR_RETURN(const Receipt receipt,
                   api.services.stops.Unblock(CommandOf(call), StopId(stop)));
  v1::UnblockStopResponse response;
  ASSIGN_OR_RETURN(std::vector<v1::Ride> moved, RenderRides(api, call, receipt.rides));
  Append(std::move(moved), *response.mutable_moved());
  return response;
}

// When the vehicle's last shift of the service day that holds `time` is over; at midnight, where it
// has none after `time`.
absl::Time EndOfServiceDay(const Settings& settings, const VehicleId& vehicle, absl::Time time) {
  const absl::CivilDay day = ServiceDayOf(settings.hours, settings.calendar, time);
  absl::Time end = absl::InfinitePast();
  for (const Shift& shift : ShiftsOn(settings, vehicle, day)) end = std::max(end, shift.end);
  return end > time ? end : BerlinTime(BerlinDay(time) + 1, absl::ZeroDuration());
}

absl::StatusOr<v1::TakeVehicleOutResponse> HandleTakeVehicleOut(
    Api& api, const rpc::Call& call, const v1::TakeVehicleOutRequest& request) {
  Problems problems;
  const VehicleId vehicle(problems.RequiredId("vehicle_id", request.vehicle_id()));
  ASSIGN_OR_RETURN(const SettingsCache::Entry entry,
                   api.services.core.settings.Read(QueryOf(call)));
  TimeWindow span{.begin = api.services.core.clock->Now()};
  if (request.has_from()) span.begin = FromWire("from", request.from(), problems);
  span.end = request.has_until() ? FromWire("until", request.until(), problems)
                                 : EndOfServiceDay(*entry.settings, vehicle, span.begin);
  if (span.end <= span.begin) {
    const bool past = request.has_until() && span.end <= api.services.core.clock->Now();
    problems.Add("until", past ? FieldReason::kInPast : FieldReason::kConflict, past ? "" : "from");
  } else if (span.end <= api.services.core.clock->Now()) {
    problems.Add(request.has_until() ? "until" : "from", FieldReason::kInPast);
  }
  RETURN_IF_ERROR(std::move(problems).Take());
  ASSIGN_OR_RETURN(const Receipt receipt,
                   api.services.fleet.TakeOut(CommandOf(call), vehicle, span));
  v1::TakeVehicleOutResponse response;
  ASSIGN_OR_RETURN(std::vector<v1::Ride> moved, RenderRides(api, call, receipt.rides));
  Append(std::move(moved), *response.mutable_moved());
  ASSIGN_OR_RETURN(std::vector<v1::Ride> affected, RenderRides(api, call, receipt.affected));
  Append(std::move(affected), *response.mutable_affected());
  return response;
}

absl::StatusOr<v1::ReturnVehicleResponse> HandleReturnVehicle(
    Api& api, const rpc::Call& call, const v1::ReturnVehicleRequest& request) {
  Problems problems;
  const VehicleId vehicle(problems.RequiredId("vehicle_id", request.vehicle_id()));
  absl::Time from = api.services.core.clock->Now();
  if (request.has_from()) from = FromWire("from", request.from(), problems);
  RETURN_IF_ERROR(std::move(problems).Take());
  ASSIGN_OR_RETURN(const Receipt receipt,
                   api.services.fleet.Return(CommandOf(call), vehicle, from));
  v1::ReturnVehicleResponse response;
  ASSIGN_OR_RETURN(std::vector<v1::Ride> moved, RenderRides(api, call, receipt.rides));
  Append(std::move(moved), *response.mutable_moved());
  return response;
}

absl::StatusOr<v1::TourShift> HandleAssignShift(Api& api, const rpc::Call& call,
                                                const v1::AssignShiftRequest& request) {
  Problems problems;
  const TourId tour = TourIdFromWire("tour_id", request.tour_id(), problems);
  const ShiftId shift(problems.RequiredId("shift_id", request.shift_id()));
  const DriverId driver(problems.OptionalId("driver", request.driver()));
  RETURN_IF_ERROR(std::move(problems).Take());
  RETURN_IF_ERROR(api.services.tours.AssignShift(CommandOf(call), tour, shift, driver).status());
  ASSIGN_OR_RETURN(const TourView view, api.services.queries.GetManifest(QueryOf(call), tour));
  for (const Shift& each : view.tour.shifts) {
    if (each.id == shift) return Render(each);
  }
  return Refuse(Reason::kShiftUnknown);
}

}  // namespace

void AddDispatchMethods(rpc::ServiceBuilder& builder, Api& api) {
  Add(builder, "GetBoard", api, HandleGetBoard);
  Add(builder, "ListRides", api, HandleListRides);
  Add(builder, "BookByPhone", api, HandleBookByPhone);
  Add(builder, "MoveRide", api, HandleMoveRide);
  Add(builder, "BlockStop", api, HandleBlockStop);
  Add(builder, "UnblockStop", api, HandleUnblockStop);
  Add(builder, "TakeVehicleOut", api, HandleTakeVehicleOut);
  Add(builder, "ReturnVehicle", api, HandleReturnVehicle);
  Add(builder, "AssignShift", api, HandleAssignShift);
}

}  // namespace stadtmesh::buergerbus
