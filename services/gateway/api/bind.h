// Between an HTTP request and the bytes of an RPC's request, and back. Pure.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gateway/api/api.h"
#include "gateway/http/message.h"
#include "gateway/transcode/json_to_wire.h"

namespace stadtmesh::gateway {

// The serialised request: body, then query, then path, so that the path wins. Every field that is
// not bound to path or body may be a query parameter, by JSON or proto name, dotted into messages,
// repeated for repeated fields. A field of the path may stand in the body too, if it says the same
// or nothing (its default). Errors name the field by JSON path (body) or as the parameter was
// written.
absl::StatusOr<std::string> BindRequest(const Route& route, const Request& request,
                                        const JsonLimits& limits);

// The answer to a successful call. INTERNAL when the service sent bytes that are no such message.
absl::StatusOr<Response> BindResponse(const Route& route, absl::string_view wire);

// The body in a later message of a stream of RawResponse.
absl::StatusOr<std::string> BindPiece(absl::string_view wire);

}  // namespace stadtmesh::gateway
