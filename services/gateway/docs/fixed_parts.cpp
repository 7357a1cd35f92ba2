#include "gateway/docs/fixed_parts.h"

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

namespace stadtmesh::gateway {
namespace {

constexpr absl::string_view kProblemSchema = R"({"type":"object",
"description":"RFC 9457. `reason` within `domain` is stable and made for programs; `title` follows
Accept-Language.",
"required":["type","title","titles","status","domain","reason"],"properties":{
"type":{"type":"string","description":"/problems/{domain}/{reason}; answers with both texts"},
"title":{"type":"string"},
"titles":{"type":"object","required":["de","en"],
"properties":{"de":{"type":"string"},"en":{"type":"string"}}},
"status":{"type":"integer"},
"detail":{"type":"string","description":"which fields are wrong and why, in the language of Content-Language; absent where the title says it all"},
"domain":{"type":"string"},"reason":{"type":"string"},
"errors":{"type":"array","items":{"type":"object","required":["field","reason"],"properties":{
"field":{"type":"string","description":"path in the request's JSON, or the parameter's name"},
"reason":{"type":"string"},"de":{"type":"string"},"en":{"type":"string"},
"limit":{"type":"string","description":"the bound that was broken"}}}},
"metadata":{"type":"object","additionalProperties":{"type":"string"}},
"developerMessage":{"type":"string","description":"English, for developers; not to be shown to people"},
"traceId":{"type":"string"}}})";

constexpr absl::string_view kProblemResponse = R"({"Problem":{
"description":"What is wrong, for programs and in German and English.",
"content":{"application/problem+json":{"schema":{"$ref":"#/components/schemas/Problem"}}}}})";

constexpr absl::string_view kGuestToken = R"({"post":{"operationId":"Gateway_CreateGuestToken",
"tags":["Gateway"],"summary":"Makes a token for somebody who has not logged in.",
"description":"It holds for every service of the town that the host names. Paste it behind Authorize.","security":[{}],
"responses":{"200":{"description":"Done.","content":{"application/json":{"schema":{
"type":"object","required":["token","expiresAt"],"properties":{
"token":{"type":"string"},"expiresAt":{"type":"string","format":"date-time"}}}}}}$errors}}})";

constexpr absl::string_view kStream = R"({"get":{"operationId":"Gateway_Stream",
"tags":["Gateway"],"summary":"Live events as server-sent events.","security":[{"token":[]}],
"description":"Channels: $channels. Each event carries an id; send it as Last-Event-ID, as it came, to go on
after an interruption. `reset` means: read the state again and open a new stream. `end` means that
the token has expired or the gateway restarts.",
"parameters":[{"name":"channels","in":"query","required":true,"schema":{"type":"string"},
"description":"separated by commas"},
{"name":"Last-Event-ID","in":"header","schema":{"type":"string","maxLength":4096,
"pattern":"^[ -~]*$"}}],
"responses":{"200":{"description":"A stream.","content":{"text/event-stream":{
"schema":{"type":"string"}}}}$errors}}})";

// The texts above are broken for the reader; JSON's strings have no line ends.
std::string OneLine(absl::string_view json) { return absl::StrReplaceAll(json, {{"\n", " "}}); }

}  // namespace

const absl::string_view kProblemReference = R"({"$ref":"#/components/responses/Problem"})";
const absl::string_view kIdempotencyKeyParameter =
    R"({"name":"Idempotency-Key","in":"header",)"
    R"("description":"The same for every try of one intention: it happens once.",)"
    R"("schema":{"type":"string","maxLength":128,"pattern":"^[ -~]*$"}})";

void WriteOwnPaths(const Api& api, JsonWriter& json) {
  std::string errors;
  for (const int status : {400, 401, 403, 404, 405, 408, 413, 414, 417, 421, 429, 431, 503, 505}) {
    absl::StrAppend(&errors, ",\"", status, "\":", kProblemReference);
  }
  std::set<std::string> names;
  for (const auto& [type, event] : api.events()) {
    for (const auto& channel : event.channels) names.insert(channel.name);
  }
  const std::string channels = names.empty() ? "none so far" : absl::StrJoin(names, ", ");
  json.Key("/v1/guest-token").Raw(absl::StrReplaceAll(OneLine(kGuestToken), {{"$errors", errors}}));
  json.Key("/v1/stream")
      .Raw(absl::StrReplaceAll(OneLine(kStream), {{"$errors", errors}, {"$channels", channels}}));
}

void WriteComponentsUpToSchemas(JsonWriter& json) {
  json.Key("components").Begin('{');
  json.Key("securitySchemes")
      .Raw(R"({"token":{"type":"http","scheme":"bearer","bearerFormat":"JWT"}})");
  json.Key("responses").Raw(OneLine(kProblemResponse));
  json.Key("schemas").Begin('{').Key("Problem").Raw(OneLine(kProblemSchema));
}

}  // namespace stadtmesh::gateway
