#include "buergerbus/domain/cash_sheet.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/error.h"
#include "base/status.h"

namespace stadtmesh::buergerbus {
namespace {

// The sheet is a document of the shift: the fare's own event is the ride's, so an entry gives no
// event here.
Decided<CashSheet> Record(const CashSheet& sheet, const RecordFare& command, absl::Time now) {
  RETURN_IF_ERROR(CheckPayment(command.payment, command.due, command.amount));
  CashSheet next = sheet;
  const auto entry =
      std::find_if(next.entries.begin(), next.entries.end(),
                   [&](const CashEntry& known) { return known.ride == command.ride; });
  // The sheets of all shifts add up to what was paid: each holds what its own driver took.
  const Money mine = entry == next.entries.end() ? Money{} : entry->amount;
  const CashEntry wanted{command.ride, command.payment, command.due,
                         mine + command.amount - command.before, now};
  if (entry == next.entries.end()) {
    if (sheet.closed_at) return Refuse(Reason::kCashSheetClosed);
    next.entries.push_back(wanted);
  } else if (entry->payment != wanted.payment || entry->amount != wanted.amount ||
             entry->due != wanted.due) {
    if (sheet.closed_at) return Refuse(Reason::kCashSheetClosed);
    *entry = wanted;
  }
  return Decision<CashSheet>{std::move(next), {}};
}

Decided<CashSheet> Close(const CashSheet& sheet, const CloseSheet& command, absl::Time now) {
  if (sheet.closed_at) {
    return sheet.counted == command.counted ? Decided<CashSheet>(Decision<CashSheet>{sheet, {}})
                                            : Refuse(Reason::kCashSheetClosed);
  }
  if (command.counted < Money{0}) return InvalidField("counted", FieldReason::kOutOfRange, "0..");
  CashSheet next = sheet;
  next.closed_at = now;
  next.counted = command.counted;
  return Decision<CashSheet>{
      next, {CashSheetClosed{sheet.tour, sheet.shift, TotalsOf(sheet).cash, command.counted}}};
}

}  // namespace

CashTotals TotalsOf(const CashSheet& sheet) {
  CashTotals totals;
  for (const CashEntry& entry : sheet.entries) {
    totals.cash += entry.amount;
    switch (entry.payment) {
      case Payment::kCash:
        ++totals.cash_rides;
        break;
      case Payment::kPass:
        ++totals.pass_rides;
        break;
      case Payment::kFree:
        ++totals.free_rides;
        break;
    }
  }
  return totals;
}

absl::StatusOr<Decision<CashSheet>> Decide(const CashSheet& sheet, const CashCommand& command,
                                           absl::Time now) {
  if (const auto* record = std::get_if<RecordFare>(&command)) return Record(sheet, *record, now);
  return Close(sheet, std::get<CloseSheet>(command), now);
}

absl::Status CheckPayment(Payment payment, Money due, Money amount) {
  switch (payment) {
    case Payment::kCash:
      if (Money{0} <= amount && amount <= due) return absl::OkStatus();
      return Refuse(Reason::kFareAmountWrong);
    case Payment::kPass:
    case Payment::kFree:
      return amount == Money{0} ? absl::OkStatus() : Refuse(Reason::kFareAmountWrong);
  }
  std::abort();
}

}  // namespace stadtmesh::buergerbus
