#include "buergerbus/domain/error.h"

#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/error.h"

namespace stadtmesh::buergerbus {

absl::string_view ReasonName(Reason reason) {
  switch (reason) {
    case Reason::kOutsideArea:
      return "OUTSIDE_AREA";
    case Reason::kOutsideServiceHours:
      return "OUTSIDE_SERVICE_HOURS";
    case Reason::kNoticeTooShort:
      return "NOTICE_TOO_SHORT";
    case Reason::kTooFarAhead:
      return "TOO_FAR_AHEAD";
    case Reason::kInPast:
      return "IN_PAST";
    case Reason::kStopUnknown:
      return "STOP_UNKNOWN";
    case Reason::kStopBlocked:
      return "STOP_BLOCKED";
    case Reason::kStopNotApproved:
      return "STOP_NOT_APPROVED";
    case Reason::kStopNotStepFree:
      return "STOP_NOT_STEP_FREE";
    case Reason::kDoorNotApproved:
      return "DOOR_NOT_APPROVED";
    case Reason::kTripModeNotOffered:
      return "TRIP_MODE_NOT_OFFERED";
    case Reason::kTripTooShort:
      return "TRIP_TOO_SHORT";
    case Reason::kPartyTooLarge:
      return "PARTY_TOO_LARGE";
    case Reason::kNotReachable:
      return "NOT_REACHABLE";
    case Reason::kNoVehicleFree:
      return "NO_VEHICLE_FREE";
    case Reason::kReturnBeforeOutbound:
      return "RETURN_BEFORE_OUTBOUND";
    case Reason::kOfferExpired:
      return "OFFER_EXPIRED";
    case Reason::kHoldExpired:
      return "HOLD_EXPIRED";
    case Reason::kRideNotFound:
      return "RIDE_NOT_FOUND";
    case Reason::kRideExists:
      return "RIDE_EXISTS";
    case Reason::kAlreadyCancelled:
      return "ALREADY_CANCELLED";
    case Reason::kTooLateToCancel:
      return "TOO_LATE_TO_CANCEL";
    case Reason::kTooLateToChange:
      return "TOO_LATE_TO_CHANGE";
    case Reason::kRideNotBooked:
      return "RIDE_NOT_BOOKED";
    case Reason::kRideNotBoarded:
      return "RIDE_NOT_BOARDED";
    case Reason::kRideAlreadyBoarded:
      return "RIDE_ALREADY_BOARDED";
    case Reason::kRideFinished:
      return "RIDE_FINISHED";
    case Reason::kFareUnknown:
      return "FARE_UNKNOWN";
    case Reason::kRidesOverlap:
      return "RIDES_OVERLAP";
    case Reason::kTooManyOpenRides:
      return "TOO_MANY_OPEN_RIDES";
    case Reason::kTourNotFound:
      return "TOUR_NOT_FOUND";
    case Reason::kRideNotOnTour:
      return "RIDE_NOT_ON_TOUR";
    case Reason::kNotYourShift:
      return "NOT_YOUR_SHIFT";
    case Reason::kShiftUnknown:
      return "SHIFT_UNKNOWN";
    case Reason::kShiftNotStarted:
      return "SHIFT_NOT_STARTED";
    case Reason::kShiftRunning:
      return "SHIFT_RUNNING";
    case Reason::kShiftClosed:
      return "SHIFT_CLOSED";
    case Reason::kRidersAboard:
      return "RIDERS_ABOARD";
    case Reason::kRidesLeft:
      return "RIDES_LEFT";
    case Reason::kVisitNotNext:
      return "VISIT_NOT_NEXT";
    case Reason::kNotArrived:
      return "NOT_ARRIVED";
    case Reason::kTooEarlyForNoShow:
      return "TOO_EARLY_FOR_NO_SHOW";
    case Reason::kTooEarlyForBreak:
      return "TOO_EARLY_FOR_BREAK";
    case Reason::kPlanOutdated:
      return "PLAN_OUTDATED";
    case Reason::kPromiseBroken:
      return "PROMISE_BROKEN";
    case Reason::kFareAmountWrong:
      return "FARE_AMOUNT_WRONG";
    case Reason::kCashSheetClosed:
      return "CASH_SHEET_CLOSED";
    case Reason::kCashSheetNotFound:
      return "CASH_SHEET_NOT_FOUND";
    case Reason::kVehicleUnknown:
      return "VEHICLE_UNKNOWN";
    case Reason::kVehicleOut:
      return "VEHICLE_OUT";
    case Reason::kVehicleNotOut:
      return "VEHICLE_NOT_OUT";
    case Reason::kStopNotBlocked:
      return "STOP_NOT_BLOCKED";
    case Reason::kCallNotFound:
      return "CALL_NOT_FOUND";
    case Reason::kRiderCardExists:
      return "RIDER_CARD_EXISTS";
    case Reason::kRiderCardNotFound:
      return "RIDER_CARD_NOT_FOUND";
    case Reason::kConsentMissing:
      return "CONSENT_MISSING";
  }
  std::abort();
}

absl::StatusCode ReasonCode(Reason reason) {
  switch (reason) {
    case Reason::kStopUnknown:
    case Reason::kRideNotFound:
    case Reason::kTourNotFound:
    case Reason::kRideNotOnTour:
    case Reason::kShiftUnknown:
    case Reason::kCashSheetNotFound:
    case Reason::kVehicleUnknown:
    case Reason::kCallNotFound:
    case Reason::kRiderCardNotFound:
      return absl::StatusCode::kNotFound;
    case Reason::kRideExists:
    case Reason::kRiderCardExists:
      return absl::StatusCode::kAlreadyExists;
    case Reason::kFareUnknown:
    case Reason::kFareAmountWrong:
      return absl::StatusCode::kInvalidArgument;
    case Reason::kNotYourShift:
      return absl::StatusCode::kPermissionDenied;
    case Reason::kPlanOutdated:
      return absl::StatusCode::kAborted;  // plan again on the newer state
    case Reason::kPromiseBroken:
      return absl::StatusCode::kInternal;  // a planner that is wrong
    case Reason::kOutsideArea:
    case Reason::kOutsideServiceHours:
    case Reason::kNoticeTooShort:
    case Reason::kTooFarAhead:
    case Reason::kInPast:
    case Reason::kStopBlocked:
    case Reason::kStopNotApproved:
    case Reason::kStopNotStepFree:
    case Reason::kDoorNotApproved:
    case Reason::kTripModeNotOffered:
    case Reason::kTripTooShort:
    case Reason::kPartyTooLarge:
    case Reason::kNotReachable:
    case Reason::kNoVehicleFree:
    case Reason::kReturnBeforeOutbound:
    case Reason::kOfferExpired:
    case Reason::kHoldExpired:
    case Reason::kAlreadyCancelled:
    case Reason::kTooLateToCancel:
    case Reason::kTooLateToChange:
    case Reason::kRideNotBooked:
    case Reason::kRideNotBoarded:
    case Reason::kRideAlreadyBoarded:
    case Reason::kRideFinished:
    case Reason::kShiftNotStarted:
    case Reason::kShiftRunning:
    case Reason::kShiftClosed:
    case Reason::kRidesLeft:
    case Reason::kRidersAboard:
    case Reason::kVisitNotNext:
    case Reason::kNotArrived:
    case Reason::kTooEarlyForNoShow:
    case Reason::kTooEarlyForBreak:
    case Reason::kRidesOverlap:
    case Reason::kTooManyOpenRides:
    case Reason::kCashSheetClosed:
    case Reason::kVehicleOut:
    case Reason::kVehicleNotOut:
    case Reason::kStopNotBlocked:
    case Reason::kConsentMissing:
      return absl::StatusCode::kFailedPrecondition;
  }
  std::abort();
}

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
  for (int i = 0; i < kReasonCount; ++i) {
    if (info->reason == ReasonName(static_cast<Reason>(i))) return static_cast<Reason>(i);
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
