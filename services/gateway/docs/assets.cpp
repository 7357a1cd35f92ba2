#include "gateway/docs/assets.h"

// The assembler includes the files as they are: no generated source of megabytes.
#define STADTMESH_EMBED(NAME, FILE)                         \
  asm(".section .rodata\n"                                  \
      ".balign 16\n"                                        \
      ".global stadtmesh_" #NAME "_begin\nstadtmesh_" #NAME \
      "_begin:\n"                                           \
      ".incbin \"" FILE                                     \
      "\"\n"                                                \
      ".global stadtmesh_" #NAME "_end\nstadtmesh_" #NAME   \
      "_end:\n.byte 0\n"                                    \
      ".previous\n");                                       \
  extern "C" const char stadtmesh_##NAME##_begin[];         \
  extern "C" const char stadtmesh_##NAME##_end[]

STADTMESH_EMBED(swagger_bundle, STADTMESH_ASSETS "/swagger-ui-bundle.js");
STADTMESH_EMBED(swagger_style, STADTMESH_ASSETS "/swagger-ui.css");

namespace stadtmesh::gateway {

DocsAssets EmbeddedAssets() {
  const auto view = [](const char* begin, const char* end) {
    return absl::string_view(begin, static_cast<size_t>(end - begin));
  };
  return {view(stadtmesh_swagger_bundle_begin, stadtmesh_swagger_bundle_end),
          view(stadtmesh_swagger_style_begin, stadtmesh_swagger_style_end)};
}

}  // namespace stadtmesh::gateway
