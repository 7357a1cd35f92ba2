// Dispatchers: board, rides of a day, phone bookings, vehicles and stops, shifts.
#include "absl/strings/str_cat.h"
#include "buergerbus/rpc/methods.h"
#include "buergerbus/rpc/tokens.h"
#include "buergerbus/wire/values.h"

namespace stadtmesh::buergerbus {
namespace {

absl::StatusOr<v1::GetBoardResponse> HandleGetBoard(Services& services, const rpc::Call& call,
                                                    const v1::GetBoardRequest& request) {
  Problems problems;
  const absl::CivilDay day = DayFromWire("day", request.day(), problems);
  RETURN_IF_ERROR(std::move(problems).Take());
  ASSIGN_OR_RETURN(v1::GetBoardResponse response, services.board.Get(Query::From(call), day));
  ASSIGN_OR_RETURN(const int64_t calls, services.queries.CountOpenCalls(Query::From(call)));
  response.set_open_calls(static_cast<int32_t>(calls));
  return response;
}

absl::StatusOr<v1::ListRidesResponse> HandleListRides(Services& services, const rpc::Call& call,
                                                      const v1::ListRidesRequest& request) {
  Problems problems;
  const absl::CivilDay day = DayFromWire("day", request.day(), problems);
  const std::string list = absl::StrCat("rides-on/", request.day());
  const PageRequest page =
      ReadPage(call, list, request.page_size(), request.page_token(), 100, 200, problems);
  RETURN_IF_ERROR(std::move(problems).Take());
  ASSIGN_OR_RETURN(const Page<RideView> rides,
                   services.queries.ListRidesOn(Query::From(call), day, page));
  v1::ListRidesResponse response;
  for (const RideView& ride : rides.items) *response.add_rides() = Render(ride);
  response.set_next_page_token(MakePageToken(call, list, rides.next));
  return response;
}

absl::StatusOr<v1::BookByPhoneResponse> HandleBookByPhone(Services& services, const rpc::Call& call,
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
  order.wishes = ReadWishes(services, call, request.offer_id(), request.back_offer_id(),
                            Actor::kDispatcher, problems);
  RETURN_IF_ERROR(std::move(problems).Take());
  ASSIGN_OR_RETURN(const Receipt receipt, services.rides.BookByPhone(Command::From(call), order));
  return AnswerOrder<v1::BookByPhoneResponse>(services, call, order, receipt);
}

absl::StatusOr<v1::Ride> HandleMoveRide(Services& services, const rpc::Call& call,
                                        const v1::MoveRideRequest& request) {
  Problems problems;
  const RideId id(problems.RequiredId("ride_id", request.ride_id()));
  const VehicleId vehicle(problems.RequiredId("vehicle_id", request.vehicle_id()));
  RETURN_IF_ERROR(std::move(problems).Take());
  RETURN_IF_ERROR(services.rides.Move(Command::From(call), id, vehicle).status());
  return RenderRide(services, call, id);
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

absl::StatusOr<v1::BlockStopResponse> HandleBlockStop(Services& services, const rpc::Call& call,
                                                      const v1::BlockStopRequest& request) {
  Problems problems;
  const StopId stop(problems.RequiredId("stop_id", request.stop_id()));
  const TimeWindow span = ReadSpan("span", request.has_span(), request.span(), problems);
  RETURN_IF_ERROR(std::move(problems).Take());
  ASSIGN_OR_RETURN(const Receipt receipt, services.stops.Block(Command::From(call), stop, span));
  v1::BlockStopResponse response;
  ASSIGN_OR_RETURN(std::vector<v1::Ride> moved, RenderRides(services, call, receipt.rides));
  Append(std::move(moved), *response.mutable_moved());
  ASSIGN_OR_RETURN(std::vector<v1::Ride> affected, RenderRides(services, call, receipt.affected));
  Append(std::move(affected), *response.mutable_affected());
  return response;
}

absl::StatusOr<v1::UnblockStopResponse> HandleUnblockStop(Services& services, const rpc::Call& call,
                                                          const v1::UnblockStopRequest& request) {
  ASSIGN_OR_RETURN(const std::string stop, ParseId("stop_id", request.stop_id()));
  ASSIGN_OR_RETURN(const Receipt receipt,
                   services.stops.Unblock(Command::From(call), StopId(stop)));
  v1::UnblockStopResponse response;
  ASSIGN_OR_RETURN(std::vector<v1::Ride> moved, RenderRides(services, call, receipt.rides));
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
    Services& services, const rpc::Call& call, const v1::TakeVehicleOutRequest& request) {
  Problems problems;
  const VehicleId vehicle(problems.RequiredId("vehicle_id", request.vehicle_id()));
  ASSIGN_OR_RETURN(const SettingsCache::Entry entry,
                   services.core.settings.Read(Query::From(call)));
  TimeWindow span{.begin = services.core.clock->Now()};
  if (request.has_from()) span.begin = FromWire("from", request.from(), problems);
  span.end = request.has_until() ? FromWire("until", request.until(), problems)
                                 : EndOfServiceDay(*entry.settings, vehicle, span.begin);
  if (span.end <= span.begin) {
    const bool past = request.has_until() && span.end <= services.core.clock->Now();
    problems.Add("until", past ? FieldReason::kInPast : FieldReason::kConflict, past ? "" : "from");
  } else if (span.end <= services.core.clock->Now()) {
    problems.Add(request.has_until() ? "until" : "from", FieldReason::kInPast);
  }
  RETURN_IF_ERROR(std::move(problems).Take());
  ASSIGN_OR_RETURN(const Receipt receipt,
                   services.fleet.TakeOut(Command::From(call), vehicle, span));
  v1::TakeVehicleOutResponse response;
  ASSIGN_OR_RETURN(std::vector<v1::Ride> moved, RenderRides(services, call, receipt.rides));
  Append(std::move(moved), *response.mutable_moved());
  ASSIGN_OR_RETURN(std::vector<v1::Ride> affected, RenderRides(services, call, receipt.affected));
  Append(std::move(affected), *response.mutable_affected());
  return response;
}

absl::StatusOr<v1::ReturnVehicleResponse> HandleReturnVehicle(
    Services& services, const rpc::Call& call, const v1::ReturnVehicleRequest& request) {
  Problems problems;
  const VehicleId vehicle(problems.RequiredId("vehicle_id", request.vehicle_id()));
  absl::Time from = services.core.clock->Now();
  if (request.has_from()) from = FromWire("from", request.from(), problems);
  RETURN_IF_ERROR(std::move(problems).Take());
  ASSIGN_OR_RETURN(const Receipt receipt,
                   services.fleet.Return(Command::From(call), vehicle, from));
  v1::ReturnVehicleResponse response;
  ASSIGN_OR_RETURN(std::vector<v1::Ride> moved, RenderRides(services, call, receipt.rides));
  Append(std::move(moved), *response.mutable_moved());
  return response;
}

absl::StatusOr<v1::TourShift> HandleAssignShift(Services& services, const rpc::Call& call,
                                                const v1::AssignShiftRequest& request) {
  Problems problems;
  const TourId tour = TourIdFromWire("tour_id", request.tour_id(), problems);
  const ShiftId shift(problems.RequiredId("shift_id", request.shift_id()));
  const DriverId driver(problems.OptionalId("driver", request.driver()));
  RETURN_IF_ERROR(std::move(problems).Take());
  RETURN_IF_ERROR(services.tours.AssignShift(Command::From(call), tour, shift, driver).status());
  ASSIGN_OR_RETURN(const TourView view, services.queries.GetManifest(Query::From(call), tour));
  for (const Shift& each : view.tour.shifts) {
    if (each.id == shift) return Render(each);
  }
  return Refuse(Reason::kShiftUnknown);
}

}  // namespace

void AddDispatchMethods(rpc::ServiceBuilder& builder, Services& services) {
  Add(builder, "GetBoard", services, HandleGetBoard);
  Add(builder, "ListRides", services, HandleListRides);
  Add(builder, "BookByPhone", services, HandleBookByPhone);
  Add(builder, "MoveRide", services, HandleMoveRide);
  Add(builder, "BlockStop", services, HandleBlockStop);
  Add(builder, "UnblockStop", services, HandleUnblockStop);
  Add(builder, "TakeVehicleOut", services, HandleTakeVehicleOut);
  Add(builder, "ReturnVehicle", services, HandleReturnVehicle);
  Add(builder, "AssignShift", services, HandleAssignShift);
}

}  // namespace stadtmesh::buergerbus
