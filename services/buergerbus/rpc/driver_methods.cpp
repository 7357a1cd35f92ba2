// Drivers: shifts, manifests, reports, fares.
#include "absl/strings/str_cat.h"
#include "buergerbus/print.h"
#include "buergerbus/rpc/methods.h"
#include "buergerbus/wire/enums.h"
#include "buergerbus/wire/values.h"
#include "stadtmesh/http/v1/raw.pb.h"

namespace stadtmesh::buergerbus {
namespace {

constexpr int32_t kMostCents = 10'000'00;  // in a purse, or for a ride: beyond, surely a mistake

struct ShiftOfTour {
  TourId tour;
  ShiftId shift;
};

// An id that is no tour's is that of no tour.
absl::StatusOr<TourId> ReadTourId(const std::string& text) {
  RETURN_IF_ERROR(ParseId("tour_id", text).status());
  const std::optional<TourId> tour = ParseTourId(text);
  if (!tour) return auth::ObjectNotFound();
  return *tour;
}

// Every request about a shift names it the same way.
template <typename Request>
absl::StatusOr<ShiftOfTour> ReadShift(const Request& request) {
  ASSIGN_OR_RETURN(const TourId tour, ReadTourId(request.tour_id()));
  ASSIGN_OR_RETURN(const std::string shift, ParseId("shift_id", request.shift_id()));
  return ShiftOfTour{tour, ShiftId(shift)};
}

absl::StatusOr<v1::Manifest> RenderManifest(Api& api, const rpc::Call& call, const TourId& tour) {
  ASSIGN_OR_RETURN(const TourView view, api.services.queries.GetManifest(QueryOf(call), tour));
  return Render(view);
}

absl::StatusOr<v1::ListMyToursResponse> HandleListMyTours(Api& api, const rpc::Call& call,
                                                          const v1::ListMyToursRequest& request) {
  Problems problems;
  const absl::CivilDay day = DayFromWire("day", request.day(), problems);
  RETURN_IF_ERROR(std::move(problems).Take());
  ASSIGN_OR_RETURN(const std::vector<TourView> tours,
                   api.services.queries.ListTours(QueryOf(call), day, call.principal.alias));
  v1::ListMyToursResponse response;
  for (const TourView& tour : tours) {
    v1::ListMyToursResponse::Tour& target = *response.add_tours();
    target.set_tour_id(tour.tour.id.ToString());
    target.set_vehicle_id(tour.tour.id.vehicle.value());
    target.set_vehicle_name(tour.vehicle_name);
    for (const Shift& shift : tour.tour.shifts) *target.add_shifts() = Render(shift);
  }
  return response;
}

absl::StatusOr<http::v1::RawResponse> HandlePrintManifest(Api& api, const rpc::Call& call,
                                                          const v1::PrintManifestRequest& request) {
  ASSIGN_OR_RETURN(const ShiftOfTour of, ReadShift(request));
  ASSIGN_OR_RETURN(const TourView view, api.services.queries.GetManifest(QueryOf(call), of.tour));
  ASSIGN_OR_RETURN(const std::string page,
                   buergerbus::PrintManifest(view, of.shift, call.language));
  http::v1::RawResponse response;
  response.set_status(200);
  const auto add = [&](absl::string_view name, absl::string_view value) {
    http::v1::Header& header = *response.add_headers();
    header.set_name(std::string(name));
    header.set_value(std::string(value));
  };
  add("content-type", "text/html; charset=utf-8");
  add("cache-control", "no-store");
  add("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'");
  add("content-language", call.language);
  response.set_body(page);
  return response;
}

absl::StatusOr<v1::Manifest> HandleStartShift(Api& api, const rpc::Call& call,
                                              const v1::StartShiftRequest& request) {
  ASSIGN_OR_RETURN(const ShiftOfTour of, ReadShift(request));
  RETURN_IF_ERROR(api.services.tours.StartShift(CommandOf(call), of.tour, of.shift).status());
  return RenderManifest(api, call, of.tour);
}

absl::StatusOr<v1::CashSheet> HandleGetCashSheet(Api& api, const rpc::Call& call,
                                                 const v1::GetCashSheetRequest& request) {
  ASSIGN_OR_RETURN(const ShiftOfTour of, ReadShift(request));
  ASSIGN_OR_RETURN(const CashSheet sheet,
                   api.services.queries.GetCashSheet(QueryOf(call), of.tour, of.shift));
  return Render(sheet);
}

absl::StatusOr<v1::CashSheet> HandleEndShift(Api& api, const rpc::Call& call,
                                             const v1::EndShiftRequest& request) {
  ASSIGN_OR_RETURN(const ShiftOfTour of, ReadShift(request));
  if (request.counted_cents() < 0 || request.counted_cents() > kMostCents) {
    return InvalidField("counted_cents", FieldReason::kOutOfRange, absl::StrCat("0..", kMostCents));
  }
  RETURN_IF_ERROR(api.services.tours
                      .EndShift(CommandOf(call), of.tour, of.shift, Money{request.counted_cents()})
                      .status());
  ASSIGN_OR_RETURN(const CashSheet sheet,
                   api.services.queries.GetCashSheet(QueryOf(call), of.tour, of.shift));
  return Render(sheet);
}

absl::StatusOr<v1::Manifest> HandleReportArrival(Api& api, const rpc::Call& call,
                                                 const v1::ReportArrivalRequest& request) {
  ASSIGN_OR_RETURN(const TourId tour, ReadTourId(request.tour_id()));
  Problems problems;
  const RideId ride(problems.RequiredId("ride_id", request.ride_id()));
  const std::optional<VisitKind> kind = kVisitKinds.FromWire(request.kind());
  if (!kind || *kind == VisitKind::kBreak) {
    const bool missing = request.kind() == v1::VISIT_KIND_UNSPECIFIED;
    problems.Add("kind", missing ? FieldReason::kRequired : FieldReason::kUnknownValue,
                 "PICKUP, DROPOFF");
  }
  RETURN_IF_ERROR(std::move(problems).Take());
  RETURN_IF_ERROR(api.services.tours.ReportArrival(CommandOf(call), tour, *kind, ride).status());
  return RenderManifest(api, call, tour);
}

absl::StatusOr<v1::Manifest> HandleTakeBreak(Api& api, const rpc::Call& call,
                                             const v1::TakeBreakRequest& request) {
  ASSIGN_OR_RETURN(const TourId tour, ReadTourId(request.tour_id()));
  RETURN_IF_ERROR(api.services.tours.TakeBreak(CommandOf(call), tour).status());
  return RenderManifest(api, call, tour);
}

absl::StatusOr<v1::Manifest> HandleReportDelay(Api& api, const rpc::Call& call,
                                               const v1::ReportDelayRequest& request) {
  ASSIGN_OR_RETURN(const TourId tour, ReadTourId(request.tour_id()));
  Problems problems;
  const absl::Duration delay = FromWire("delay", request.delay(), problems);
  if (!request.has_delay()) problems.Add("delay", FieldReason::kRequired);
  RETURN_IF_ERROR(std::move(problems).Take());
  RETURN_IF_ERROR(api.services.tours.ReportDelay(CommandOf(call), tour, delay).status());
  return RenderManifest(api, call, tour);
}

absl::StatusOr<v1::ReportPositionResponse> HandleReportPosition(
    Api& api, const rpc::Call& call, const v1::ReportPositionRequest& request) {
  constexpr absl::Duration kClockSkew = absl::Minutes(1), kOldest = absl::Hours(1);
  ASSIGN_OR_RETURN(const TourId tour, ReadTourId(request.tour_id()));
  Problems problems;
  if (!request.has_location()) problems.Add("location", FieldReason::kRequired);
  const LatLon location = FromWire("location", request.location(), problems);
  const absl::Time now = api.services.core.clock->Now();
  const absl::Time at = request.has_at() ? FromWire("at", request.at(), problems) : now;
  if (at > now + kClockSkew || at < now - kOldest)
    problems.Add("at", FieldReason::kOutOfRange,
                 absl::StrCat(FormatRfc3339(now - kOldest), "..", FormatRfc3339(now)));
  RETURN_IF_ERROR(std::move(problems).Take());
  RETURN_IF_ERROR(api.services.tours.ReportPosition(CommandOf(call), tour, location, at).status());
  return v1::ReportPositionResponse();
}

absl::StatusOr<v1::Ride> HandleTakeFare(Api& api, const rpc::Call& call,
                                        const v1::TakeFareRequest& request) {
  Problems problems;
  const RideId ride(problems.RequiredId("ride_id", request.ride_id()));
  const std::optional<Payment> payment = kPayments.FromWire(request.payment());
  if (!payment)
    problems.Add("payment",
                 request.payment() == 0 ? FieldReason::kRequired : FieldReason::kUnknownValue);
  if (request.amount_cents() < 0 || request.amount_cents() > kMostCents)
    problems.Add("amount_cents", FieldReason::kOutOfRange, absl::StrCat("0..", kMostCents));
  RETURN_IF_ERROR(std::move(problems).Take());
  RETURN_IF_ERROR(
      api.services.tours.TakeFare(CommandOf(call), ride, *payment, Money{request.amount_cents()})
          .status());
  return RenderRide(api, call, ride);
}

absl::StatusOr<v1::Manifest> HandleGetManifest(Api& api, const rpc::Call& call,
                                               const v1::GetManifestRequest& request) {
  ASSIGN_OR_RETURN(const TourId tour, ReadTourId(request.tour_id()));
  return RenderManifest(api, call, tour);
}

// Reports about a ride that say nothing but its id.
template <typename Request,
          absl::StatusOr<Receipt> (TourService::*report)(const Command&, const RideId&)>
absl::StatusOr<v1::Ride> HandleReport(Api& api, const rpc::Call& call, const Request& request) {
  ASSIGN_OR_RETURN(const std::string id, ParseId("ride_id", request.ride_id()));
  RETURN_IF_ERROR((api.services.tours.*report)(CommandOf(call), RideId(id)).status());
  return RenderRide(api, call, RideId(id));
}

}  // namespace

void AddDriverMethods(rpc::ServiceBuilder& builder, Api& api) {
  Add(builder, "ListMyTours", api, HandleListMyTours);
  Add(builder, "GetManifest", api, HandleGetManifest);
  Add(builder, "PrintManifest", api, HandlePrintManifest);
  Add(builder, "StartShift", api, HandleStartShift);
  Add(builder, "EndShift", api, HandleEndShift);
  Add(builder, "GetCashSheet", api, HandleGetCashSheet);
  Add(builder, "ReportArrival", api, HandleReportArrival);
  Add(builder, "TakeBreak", api, HandleTakeBreak);
  Add(builder, "ReportDelay", api, HandleReportDelay);
  Add(builder, "ReportPosition", api, HandleReportPosition);
  Add(builder, "TakeFare", api, HandleTakeFare);
  Add(builder, "ReportBoarding", api,
      HandleReport<v1::ReportBoardingRequest, &TourService::ReportBoarding>);
  Add(builder, "ReportAlighting", api,
      HandleReport<v1::ReportAlightingRequest, &TourService::ReportAlighting>);
  Add(builder, "ReportNoShow", api,
      HandleReport<v1::ReportNoShowRequest, &TourService::ReportNoShow>);
}

}  // namespace stadtmesh::buergerbus
