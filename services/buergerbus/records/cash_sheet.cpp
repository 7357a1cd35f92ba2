#include "buergerbus/records/support.h"

namespace stadtmesh::buergerbus {

template <>
absl::StatusOr<CashSheet> Decode<CashSheet>(absl::string_view bytes) {
  ASSIGN_OR_RETURN(const v1::CashSheetRecord record, Parse<v1::CashSheetRecord>(bytes));
  Problems problems;
  CashSheet sheet{.tour = TourIdFromWire("", record.tour_id(), problems),
                  .shift = ShiftId(record.shift_id()),
                  .driver = DriverId(record.driver()),
                  .closed_at = OptionalTime(record.has_closed_at(), record.closed_at(), problems),
                  .counted = Money{record.counted_cents()}};
  for (const v1::CashSheet::Entry& entry : record.entries()) {
    sheet.entries.push_back(
        {.ride = RideId(entry.ride_id()),
         .payment = kPayments.FromWire(entry.payment()).value_or(Payment::kCash),
         .due = Money{entry.due_cents()},
         .amount = Money{entry.amount_cents()},
         .at = FromWire("", entry.at(), problems)});
  }
  return Finish(std::move(sheet), problems, "cash sheet");
}

std::string Encode(const CashSheet& sheet, absl::string_view previous) {
  v1::CashSheetRecord record = Previous<v1::CashSheetRecord>(previous);
  record.set_tour_id(sheet.tour.ToString());
  record.set_shift_id(sheet.shift.value());
  record.set_driver(sheet.driver.value());
  Former entries(record.mutable_entries(),
                 [](const v1::CashSheet::Entry& entry) { return entry.ride_id(); });
  for (const CashEntry& entry : sheet.entries) {
    v1::CashSheet::Entry& target = *record.add_entries() = entries.Take(entry.ride.value());
    target.set_ride_id(entry.ride.value());
    target.set_payment(kPayments.ToWire(entry.payment));
    target.set_due_cents(static_cast<int32_t>(entry.due.cents));
    target.set_amount_cents(static_cast<int32_t>(entry.amount.cents));
    *target.mutable_at() = ToWire(entry.at);
  }
  STADTMESH_SET_OPTIONAL_TIME(record, closed_at, sheet.closed_at);
  record.set_counted_cents(static_cast<int32_t>(sheet.counted.cents));
  return record.SerializeAsString();
}

}  // namespace stadtmesh::buergerbus
