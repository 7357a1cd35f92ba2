// Bars on time and memory for builds with and without sanitizers.
#pragma once

namespace stadtmesh::testing {

// How many times slower (and larger) a build with a sanitizer may be: the usual factor of Address-
// and ThreadSanitizer is 2 to 5 (https://clang.llvm.org/docs/AddressSanitizer.html). 1 without one.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr int kSlowdown = 5;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr int kSlowdown = 5;
#else
inline constexpr int kSlowdown = 1;
#endif
#else
inline constexpr int kSlowdown = 1;
#endif

}  // namespace stadtmesh::testing
