// What the service keeps beside the domain's aggregates, and how a stored value looks to it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/geo.h"
#include "buergerbus/domain/error.h"
#include "buergerbus/domain/ids.h"
#include "store/store.h"

namespace stadtmesh::buergerbus {

// A value as it was read: what it was, and what a writer needs to replace it.
template <typename T>
struct Stored {
  std::string key;
  std::optional<T> value;  // absent: there is none
  std::string bytes;       // as read; see Encode
  store::Version version;
};

// How to reach the rider of a booking without a rider card. Personal.
struct Contact {
  std::string name;
  std::string phone;
  std::string note;  // for the driver
  bool empty() const { return name.empty() && phone.empty() && note.empty(); }
  bool operator==(const Contact&) const = default;
};

// Where a vehicle was last seen.
struct Position {
  TourId tour;
  LatLon location;
  absl::Time at;
  bool operator==(const Position&) const = default;
};

// From a phone number to its card.
struct CardReference {
  RiderCardId card;
  bool operator==(const CardReference&) const = default;
};

// When a card was last booked with or changed. Beside the card, so that a booking does not change
// the card's version.
struct CardUse {
  RiderCardId card;
  absl::Time used_at;
  bool operator==(const CardUse&) const = default;
};

// When somebody last held, booked or changed rides: whoever does so at the same moment meets them
// here, and one of both looks again.
struct LastBooking {
  absl::Time at;
  bool operator==(const LastBooking&) const = default;
};

// That the nightly job of retention is scheduled, and when it last ended.
struct RetentionRun {
  absl::Time last_run;
  bool operator==(const RetentionRun&) const = default;
};

// Why a wish was refused, with the facts for the person who wished it.
struct Refusal {
  Reason reason = Reason::kNoVehicleFree;
  std::map<std::string, std::string> facts;
  int leg = 0;  // of an out-and-back booking: 0 the way there, 1 the way back
  bool operator==(const Refusal&) const = default;
};

// Why a command was refused for good, as it was first said: domain and reason of ErrorInfo, never
// fields.
struct RecordedError {
  absl::StatusCode code = absl::StatusCode::kFailedPrecondition;
  std::string domain, reason, message;
  std::map<std::string, std::string> metadata;
  bool operator==(const RecordedError&) const = default;
};

// What a command did, by ids. It is recorded as the answer to its repetition, so it holds no
// personal data; replies are made from what these ids name.
struct Receipt {
  std::vector<RideId> rides;
  std::vector<RideId> affected;
  std::string id;  // of another aggregate: a card, a call
  int count = 0;
  std::optional<Refusal> refusal;      // the wish was refused: an answer
  std::optional<RecordedError> error;  // the command was refused: an error, and nothing else
  bool operator==(const Receipt&) const = default;
};

}  // namespace stadtmesh::buergerbus
