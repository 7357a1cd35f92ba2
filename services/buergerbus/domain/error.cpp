#include "buergerbus/domain/error.h"

#include <iterator>
#include <utility>

#include "base/error.h"

namespace stadtmesh::buergerbus {
namespace {

using Code = absl::StatusCode;

struct ReasonRow {
  Reason reason;
  absl::string_view name;
  absl::StatusCode code;
  bool concerns_the_wish = false;
};
constexpr bool kOfWish = true;

// In the order of the enum.
constexpr ReasonRow kReasons[] = {
    {Reason::kOutsideArea, "OUTSIDE_AREA", Code::kFailedPrecondition, kOfWish},
    {Reason::kOutsideServiceHours, "OUTSIDE_SERVICE_HOURS", Code::kFailedPrecondition, kOfWish},
    {Reason::kNoticeTooShort, "NOTICE_TOO_SHORT", Code::kFailedPrecondition, kOfWish},
    {Reason::kTooFarAhead, "TOO_FAR_AHEAD", Code::kFailedPrecondition, kOfWish},
    {Reason::kInPast, "IN_PAST", Code::kFailedPrecondition, kOfWish},
    {Reason::kStopUnknown, "STOP_UNKNOWN", Code::kNotFound, kOfWish},
    {Reason::kStopBlocked, "STOP_BLOCKED", Code::kFailedPrecondition, kOfWish},
    {Reason::kStopNotApproved, "STOP_NOT_APPROVED", Code::kFailedPrecondition, kOfWish},
    {Reason::kStopNotStepFree, "STOP_NOT_STEP_FREE", Code::kFailedPrecondition, kOfWish},
    {Reason::kDoorNotApproved, "DOOR_NOT_APPROVED", Code::kFailedPrecondition, kOfWish},
    {Reason::kTripModeNotOffered, "TRIP_MODE_NOT_OFFERED", Code::kFailedPrecondition, kOfWish},
    {Reason::kTripTooShort, "TRIP_TOO_SHORT", Code::kFailedPrecondition, kOfWish},
    {Reason::kPartyTooLarge, "PARTY_TOO_LARGE", Code::kFailedPrecondition, kOfWish},
    {Reason::kNotReachable, "NOT_REACHABLE", Code::kFailedPrecondition, kOfWish},
    {Reason::kNoVehicleFree, "NO_VEHICLE_FREE", Code::kFailedPrecondition, kOfWish},
    {Reason::kReturnBeforeOutbound, "RETURN_BEFORE_OUTBOUND", Code::kFailedPrecondition, kOfWish},
    {Reason::kOfferExpired, "OFFER_EXPIRED", Code::kFailedPrecondition, kOfWish},
    {Reason::kHoldExpired, "HOLD_EXPIRED", Code::kFailedPrecondition},
    {Reason::kRideNotFound, "RIDE_NOT_FOUND", Code::kNotFound},
    {Reason::kRideExists, "RIDE_EXISTS", Code::kAlreadyExists},
    {Reason::kAlreadyCancelled, "ALREADY_CANCELLED", Code::kFailedPrecondition},
    {Reason::kTooLateToCancel, "TOO_LATE_TO_CANCEL", Code::kFailedPrecondition},
    {Reason::kTooLateToChange, "TOO_LATE_TO_CHANGE", Code::kFailedPrecondition},
    {Reason::kRideNotBooked, "RIDE_NOT_BOOKED", Code::kFailedPrecondition},
    {Reason::kRideNotBoarded, "RIDE_NOT_BOARDED", Code::kFailedPrecondition},
    {Reason::kRideAlreadyBoarded, "RIDE_ALREADY_BOARDED", Code::kFailedPrecondition},
    {Reason::kRideFinished, "RIDE_FINISHED", Code::kFailedPrecondition},
    {Reason::kFareUnknown, "FARE_UNKNOWN", Code::kInvalidArgument},
    {Reason::kRidesOverlap, "RIDES_OVERLAP", Code::kFailedPrecondition},
    {Reason::kTooManyOpenRides, "TOO_MANY_OPEN_RIDES", Code::kFailedPrecondition},
    {Reason::kTourNotFound, "TOUR_NOT_FOUND", Code::kNotFound},
    {Reason::kRideNotOnTour, "RIDE_NOT_ON_TOUR", Code::kFailedPrecondition},
    {Reason::kNotYourShift, "NOT_YOUR_SHIFT", Code::kPermissionDenied},
    {Reason::kShiftUnknown, "SHIFT_UNKNOWN", Code::kNotFound},
    {Reason::kShiftNotStarted, "SHIFT_NOT_STARTED", Code::kFailedPrecondition},
    {Reason::kShiftRunning, "SHIFT_RUNNING", Code::kFailedPrecondition},
    {Reason::kShiftClosed, "SHIFT_CLOSED", Code::kFailedPrecondition},
    {Reason::kRidersAboard, "RIDERS_ABOARD", Code::kFailedPrecondition},
    {Reason::kRidesLeft, "RIDES_LEFT", Code::kFailedPrecondition},
    {Reason::kVisitNotNext, "VISIT_NOT_NEXT", Code::kFailedPrecondition},
    {Reason::kNotArrived, "NOT_ARRIVED", Code::kFailedPrecondition},
    {Reason::kTooEarlyForNoShow, "TOO_EARLY_FOR_NO_SHOW", Code::kFailedPrecondition},
    {Reason::kTooEarlyForBreak, "TOO_EARLY_FOR_BREAK", Code::kFailedPrecondition},
    {Reason::kPlanOutdated, "PLAN_OUTDATED", Code::kAborted},     // plan again on the newer state
    {Reason::kPromiseBroken, "PROMISE_BROKEN", Code::kInternal},  // a planner that is wrong
    {Reason::kFareAmountWrong, "FARE_AMOUNT_WRONG", Code::kInvalidArgument},
    {Reason::kCashSheetClosed, "CASH_SHEET_CLOSED", Code::kFailedPrecondition},
    {Reason::kCashSheetNotFound, "CASH_SHEET_NOT_FOUND", Code::kNotFound},
    {Reason::kNoService, "NO_SERVICE", Code::kNotFound},
    {Reason::kVehicleUnknown, "VEHICLE_UNKNOWN", Code::kNotFound},
    {Reason::kVehicleOut, "VEHICLE_OUT", Code::kFailedPrecondition},
    {Reason::kVehicleNotOut, "VEHICLE_NOT_OUT", Code::kFailedPrecondition},
    {Reason::kStopNotBlocked, "STOP_NOT_BLOCKED", Code::kFailedPrecondition},
    {Reason::kCallNotFound, "CALL_NOT_FOUND", Code::kNotFound},
    {Reason::kRiderCardExists, "RIDER_CARD_EXISTS", Code::kAlreadyExists},
    {Reason::kRiderCardNotFound, "RIDER_CARD_NOT_FOUND", Code::kNotFound},
    {Reason::kConsentMissing, "CONSENT_MISSING", Code::kFailedPrecondition},
};

constexpr bool OneRowEach() {
  for (size_t i = 0; i < std::size(kReasons); ++i) {
    if (kReasons[i].reason != static_cast<Reason>(i)) return false;
  }
  return std::size(kReasons) == kReasonCount;
}
static_assert(OneRowEach(), "a reason has no row, or stands at another place of the enum");

const ReasonRow& RowOf(Reason reason) { return kReasons[static_cast<size_t>(reason)]; }

}  // namespace

absl::string_view ReasonName(Reason reason) { return RowOf(reason).name; }

absl::StatusCode ReasonCode(Reason reason) { return RowOf(reason).code; }

bool ConcernsTheWish(Reason reason) { return RowOf(reason).concerns_the_wish; }

absl::Status Refuse(Reason reason, std::map<std::string, std::string> metadata) {
  const absl::string_view name = ReasonName(reason);
  return MakeError(ReasonCode(reason),
                   {.domain = std::string(kErrorDomain),
                    .reason = std::string(name),
                    .metadata = std::move(metadata)},
                   name);
}

std::optional<Reason> ReasonOf(const absl::Status& status) {
  const std::optional<ErrorInfo> info = GetErrorInfo(status);
  if (!info || info->domain != kErrorDomain) return std::nullopt;
  for (const ReasonRow& row : kReasons) {
    if (info->reason == row.name) return row.reason;
  }
  return std::nullopt;
}

std::map<std::string, std::string> FactsOf(const absl::Status& status) {
  const std::optional<ErrorInfo> info = GetErrorInfo(status);
  return info ? info->metadata : std::map<std::string, std::string>();
}

absl::Status WithFact(const absl::Status& status, const std::string& name,
                      const std::string& value) {
  const std::optional<Reason> reason = ReasonOf(status);
  if (!reason) return status;
  std::map<std::string, std::string> facts = FactsOf(status);
  facts[name] = value;
  return Refuse(*reason, std::move(facts));
}

}  // namespace stadtmesh::buergerbus
