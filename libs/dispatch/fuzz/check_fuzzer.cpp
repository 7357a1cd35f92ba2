// Feeds `Check` with spoilt plans made from the fuzzer's bytes; it must agree with the definition
// of feasibility (tests/judge.h).
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "dispatch/check.h"
#include "dispatch/tests/judge.h"
#include "dispatch/tests/spoil.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stadtmesh::dispatch;
  size_t at = 0;
  const auto byte = [&]() -> uint32_t { return at < size ? data[at++] : 0; };
  const Case made = SpoiltCase([&](uint32_t n) {
    uint32_t value = byte();
    if (n > 256) value = value << 16 | byte() << 8 | byte();
    return value % n;
  });
  const CheckReport report = Check(made.town.problem, made.plan);
  if (report.feasible != IsFeasible(made.town.problem, made.plan)) std::abort();
  return 0;
}
