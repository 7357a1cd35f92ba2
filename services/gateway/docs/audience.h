// Who may call an operation, in a reader's words: the documentation is ordered by that, since
// nobody is a citizen, a driver and the city at once.
#pragma once

#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"

namespace stadtmesh::gateway {

struct Audience {
  int rank = 0;      // those whom most people belong to come first
  std::string name;  // "everyone", "citizens", "the city"
};

// From the method's authorisation, by rank; without guests where citizens are.
std::vector<Audience> AudiencesOf(const google::protobuf::MethodDescriptor& method);

}  // namespace stadtmesh::gateway
