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

absl::StatusOr<v1::Manifest> RenderManifest(Services& services, const rpc::Call& call,
                                            const TourId& tour) {
  ASSIGN_OR_RETURN(const TourView view, services.queries.GetManifest(Query::From(call), tour));
  return Render(view);
}

absl::StatusOr<v1::ListMyToursResponse> HandleListMyTours(Services& services, const rpc::Call& call,
                                                          const v1::ListMyToursRequest& request) {
  Problems problems;
  const absl::CivilDay day = DayFromWire("day", request.day(), problems);
  RETURN_IF_ERROR(std::move(problems).Take());
  ASSIGN_OR_RETURN(const std::vector<TourView> tours,
                   services.queries.ListTours(Query::From(call), day, call.principal.alias));
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

absl::StatusOr<http::v1::RawResponse> HandlePrintManifest(Services& services, const rpc::Call& call,
                                                          const v1::PrintManifestRequest& request) {
  ASSIGN_OR_RETURN(const ShiftOfTour of, ReadShift(request));
  ASSIGN_OR_RETURN(const TourView view, services.queries.GetManifest(Query::From(call), of.tour));
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

absl::StatusOr<v1::Manifest> HandleStartShift(Services& services, const rpc::Call& call,
                                              const v1::StartShiftRequest& request) {
  ASSIGN_OR_RETURN(const ShiftOfTour of, ReadShift(request));
  RETURN_IF_ERROR(services.tours.StartShift(Command::From(call), of.tour, of.shift).status());
  return RenderManifest(services, call, of.tour);
}

absl::StatusOr<v1::CashSheet> HandleGetCashSheet(Services& services, const rpc::Call& call,
                                                 const v1::GetCashSheetRequest& request) {
  ASSIGN_OR_RETURN(const ShiftOfTour of, ReadShift(request));
  ASSIGN_OR_RETURN(const CashSheet sheet,
                   services.queries.GetCashSheet(Query::From(call), of.tour, of.shift));
  return Render(sheet);
}

absl::StatusOr<v1::CashSheet> HandleEndShift(Services& services, const rpc::Call& call,
                                             const v1::EndShiftRequest& request) {
  ASSIGN_OR_RETURN(const ShiftOfTour of, ReadShift(request));
  if (request.counted_cents() < 0 || request.counted_cents() > kMostCents) {
    return InvalidField("counted_cents", FieldReason::kOutOfRange, absl::StrCat("0..", kMostCents));
  }
  RETURN_IF_ERROR(
      services.tours
          .EndShift(Command::From(call), of.tour, of.shift, Money{request.counted_cents()})
          .status());
  ASSIGN_OR_RETURN(const CashSheet sheet,
                   services.queries.GetCashSheet(Query::From(call), of.tour, of.shift));
  return Render(sheet);
}

absl::StatusOr<v1::Manifest> HandleReportArrival(Services& services, const rpc::Call& call,
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
  RETURN_IF_ERROR(services.tours.ReportArrival(Command::From(call), tour, *kind, ride).status());
  return RenderManifest(services, call, tour);
}

absl::StatusOr<v1::Manifest> HandleTakeBreak(Services& services, const rpc::Call& call,
                                             const v1::TakeBreakRequest& request) {
  ASSIGN_OR_RETURN(const TourId tour, ReadTourId(request.tour_id()));
  RETURN_IF_ERROR(services.tours.TakeBreak(Command::From(call), tour).status());
  return RenderManifest(services, call, tour);
}

absl::StatusOr<v1::Manifest> HandleReportDelay(Services& services, const rpc::Call& call,
                                               const v1::ReportDelayRequest& request) {
  ASSIGN_OR_RETURN(const TourId tour, ReadTourId(request.tour_id()));
  Problems problems;
  const absl::Duration delay = FromWire("delay", request.delay(), problems);
  if (!request.has_delay()) problems.Add("delay", FieldReason::kRequired);
  RETURN_IF_ERROR(std::move(problems).Take());
  RETURN_IF_ERROR(services.tours.ReportDelay(Command::From(call), tour, delay).status());
  return RenderManifest(services, call, tour);
}

absl::StatusOr<v1::ReportPositionResponse> HandleReportPosition(
    Services& services, const rpc::Call& call, const v1::ReportPositionRequest& request) {
  constexpr absl::Duration kClockSkew = absl::Minutes(1), kOldest = absl::Hours(1);
  ASSIGN_OR_RETURN(const TourId tour, ReadTourId(request.tour_id()));
  Problems problems;
  if (!request.has_location()) problems.Add("location", FieldReason::kRequired);
  const LatLon location = FromWire("location", request.location(), problems);
  const absl::Time now = services.core.clock->Now();
  const absl::Time at = request.has_at() ? FromWire("at", request.at(), problems) : now;
  if (at > now + kClockSkew || at < now - kOldest)
    problems.Add("at", FieldReason::kOutOfRange,
                 absl::StrCat(FormatRfc3339(now - kOldest), "..", FormatRfc3339(now)));
  RETURN_IF_ERROR(std::move(problems).Take());
  RETURN_IF_ERROR(services.tours.ReportPosition(Command::From(call), tour, location, at).status());
  return v1::ReportPositionResponse();
}

absl::StatusOr<v1::Ride> HandleTakeFare(Services& services, const rpc::Call& call,
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
      services.tours.TakeFare(Command::From(call), ride, *payment, Money{request.amount_cents()})
          .status());
  return RenderRide(services, call, ride);
}

absl::StatusOr<v1::Manifest> HandleGetManifest(Services& services, const rpc::Call& call,
                                               const v1::GetManifestRequest& request) {
  ASSIGN_OR_RETURN(const TourId tour, ReadTourId(request.tour_id()));
  return RenderManifest(services, call, tour);
}

// Reports about a ride that say nothing but its id.
template <typename Request,
          absl::StatusOr<Receipt> (TourService::*report)(const Command&, const RideId&)>
absl::StatusOr<v1::Ride> HandleReport(Services& services, const rpc::Call& call,
                                      const Request& request) {
  ASSIGN_OR_RETURN(const std::string id, ParseId("ride_id", request.ride_id()));
  RETURN_IF_ERROR((services.tours.*report)(Command::From(call), RideId(id)).status());
  return RenderRide(services, call, RideId(id));
}

}  // namespace

void AddDriverMethods(rpc::ServiceBuilder& builder, Services& services) {
  Add(builder, "ListMyTours", services, HandleListMyTours);
  Add(builder, "GetManifest", services, HandleGetManifest);
  Add(builder, "PrintManifest", services, HandlePrintManifest);
  Add(builder, "StartShift", services, HandleStartShift);
  Add(builder, "EndShift", services, HandleEndShift);
  Add(builder, "GetCashSheet", services, HandleGetCashSheet);
  Add(builder, "ReportArrival", services, HandleReportArrival);
  Add(builder, "TakeBreak", services, HandleTakeBreak);
  Add(builder, "ReportDelay", services, HandleReportDelay);
  Add(builder, "ReportPosition", services, HandleReportPosition);
  Add(builder, "TakeFare", services, HandleTakeFare);
  Add(builder, "ReportBoarding", services,
      HandleReport<v1::ReportBoardingRequest, &TourService::ReportBoarding>);
  Add(builder, "ReportAlighting", services,
      HandleReport<v1::ReportAlightingRequest, &TourService::ReportAlighting>);
  Add(builder, "ReportNoShow", services,
      HandleReport<v1::ReportNoShowRequest, &TourService::ReportNoShow>);
}

}  // namespace stadtmesh::buergerbus
