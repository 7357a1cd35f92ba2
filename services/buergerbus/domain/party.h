// Who rides together, and how much of a vehicle they take.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace stadtmesh::buergerbus {

// People who get on and off together. Every wheelchair user is one of `people` and stays in the
// wheelchair.
struct Party {
  int people = 1;       // 1..16, wheelchair users included
  int wheelchairs = 0;  // 0..people
  int walkers = 0;      // rollators, folded into the storage place
  int prams = 0;
  bool operator==(const Party&) const = default;
};

// What is on board, or what a layout holds: seats, wheelchair places, and storage places for
// walkers and prams.
struct Load {
  int seats = 0;
  int wheelchair_places = 0;
  int storage_places = 0;
  bool operator==(const Load&) const = default;
  Load operator+(const Load& other) const;
  Load operator-(const Load& other) const;
  // Component-wise.
  bool FitsIn(const Load& capacity) const;
};

Load LoadOf(const Party& party);

// INVALID_ARGUMENT with fields `prefix`.people etc.
absl::Status ValidateParty(absl::string_view prefix, const Party& party);

}  // namespace stadtmesh::buergerbus
