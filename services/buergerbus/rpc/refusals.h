// Callers are told beforehand with which reasons a call may be refused: the contract declares them
// per method, and whoever refuses for another one breaks it.
#pragma once

#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "buergerbus/service/core.h"
#include "google/protobuf/descriptor.h"

namespace stadtmesh::buergerbus {

// What one method declares. Immutable.
class DeclaredRefusals {
 public:
  // Aborts where the contract has no such method.
  explicit DeclaredRefusals(absl::string_view method);

  // False where `status` is a refusal of the Bürgerbus that the method does not declare.
  bool Allow(const absl::Status& status) const;
  // Counts and logs what is not allowed; a test's town then fails. The answer stays as it is.
  void Check(const absl::Status& status, Core& core) const;

 private:
  std::string method_;
  std::set<std::string> reasons_;
};

}  // namespace stadtmesh::buergerbus
