#include "gateway/api/problem.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "base/error.h"
#include "gateway/api/limit_words.h"
#include "gateway/transcode/wire_to_json.h"

namespace stadtmesh::gateway {
namespace {

constexpr absl::string_view kCommon = "stadtmesh";

absl::string_view ReasonForCode(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
      return "INVALID_ARGUMENT";
    case absl::StatusCode::kUnauthenticated:
      return "UNAUTHENTICATED";
    case absl::StatusCode::kPermissionDenied:
      return "PERMISSION_DENIED";
    case absl::StatusCode::kNotFound:
      return "NOT_FOUND";
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kAborted:
      return "VERSION_CONFLICT";
    case absl::StatusCode::kFailedPrecondition:
      return "PRECONDITION_FAILED";
    case absl::StatusCode::kResourceExhausted:
      return "OVERLOADED";
    case absl::StatusCode::kDeadlineExceeded:
      return "DEADLINE_EXCEEDED";
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kCancelled:
      return "UNAVAILABLE";
    default:
      return "INTERNAL";
  }
}

class JsonObject {
 public:
  explicit JsonObject(std::string& out) : out_(out) { out_.push_back('{'); }
  void Text(absl::string_view name, absl::string_view value) {
    Name(name);
    AppendJsonString(value, out_);
  }
  std::string& Name(absl::string_view name) {
    if (!first_) out_.push_back(',');
    first_ = false;
    AppendJsonString(name, out_);
    out_.push_back(':');
    return out_;
  }
  void End() { out_.push_back('}'); }

