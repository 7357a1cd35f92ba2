// The cash sheet of one shift: fares taken, and the closing count.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/money.h"
#include "buergerbus/domain/decision.h"
#include "buergerbus/domain/ride.h"

namespace stadtmesh::buergerbus {

struct CashEntry {
  RideId ride;
  Payment payment = Payment::kCash;
  Money due;  // the ride's fare
  // Into this purse in cash; 0 with a pass or free. Where another shift took the fare before, what
  // was given beyond that: less than 0 where something was given back.
  Money amount;
  absl::Time at;
  bool operator==(const CashEntry&) const = default;
};

struct CashSheet {
  TourId tour;
  ShiftId shift;
  DriverId driver;
  std::vector<CashEntry> entries;  // one per ride
  std::optional<absl::Time> closed_at;
  Money counted;  // what the driver counted when closing
  bool operator==(const CashSheet&) const = default;
};

struct CashTotals {
  Money cash;  // expected in the purse: the sum of all amounts
  int cash_rides = 0;
  int pass_rides = 0;
  int free_rides = 0;
  bool operator==(const CashTotals&) const = default;
};
CashTotals TotalsOf(const CashSheet& sheet);

struct RecordFare {  // the same ride again corrects its entry
  RideId ride;
  Payment payment = Payment::kCash;
  Money due;
  Money amount;  // paid for the ride in all
  Money before;  // of that, before this answer, whoever took it (Ride::fare_taken)
};
struct CloseSheet {
  Money counted;
};
using CashCommand = std::variant<RecordFare, CloseSheet>;

// kCashSheetClosed, kFareAmountWrong.
absl::StatusOr<Decision<CashSheet>> Decide(const CashSheet& sheet, const CashCommand& command,
                                           absl::Time now);

// Cash: 0..due (a rider may be short of money). Pass and free: exactly 0. kFareAmountWrong.
absl::Status CheckPayment(Payment payment, Money due, Money amount);

}  // namespace stadtmesh::buergerbus
