// Macros that pass errors up. Errors inside the mesh are absl::Status; exceptions never cross a
// layer.
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Returns from the enclosing function when `expression` (an absl::Status) is not OK.
#define RETURN_IF_ERROR(expression)                                         \
  do {                                                                      \
    if (absl::Status _status = (expression); !_status.ok()) return _status; \
  } while (false)

#define STADTMESH_CONCAT_INNER(a, b) a##b
#define STADTMESH_CONCAT(a, b) STADTMESH_CONCAT_INNER(a, b)

// ASSIGN_OR_RETURN(auto value, MakeValue()): returns the error or assigns the value.
#define ASSIGN_OR_RETURN(lhs, expression) \
  ASSIGN_OR_RETURN_INNER(STADTMESH_CONCAT(_status_or_, __LINE__), lhs, expression)
#define ASSIGN_OR_RETURN_INNER(temporary, lhs, expression)   \
  auto temporary = (expression);                             \
  if (!temporary.ok()) return std::move(temporary).status(); \
  lhs = *std::move(temporary)