 private:
  std::string& out_;
  bool first_ = true;
};

// "… Erlaubt ist {limit}." with the limit; without one the sentence that has the placeholder goes.
std::string WithLimit(absl::string_view text, absl::string_view limit) {
  if (!limit.empty()) return absl::StrReplaceAll(text, {{"{limit}", limit}});
  const size_t placeholder = text.find("{limit}");
  if (placeholder == absl::string_view::npos) return std::string(text);
  const size_t before = text.substr(0, placeholder).rfind(". ");
  return std::string(text.substr(0, before == absl::string_view::npos ? 0 : before + 1));
}

std::string FieldName(const FieldError& error, const ProblemContext& context) {
  if (!context.from_service || context.route == nullptr) return error.field;
  std::string path = ToJsonPath(*context.route->request, error.field);
  if (context.route->body ==
      Route::Body::kField) {  // the body is that field: its paths begin below it
    const std::string prefix = absl::StrCat(context.route->body_field->json_name, ".");
    if (absl::StartsWith(path, prefix)) path.erase(0, prefix.size());
  }
  return path;
}

// Of a contradiction the limit is the other field: named as the client knows it.
std::string LimitOf(const FieldError& error, const ProblemContext& context) {
  if (error.reason != FieldReason::kConflict || !context.from_service) return error.limit;
  std::string json;
  bool upper = false;
  for (const char c : error.limit) {
    if (c != '_') json.push_back(upper ? absl::ascii_toupper(static_cast<unsigned char>(c)) : c);
    upper = c == '_';
  }
  return json;
}

bool IsNumber(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

// A longest length says of what: lists have entries, all else has characters. What the gateway
// bounds itself has its unit.
std::string LongestOf(const FieldError& error, const ProblemContext& context, bool english) {
  std::string most = error.limit;
  if (IsNumber(most)) {
    const FieldTable* field = context.from_service && context.route != nullptr
                                  ? FindLeaf(*context.route->request, error.field)
                                  : nullptr;
    const bool list = field != nullptr && field->repeated && !absl::EndsWith(error.field, "]");
    absl::StrAppend(&most, list ? " entries" : " characters");
  }
  if (most.empty() || english) return most.empty() ? "" : absl::StrCat("at most ", most);
  return absl::StrCat("höchstens ", absl::StrReplaceAll(most, {{" entries", " Einträge"},
                                                               {" characters", " Zeichen"},
                                                               {" levels", " Ebenen"},
                                                               {" elements", " Elemente"}}));
}

std::string TextOf(const Api& api, const FieldError& error, const ProblemContext& context,
                   bool english) {
  const Text* text = api.FindFieldText(FieldReasonName(error.reason));
  if (text == nullptr) return "";
  const std::string limit = error.reason == FieldReason::kTooLong
                                ? LongestOf(error, context, english)
                                : LimitInWords(error.reason, LimitOf(error, context), english);
  return WithLimit(english ? text->en : text->de, limit);
}

// What is wrong with the fields, in the reader's language. Empty where no field is at fault: the
// title says it all then.
std::string DetailOf(const Api& api, const ErrorInfo& info, const ProblemContext& context) {
  constexpr size_t kLong = 400;  // bytes; every field is in `errors`
  std::string detail;
  for (const FieldError& error : info.fields) {
    const std::string text = TextOf(api, error, context, context.language == "en");
    if (text.empty() || detail.size() > kLong) continue;
    const std::string name = FieldName(error, context);  // empty: the body itself
    absl::StrAppend(&detail, detail.empty() ? "" : " ", name, name.empty() ? "" : ": ", text);
  }
  return detail;
}

// What whoever refused has to say to developers, in English. Nothing where the reason or the fields
// say it, or where it happened inside.
absl::string_view DeveloperMessageOf(const absl::Status& status, const ErrorInfo& info, int http) {
  constexpr size_t kLongest = 500;  // bytes
  if (http >= 500 || !info.fields.empty() || status.message() == info.reason) return "";
  return status.message().substr(0, kLongest);
}

void AppendFields(const Api& api, const ErrorInfo& info, const ProblemContext& context,
                  std::string& out) {
  out.push_back('[');
  for (const FieldError& error : info.fields) {
    if (out.back() != '[') out.push_back(',');
    JsonObject field(out);
    field.Text("field", FieldName(error, context));
    field.Text("reason", FieldReasonName(error.reason));
    const std::string limit = LimitOf(error, context);
    if (api.FindFieldText(FieldReasonName(error.reason)) != nullptr) {
      field.Text("de", TextOf(api, error, context, false));
      field.Text("en", TextOf(api, error, context, true));
    }
    if (!limit.empty()) field.Text("limit", limit);
    field.End();
  }
  out.push_back(']');
}

const ReasonText& Describe(const Api& api, const absl::Status& status, ErrorInfo& info) {
  if (const ReasonText* found = api.FindReason(info.domain, info.reason)) return *found;
  // A reason newer than this gateway's descriptors, or none: the code decides.
  if (info.domain.empty()) info.domain = std::string(kCommon);
  const absl::string_view reason = ReasonForCode(status.code());
  if (info.reason.empty()) info.reason = std::string(reason);
  if (const ReasonText* found = api.FindReason(kCommon, reason)) return *found;
  static const ReasonText* const kUnknown =
      new ReasonText{500, {"Unerwarteter Fehler.", "Unexpected error."}};
  return *kUnknown;
}

}  // namespace

std::string ChooseLanguage(absl::string_view accept_language) {
  double german = -1, english = -1;
  for (absl::string_view part :
       absl::StrSplit(accept_language.substr(0, 200), ',', absl::SkipWhitespace())) {
    const std::pair<absl::string_view, absl::string_view> range =
        absl::StrSplit(part, absl::MaxSplits(';', 1));
    const absl::string_view tag = absl::StripAsciiWhitespace(range.first);
    double weight = 1;
    absl::string_view quality = absl::StripAsciiWhitespace(range.second);
    if (absl::ConsumePrefix(&quality, "q=") &&
        (!absl::SimpleAtod(quality, &weight) || weight < 0 || weight > 1))
      weight = 0;
    const auto is = [&](absl::string_view language) {
      return absl::StartsWithIgnoreCase(tag, language) && (tag.size() == 2 || tag[2] == '-');
    };
    if (is("de")) german = std::max(german, weight);
    if (is("en")) english = std::max(english, weight);
  }
  return english > 0 && english > german ? "en" : "de";
}

Response MakeProblem(const Api& api, const absl::Status& status, const ProblemContext& context) {
  ErrorInfo info = GetErrorInfo(status).value_or(ErrorInfo{});
  const ReasonText& text = Describe(api, status, info);
  Response response{
      text.http,
      {{"content-type", "application/problem+json"}, {"content-language", context.language}},
      ""};
  JsonObject problem(response.body);
  problem.Text("type", absl::StrCat("/problems/", info.domain, "/", info.reason));
  problem.Text("title", context.language == "en" ? text.title.en : text.title.de);
  JsonObject titles(problem.Name("titles"));
  titles.Text("de", text.title.de);
  titles.Text("en", text.title.en);
  titles.End();
  absl::StrAppend(&problem.Name("status"), text.http);
  if (const std::string detail = DetailOf(api, info, context); text.http < 500 && !detail.empty())
    problem.Text("detail", detail);
  problem.Text("domain", info.domain);
  problem.Text("reason", info.reason);
  if (!info.fields.empty()) AppendFields(api, info, context, problem.Name("errors"));
  if (!info.metadata.empty()) {
    JsonObject metadata(problem.Name("metadata"));
    for (const auto& [name, value] : info.metadata) metadata.Text(name, value);
    metadata.End();
  }
  if (const auto message = DeveloperMessageOf(status, info, text.http); !message.empty())
    problem.Text("developerMessage", message);
  if (!context.trace_id.empty()) problem.Text("traceId", context.trace_id);
  problem.End();
  if (text.http == 401) response.headers.emplace_back("www-authenticate", "Bearer");
  if (text.http == 503) response.headers.emplace_back("retry-after", "2");
  return response;
}

Response MakeProblem(const Api& api, absl::string_view reason, absl::string_view detail,
                     const ProblemContext& context) {
  return MakeProblem(api, CommonError(absl::StatusCode::kInvalidArgument, reason, detail), context);
}

Response MakeProblemForStatus(const Api& api, int status, absl::string_view detail,
                              const ProblemContext& context) {
  ErrorInfo info{.domain = std::string(kCommon), .reason = "BAD_REQUEST"};
  switch (status) {
    case 408:
      info = {.domain = "gateway", .reason = "REQUEST_TIMEOUT"};
      break;
    case 413:
      info.reason = "BODY_TOO_LARGE";
      break;
    case 414:
      info = {.domain = "gateway", .reason = "TARGET_TOO_LONG"};
      break;
    case 417:
      info = {.domain = "gateway", .reason = "EXPECTATION_FAILED"};
      break;
    case 431:
      info.reason = "HEADER_TOO_LARGE";
      break;
    case 503:
      info.reason = "OVERLOADED";
      break;
    case 505:
      info = {.domain = "gateway", .reason = "VERSION_NOT_SUPPORTED"};
      break;
    default:
      break;
  }
  return MakeProblem(api, MakeError(absl::StatusCode::kInvalidArgument, info, detail), context);
}

}  // namespace stadtmesh::gateway
