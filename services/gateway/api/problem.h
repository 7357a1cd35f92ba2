// Errors as apps see them: application/problem+json (RFC 9457) with a stable reason, a German and
// an English text. Pure.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gateway/api/api.h"
#include "gateway/http/message.h"

namespace stadtmesh::gateway {

// "en" when the header prefers English over German, else "de".
std::string ChooseLanguage(absl::string_view accept_language);

struct ProblemContext {
  std::string language = "de";
  absl::string_view trace_id;
  const Route* route = nullptr;  // to turn a service's proto paths into JSON paths; may be null
  bool from_service = false;     // the status came from a service
};

// The answer for any error status. Without ErrorInfo the code decides; what a service says about an
// internal error stays inside.
Response MakeProblem(const Api& api, const absl::Status& status, const ProblemContext& context);

// A problem by its reason of domain "stadtmesh".
Response MakeProblem(const Api& api, absl::string_view reason, absl::string_view detail,
                     const ProblemContext& context);

// A problem for what the HTTP server refuses by status (400, 408, 413, 414, 417, 431, 503, 505).
Response MakeProblemForStatus(const Api& api, int status, absl::string_view detail,
                              const ProblemContext& context);

}  // namespace stadtmesh::gateway
