// Errors on the wire: absl::Status with base::ErrorInfo <-> grpc::Status with google.rpc details.
// The one conversion each way.
#pragma once

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace stadtmesh::rpc {

// Larger details are cut (fields from the end, then metadata): 8 kB of trailers would become a bare
// RESOURCE_EXHAUSTED.
inline constexpr size_t kLargestDetails = 4096;  // bytes, all details and the message

// A status without ErrorInfo gets the common reason of its code; the message of an INTERNAL or
// UNKNOWN one stays inside.
grpc::Status ToWire(const absl::Status& status);

// A status whose details cannot be read keeps its code and gets the common reason.
absl::Status FromWire(const grpc::Status& status);

// The reason of domain "stadtmesh" for a status that names none.
absl::string_view CommonReason(absl::StatusCode code);

}  // namespace stadtmesh::rpc
