// Functions that stand before a shared library's and pass their calls on.
#pragma once

#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>

namespace stadtmesh::testing {

// The library's own function behind the one of the same name in the executable.
template <typename Function>
Function* Real(const char* symbol) {
  void* const found = dlsym(RTLD_NEXT, symbol);
  if (found == nullptr) {
    std::fprintf(stderr, "thread_sanitizer: no library has %s\n", symbol);
    std::abort();
  }
  return reinterpret_cast<Function*>(found);
}

}  // namespace stadtmesh::testing
