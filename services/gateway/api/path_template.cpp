#include "gateway/api/path_template.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace stadtmesh::gateway {
namespace {

absl::Status Malformed(absl::string_view text, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("path template ", text, ": ", why));
}

PathTemplate::Segment MakeSegment(absl::string_view text) {
  if (text == "*") return {PathTemplate::Kind::kAny, ""};
  if (text == "**") return {PathTemplate::Kind::kRest, ""};
  return {PathTemplate::Kind::kLiteral, std::string(text)};
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

absl::StatusOr<PathTemplate> PathTemplate::Parse(absl::string_view text) {
  PathTemplate path;
  absl::string_view rest = text;
  if (!absl::ConsumePrefix(&rest, "/")) return Malformed(text, "does not begin with /");
  const size_t verb = rest.rfind(':');
  if (verb != absl::string_view::npos &&
      rest.find_first_of("/}", verb) == absl::string_view::npos) {
    path.verb = std::string(rest.substr(verb + 1));
    rest = rest.substr(0, verb);
  }
  while (!rest.empty()) {
    if (absl::ConsumePrefix(&rest, "{")) {
      const size_t close = rest.find('}');
      if (close == absl::string_view::npos) return Malformed(text, "a brace is not closed");
      const std::pair<absl::string_view, absl::string_view> parts =
          absl::StrSplit(rest.substr(0, close), absl::MaxSplits('=', 1));
      rest.remove_prefix(close + 1);
      Variable variable{std::string(parts.first), path.segments.size(), 0};
      for (absl::string_view segment :
           absl::StrSplit(parts.second.empty() ? "*" : parts.second, '/')) {
        path.segments.push_back(MakeSegment(segment));
      }
      variable.end = path.segments.size();
      variable.multiple =
          variable.end - variable.begin > 1 || path.segments.back().kind == Kind::kRest;
      path.variables.push_back(std::move(variable));
    } else {
      const size_t slash = rest.find('/');
      path.segments.push_back(MakeSegment(rest.substr(0, slash)));
      rest.remove_prefix(std::min(slash, rest.size()));
    }
    if (!rest.empty() && !absl::ConsumePrefix(&rest, "/"))
      return Malformed(text, "a segment does not end with /");
  }
  for (size_t i = 0; i < path.segments.size(); ++i) {
    if (path.segments[i].kind == Kind::kRest && i + 1 != path.segments.size())
      return Malformed(text, "** is not the last segment");
    if (path.segments[i].kind == Kind::kLiteral && path.segments[i].literal.empty())
      return Malformed(text, "an empty segment");
  }
  return path;
}

std::string PathTemplate::OpenApiPath() const {
  std::string out;
  for (size_t i = 0; i < segments.size();) {
    const Variable* variable = nullptr;
    for (const Variable& candidate : variables) {
      if (candidate.begin == i) variable = &candidate;
    }
    if (variable != nullptr) {
      absl::StrAppend(&out, "/{", variable->ParameterName(), "}");
      i = variable->end;
      continue;
    }
    if (segments[i].kind == Kind::kLiteral)
      absl::StrAppend(&out, "/", segments[i].literal);
    else
      absl::StrAppend(&out, "/{segment", i, "}");
    ++i;
  }
  if (!verb.empty()) absl::StrAppend(&out, ":", verb);
  return out;
}

std::string PathTemplate::Variable::ParameterName() const {
  return absl::StrReplaceAll(field, {{".", "_"}});
}

bool PercentDecode(absl::string_view text, bool keep_slash, bool plus, std::string& out) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(plus && text[i] == '+' ? ' ' : text[i]);
      continue;
    }
    if (text.size() - i < 3 || HexDigit(text[i + 1]) < 0 || HexDigit(text[i + 2]) < 0) return false;
    const char c = static_cast<char>(HexDigit(text[i + 1]) << 4 | HexDigit(text[i + 2]));
    if (c == '/' && keep_slash)
      out.append(text.data() + i, 3);
    else
      out.push_back(c);
    i += 2;
  }
  return true;
}

}  // namespace stadtmesh::gateway
