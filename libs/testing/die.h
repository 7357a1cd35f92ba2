// How a test's helper says that the test's machinery itself does not work.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

namespace stadtmesh::testing {

// Ends the process: a test whose servers do not start has nothing to say about the code.
[[noreturn]] inline void Die(const std::string& what) {
  std::fprintf(stderr, "testing: %s\n", what.c_str());
  std::abort();
}

}  // namespace stadtmesh::testing
