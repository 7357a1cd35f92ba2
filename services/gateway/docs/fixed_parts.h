// The parts of the OpenAPI description that no contract holds: the shape of a problem, and the
// paths that the gateway answers itself.
#pragma once

#include "absl/strings/string_view.h"
#include "gateway/api/api.h"
#include "gateway/docs/json_writer.h"

namespace stadtmesh::gateway {

// A reference to the answer every error is.
extern const absl::string_view kProblemReference;
extern const absl::string_view kIdempotencyKeyParameter;

// /v1/guest-token and /v1/stream, as members of an open "paths".
void WriteOwnPaths(const Api& api, JsonWriter& json);
// Security, the problem as an answer, and "schemas", which stays open, with the problem's in it.
void WriteComponentsUpToSchemas(JsonWriter& json);

}  // namespace stadtmesh::gateway
