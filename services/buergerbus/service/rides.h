// The life of a ride, as riders and dispatchers see it: hold, book, change, move, cancel.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "buergerbus/domain/ride.h"
#include "buergerbus/service/core.h"
#include "buergerbus/service/planning.h"

namespace stadtmesh::buergerbus {

// Thread-safe. Every command is one transaction: ride and tour, index, events, tasks and the
// recorded receipt. A wish that can no longer be met is a receipt with a refusal; errors are
// refusals of the domain (wrong state, too late), NOT_FOUND and the store's.
class RideService {
 public:
  explicit RideService(Core* core) : core_(core) {}

  // What somebody wants to be held: one way, or there and back.
  struct Order {
    std::vector<Wish> wishes;  // one or two
    Customer customer;
    Contact contact;  // kept with each ride where it is not empty
  };
  absl::StatusOr<Receipt> Hold(const Command& command, const Order& order);
  // Holds and books at once, for somebody on the phone.
  absl::StatusOr<Receipt> BookByPhone(const Command& command, const Order& order);
  absl::StatusOr<Receipt> Book(const Command& command, const BookingId& booking);
  // The task of a hold: frees the places of what was not booked in time.
  absl::Status ExpireHold(const Command& command, const BookingId& booking);

  absl::StatusOr<Receipt> Change(const Command& command, const RideId& id, const Wish& wish,
                                 Actor actor);
  // Of a dispatcher: who is on the phone is called, unless they asked for it.
  absl::StatusOr<Receipt> Cancel(const Command& command, const RideId& id,
                                 const CancelRide& cancel);
  absl::StatusOr<Receipt> Move(const Command& command, const RideId& id, const VehicleId& vehicle);

 private:
  // The ride as the caller may see it, for choosing the queue before the command runs.
  absl::StatusOr<Ride> Peek(const Command& command, const RideId& id);
  // Plans the ride anew, as wished for.
  absl::Status ChangeWithin(UnitOfWork& unit, const Settings& settings, RideOnTour& ride,
                            const Wish& wish, Actor actor);

  Core* core_;
};

// Ends a ride within a unit of work: cancelled, its place freed. Nothing happens to rides that are
// over.
absl::Status CancelWithin(UnitOfWork& unit, const Settings& settings, RideOnTour& ride,
                          const CancelRide& cancel);

inline constexpr absl::string_view kExpireHoldTask = "expire-hold";  // payload: the booking's id

}  // namespace stadtmesh::buergerbus
