// How long what is personal is kept. What is left afterwards names nobody.
#pragma once

namespace stadtmesh::buergerbus {

// Days; each 1..4018 (eleven years). A job of every night forgets what is older.
struct Retention {
  int rides =
      90;  // after the ride: who booked, contact, doors, and the day's tours with their drivers
  int calls = 30;         // after a call was listed: the call
  int rider_cards = 730;  // after the last booking or change: the card
  int cash_sheets =
      3653;  // after the shift: who drove it (§ 147 AO keeps vouchers for up to ten years)
  bool operator==(const Retention&) const = default;
};
inline constexpr int kLongestRetentionDays = 4018;

}  // namespace stadtmesh::buergerbus
