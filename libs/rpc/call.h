// What a handler knows about the call it serves. No gRPC type in sight: services include only this.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "auth/principal.h"

namespace stadtmesh::rpc {

// Built by the chassis after authentication, authorisation and deadline checks. Immutable while the
// handler runs.
struct Call {
  auth::Principal principal;
  std::string method;           // "/stadtmesh.buergerbus.v1.BuergerbusService/BookRide"
  std::string idempotency_key;  // never empty for methods that change something
  std::string fingerprint;      // SHA-256 of the serialised request, hex, of methods that change
                                // something: for store::ReplyIdentity
  std::string traceparent;      // of the server span; goes into events and onward calls
  std::string language;         // "de" or "en", from Accept-Language
  absl::Time deadline;          // absolute; pass it to the store and to onward calls
  std::string user_token;  // the person's own token for onward calls (CallOptions::From); empty for
                           // services. Never log or store it
};

}  // namespace stadtmesh::rpc
