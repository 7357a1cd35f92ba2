#include "gateway/api/bind.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/error.h"
#include "base/status.h"
#include "gateway/transcode/scalar.h"
#include "gateway/transcode/wire.h"
#include "gateway/transcode/wire_to_json.h"
#include "stadtmesh/http/v1/raw.pb.h"

namespace stadtmesh::gateway {
namespace {

constexpr size_t kMostParameters = 200;

absl::Status BadRequest(absl::string_view message) {
  return CommonError(absl::StatusCode::kInvalidArgument, "BAD_REQUEST", message);
}

// Wraps `value` (a tagged leaf) into the messages above it: protobuf merges what stands twice.
std::string Nest(const FieldPath& fields, std::string value) {
  for (size_t i = fields.size() - 1; i-- > 0;) {
    std::string outer;
    AppendVarint(outer, fields[i]->tag);
    AppendVarint(outer, value.size());
    outer.append(value);
    value = std::move(outer);
  }
  return value;
}

absl::Status AppendLeaf(const FieldPath& fields, absl::string_view name, absl::string_view text,
                        std::string& wire) {
  const FieldTable& leaf = *fields.back();
  const bool structured =
      leaf.map || (leaf.kind == Kind::kMessage && leaf.message->well_known == WellKnown::kNone);
  if (structured) return InvalidField(name, FieldReason::kUnknownField);
  std::string value;
  if (Refused refused = AppendFromText(leaf, text, value))
    return InvalidField(name, refused->reason, refused->limit);
  wire.append(Nest(fields, std::move(value)));
  return absl::OkStatus();
}

bool IsBodyField(const Route& route, const FieldPath& fields) {
  return route.body == Route::Body::kField && fields[0] == route.body_field;
}

absl::Status BindQuery(const Route& route, absl::string_view query, std::set<std::string>& bound,
                       std::string& wire, bool& has_mask) {
  size_t count = 0;
  for (absl::string_view pair : absl::StrSplit(query, '&', absl::SkipEmpty())) {
    if (++count > kMostParameters) return BadRequest("too many query parameters");
    const size_t equals = pair.find('=');
    std::string name, value;
    if (!PercentDecode(pair.substr(0, equals), false, true, name) ||
        (equals != absl::string_view::npos &&
         !PercentDecode(pair.substr(equals + 1), false, true, value))) {
      return BadRequest("a malformed percent escape in the query");
    }
    if (ValidUtf8Prefix(name) != name.size())
      return BadRequest("a query parameter's name is not UTF-8");
    const std::string shown = name.substr(0, 64);
    absl::StatusOr<FieldPath> fields = ResolvePath(*route.request, name);
    if (!fields.ok() || route.body == Route::Body::kAll || IsBodyField(route, *fields)) {
      return InvalidField(shown, FieldReason::kUnknownField);
    }
    std::string key;
    for (const FieldTable* field : *fields) absl::StrAppend(&key, ".", field->name);
    if (!bound.insert(key).second && !fields->back()->repeated)
      return InvalidField(shown, FieldReason::kDuplicate);
    has_mask = has_mask || fields->front() == route.update_mask;
    RETURN_IF_ERROR(AppendLeaf(*fields, shown, value, wire));
  }
  return absl::OkStatus();
}

// The bytes of one field in `wire`, behind its tag and length; nothing where it is absent.
absl::string_view FindField(const FieldTable& wanted, absl::string_view wire) {
  for (WireReader reader(wire); !reader.done();) {
    uint64_t tag = 0;
    absl::string_view value;
    if (!reader.Varint(tag) || !reader.Value(tag, value)) return {};
    if (tag == wanted.tag) return value;
  }
  return {};
}

bool IsDefault(absl::string_view value) {
  return value.find_first_not_of('\0') == absl::string_view::npos;
}

// The path wins, but a body that says otherwise is a mistake, and silence would hide it. A default
// ("", 0) counts as not given: apps send back what they got printed.
absl::Status CheckAgainstBody(const Route& route, size_t variable, absl::string_view from_path,
                              absl::string_view body) {
  const FieldPath& fields = route.variables[variable];
  for (const FieldTable* field : fields) {
    from_path = FindField(*field, from_path);
    body = FindField(*field, body);
  }
  if (IsDefault(body) || body == from_path) return absl::OkStatus();
  std::string name = ToJsonPath(*route.request, route.path.variables[variable].field);
  if (IsBodyField(route, fields))
    name.erase(0, std::min(name.size(), fields[0]->json_name.size() + 1));
  return InvalidField(name, FieldReason::kConflict,
                      absl::StrCat("{", route.path.variables[variable].ParameterName(), "}"));
}

// The first `body_size` bytes of `wire` are what the body said.
absl::Status BindPath(const Route& route, absl::string_view path, size_t body_size,
                      std::string& wire) {
  for (size_t i = 0; i < route.variables.size(); ++i) {
    const PathTemplate::Variable& variable = route.path.variables[i];
    std::string text;
    if (!PercentDecode(VariableText(route.path, variable, path), variable.multiple, false, text)) {
      return BadRequest("a malformed percent escape in the path");
    }
    const std::string name = ToJsonPath(*route.request, variable.field);
    const size_t begin = wire.size();
    RETURN_IF_ERROR(AppendLeaf(route.variables[i], name, text, wire));
    const absl::string_view all(wire);
    RETURN_IF_ERROR(CheckAgainstBody(route, i, all.substr(begin), all.substr(0, body_size)));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> BindBody(const Route& route, const Request& request,
                                     const JsonLimits& limits, bool& mask_wanted) {
  const bool with_paths = route.update_mask != nullptr && mask_wanted;
  mask_wanted = false;
  if (route.body == Route::Body::kNone || request.body.empty()) return std::string();
  if (route.body == Route::Body::kAll) {
    ASSIGN_OR_RETURN(WireRequest body, JsonToWire(*route.request, request.body, false, limits));
    return std::move(body.wire);
  }
  ASSIGN_OR_RETURN(WireRequest body,
                   JsonFieldToWire(*route.body_field, request.body, with_paths, limits));
  if (!with_paths) return std::move(body.wire);
  AppendVarint(body.wire, route.update_mask->tag);
  const size_t begin = BeginLength(body.wire);
  for (const std::string& path : body.paths) {
    AppendVarint(body.wire, 1 << 3 | kLengthDelimited);
    AppendVarint(body.wire, path.size());
    body.wire.append(path);
  }
  EndLength(body.wire, begin);
  return std::move(body.wire);
}

bool IsHandedThrough(absl::string_view name) {
  static const std::set<std::string>* const kDropped =
      new std::set<std::string>{"authorization",
                                "cookie",
                                "set-cookie",
                                "connection",
                                "keep-alive",
                                "proxy-authenticate",
                                "proxy-authorization",
                                "te",
                                "trailer",
                                "transfer-encoding",
                                "upgrade",
                                "content-length",
                                "expect",
                                "date",
                                "proxy-connection",
                                "forwarded",
                                "x-forwarded-for",
                                "x-forwarded-host",
                                "x-forwarded-proto",
                                "x-real-ip"};
  return kDropped->count(std::string(name)) == 0;
}

// In a raw call the path is what the template's variable matched, if it is bound to `path`; else
// the whole.
std::string BindRaw(const Route& route, const Request& request, absl::string_view path) {
  http::v1::RawRequest raw;
  raw.set_method(request.method);
  raw.set_path(std::string(path));
  raw.set_query(std::string(request.query()));
  for (const auto& [name, value] : request.headers) {
    if (!IsHandedThrough(name)) continue;
    auto& header = *raw.add_headers();
    header.set_name(name);
    header.set_value(value);
  }
  raw.set_body(request.body);
  if (route.body_field == nullptr) return raw.SerializeAsString();
  std::string wire;
  AppendVarint(wire, route.body_field->tag);
  AppendVarint(wire, raw.ByteSizeLong());
  raw.AppendToString(&wire);
  return wire;
}

absl::StatusOr<Response> UnbindRaw(absl::string_view wire) {
  http::v1::RawResponse raw;
  if (!raw.ParseFromArray(wire.data(), static_cast<int>(wire.size())) || raw.status() < 200 ||
      raw.status() > 599) {
    return absl::InternalError("a malformed RawResponse");
  }
  Response response{raw.status(), {}, std::move(*raw.mutable_body())};
  for (auto& header : *raw.mutable_headers()) {
    std::string name = absl::AsciiStrToLower(header.name());
    if (!name.empty() && IsHandedThrough(name))
      response.headers.emplace_back(std::move(name), std::move(*header.mutable_value()));
  }
  return response;
}

}  // namespace

absl::StatusOr<std::string> BindRequest(const Route& route, const Request& request,
                                        const JsonLimits& limits) {
  if (route.raw_request) {
    std::string path;
    if (!PercentDecode(request.path(), false, false, path) ||
        ValidUtf8Prefix(path) != path.size()) {
      return BadRequest("a malformed percent escape in the path");
    }
    std::string wire = BindRaw(route, request, path);
    RETURN_IF_ERROR(BindPath(route, request.path(), 0, wire));
    return wire;
  }
  std::string query_wire;
  std::set<std::string> bound;
  bool has_mask = false;
  for (const FieldPath& fields : route.variables) {
    std::string key;
    for (const FieldTable* field : fields) absl::StrAppend(&key, ".", field->name);
    bound.insert(key);  // a parameter for a path variable is a duplicate
  }
  RETURN_IF_ERROR(BindQuery(route, request.query(), bound, query_wire, has_mask));
  bool mask_wanted = !has_mask;
  ASSIGN_OR_RETURN(std::string wire, BindBody(route, request, limits, mask_wanted));
  const size_t body_size = wire.size();
  wire.append(query_wire);
  RETURN_IF_ERROR(BindPath(route, request.path(), body_size, wire));
  return wire;
}

absl::StatusOr<std::string> BindPiece(absl::string_view wire) {
  http::v1::RawResponse raw;
  if (!raw.ParseFromArray(wire.data(), static_cast<int>(wire.size())))
    return absl::InternalError("a malformed RawResponse");
  return std::move(*raw.mutable_body());
}

absl::StatusOr<Response> BindResponse(const Route& route, absl::string_view wire) {
  if (route.raw_response) return UnbindRaw(wire);
  Response response{200, {{"content-type", "application/json"}}, ""};
  response.body.reserve(wire.size() * 2 + 64);
  RETURN_IF_ERROR(
      route.response_field == nullptr
          ? WireToJson(*route.response, wire, response.body)
          : WireFieldToJson(*route.response, *route.response_field, wire, response.body));
  return response;
}

}  // namespace stadtmesh::gateway
