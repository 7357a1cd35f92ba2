// Which of our languages a person wants.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace stadtmesh::rpc {

// "de" or "en" by the weights of an Accept-Language header (RFC 9110, 12.5.4); "de" when it names
// neither. Pure.
std::string PreferredLanguage(absl::string_view accept_language);

}  // namespace stadtmesh::rpc
