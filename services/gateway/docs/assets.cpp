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
STADTMESH_EMBED(start_script, STADTMESH_OWN_ASSETS "/start.js");
STADTMESH_EMBED(page_style, STADTMESH_OWN_ASSETS "/page.css");
STADTMESH_EMBED(icon, STADTMESH_OWN_ASSETS "/icon.svg");

namespace stadtmesh::gateway {

namespace {

absl::string_view View(const char* begin, const char* end) {
  return absl::string_view(begin, static_cast<size_t>(end - begin));
}

}  // namespace

DocsAssets EmbeddedAssets() {
  return {View(stadtmesh_swagger_bundle_begin, stadtmesh_swagger_bundle_end),
          View(stadtmesh_swagger_style_begin, stadtmesh_swagger_style_end)};
}

absl::string_view StartScript() {
  return View(stadtmesh_start_script_begin, stadtmesh_start_script_end);
}

absl::string_view PageStyle() { return View(stadtmesh_page_style_begin, stadtmesh_page_style_end); }

absl::string_view Icon() { return View(stadtmesh_icon_begin, stadtmesh_icon_end); }

}  // namespace stadtmesh::gateway
