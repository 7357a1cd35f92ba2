// The day of a vehicle, as its drivers report it.
#pragma once

#include "absl/status/statusor.h"
#include "buergerbus/domain/tour_commands.h"
#include "buergerbus/service/core.h"
#include "buergerbus/service/planning.h"

namespace stadtmesh::buergerbus {

// Thread-safe. Reports are those of the caller, who must drive the running shift (NOT_YOUR_SHIFT);
// repeated reports change nothing.
class TourService {
 public:
  explicit TourService(Core* core) : core_(core) {}

  // TOUR_NOT_FOUND for a vehicle without a shift on that day; IN_PAST for a shift that is over,
  // TOO_FAR_AHEAD beyond a year. A shift that nobody was given becomes the caller's.
  absl::StatusOr<Receipt> StartShift(const Command& command, const TourId& tour,
                                     const ShiftId& shift);
  // A dispatcher's, refused as a start is: an empty driver gives the shift back.
  absl::StatusOr<Receipt> AssignShift(const Command& command, const TourId& tour,
                                      const ShiftId& shift, const DriverId& driver);
  // Closes the cash sheet too.
  absl::StatusOr<Receipt> EndShift(const Command& command, const TourId& tour, const ShiftId& shift,
                                   Money counted);

  absl::StatusOr<Receipt> ReportArrival(const Command& command, const TourId& tour, VisitKind kind,
                                        const RideId& ride);
  absl::StatusOr<Receipt> TakeBreak(const Command& command, const TourId& tour);
  // Plans the rest of the tour again with what is known now, and tells who will wait too long.
  absl::StatusOr<Receipt> ReportDelay(const Command& command, const TourId& tour,
                                      absl::Duration delay);
  // INVALID_ARGUMENT far from the area.
  absl::StatusOr<Receipt> ReportPosition(const Command& command, const TourId& tour,
                                         const LatLon& location, absl::Time at);

  absl::StatusOr<Receipt> ReportBoarding(const Command& command, const RideId& ride);
  absl::StatusOr<Receipt> ReportAlighting(const Command& command, const RideId& ride);
  // The driver has waited as long as the rules say, or as promises to others allow (NoShowFrom;
  // else TOO_EARLY_FOR_NO_SHOW). Plans the rest of the tour again, as a delay does.
  absl::StatusOr<Receipt> ReportNoShow(const Command& command, const RideId& ride);
  absl::StatusOr<Receipt> TakeFare(const Command& command, const RideId& ride, Payment payment,
                                   Money amount);

 private:
  // Loads the tour, applies one command to it, and saves it.
  absl::StatusOr<Receipt> ChangeTour(const Command& command, const TourId& tour,
                                     const TourCommand& change);
  // The same for a tour that is opened when nothing is stored yet.
  absl::StatusOr<Receipt> ChangeOrOpen(const Command& command, const TourId& tour,
                                       const ShiftId& shift, const TourCommand& change);
  // Plans the rest of a tour of `day`, just changed, again with what is known now, and tells who
  // will wait too long.
  absl::Status PlanOnward(UnitOfWork& unit, const Settings& settings, Day& day, Stored<Tour>& tour);
  // Applies one command to a ride and one to its tour.
  absl::StatusOr<Receipt> ChangeBoth(
      const Command& command, const RideId& ride,
      const std::function<absl::StatusOr<std::pair<TourCommand, RideCommand>>(
          const Ride&, const Tour&, absl::Time)>& choose);

  Core* core_;
};

}  // namespace stadtmesh::buergerbus
