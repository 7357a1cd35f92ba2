// Abseil's functions behind those of the same name in the executable.
#pragma once

#include "testing/thread_sanitizer/real.h"

// Defines `real` as the library's function SYMBOL of this signature; Debian's inline namespace is
// part of every symbol.
#define REAL_OF(qualifier, symbol, ...) \
  static const auto real =              \
      stadtmesh::testing::Real<__VA_ARGS__>("_ZN" qualifier "4absl7debian3" symbol)
#define REAL(symbol, ...) REAL_OF("", symbol, __VA_ARGS__)
#define REAL_CONST(symbol, ...) REAL_OF("K", symbol, __VA_ARGS__)
