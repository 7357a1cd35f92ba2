// The test gateway as a process: prints its port and a token per role, serves until its input ends.
// For schemathesis, browsers and wrk.
#include <iostream>
#include <string>

#include "gateway/tests/test_gateway.h"

int main(int argc, char** argv) {
  const stadtmesh::gateway::TestGateway test([&](stadtmesh::gateway::Config& config) {
    if (argc > 1) config.http.listen = argv[1];
  });
  std::cout << "port " << test.port() << "\n";
  for (const auto role : {stadtmesh::auth::Role::kCitizen, stadtmesh::auth::Role::kDispatcher}) {
    std::cout << stadtmesh::auth::RoleName(role) << " "
              << test.identity.Token(role, stadtmesh::gateway::kTown, "somebody") << "\n";
  }
  std::cout << std::flush;
  for (std::string line; std::getline(std::cin, line);) {
  }
}
