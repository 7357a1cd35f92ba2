// The parameters of a call in the OpenAPI description. Pure.
#pragma once

#include "gateway/api/api.h"
#include "gateway/docs/json_writer.h"
#include "gateway/docs/schema.h"

namespace stadtmesh::gateway {

// What stands in the path, what may stand in the query, and the idempotency key, as a list.
void WriteParameters(const Route& route, Schemas& schemas, JsonWriter& json);

}  // namespace stadtmesh::gateway
