#include "config/reader.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "config/address.h"

namespace stadtmesh::config {
namespace {

// Of the build and the test tools, not of a service.
constexpr absl::string_view kToolVariables[] = {"STADTMESH_BUILD", "STADTMESH_DATA",
                                                "STADTMESH_SANITIZE"};

constexpr char kFileExpectation[] = "the name of a file that can be read and is not empty";

std::string RangeText(absl::string_view kind, absl::string_view minimum, absl::string_view maximum,
                      absl::string_view unit) {
  return absl::StrCat(kind, " from ", minimum, " to ", maximum, unit.empty() ? "" : " ", unit);
}

std::optional<bool> ParseFlag(absl::string_view text) {
  const std::string lower = absl::AsciiStrToLower(text);
  if (lower == "true" || lower == "yes" || lower == "on" || lower == "1") return true;
  if (lower == "false" || lower == "no" || lower == "off" || lower == "0") return false;
  return std::nullopt;
}

}  // namespace

std::string EnvironmentName(absl::string_view name) {
  return absl::StrCat("STADTMESH_", absl::AsciiStrToUpper(absl::StrReplaceAll(name, {{".", "_"}})));
}

Reader::Reader(Sources sources) : sources_(std::move(sources)) {}

void Reader::Declare(Declared declared) {
  const std::string environment = EnvironmentName(declared.name);
  for (const Declared& other : declared_) {
    if (EnvironmentName(other.name) == environment)
      std::abort();  // two settings cannot share a name: a programming error
  }
  declared_.push_back(std::move(declared));
}

void Reader::Note(absl::string_view name, absl::string_view problem) {
  errors_.push_back(absl::StrCat(name, " (", EnvironmentName(name), "): ", problem));
}

std::optional<std::vector<std::string>> Reader::Find(absl::string_view name) const {
  if (const auto it = sources_.environment.find(EnvironmentName(name));
      it != sources_.environment.end()) {
    return std::vector<std::string>{it->second};
  }
  if (const auto it = sources_.file.find(std::string(name)); it != sources_.file.end())
    return it->second;
  return std::nullopt;
}

std::optional<std::string> Reader::FindOne(absl::string_view name) {
  std::optional<std::vector<std::string>> values = Find(name);
  if (!values) return std::nullopt;
  if (values->size() != 1) {
    Note(name, absl::StrCat("is a list, should be ", declared_.back().expectation));
    return std::nullopt;
  }
  return std::move(values->front());
}

std::string Reader::GetText(const TextSpec& spec) {
  const std::string expectation = absl::StrCat("text of at most ", spec.maximum_length, " bytes");
  Declare({spec.name, spec.description, expectation, spec.default_value.value_or("")});
  const size_t errors = errors_.size();
  std::optional<std::string> value = FindOne(spec.name);
  if (!value) {
    if (!spec.default_value && errors == errors_.size())
      Note(spec.name, absl::StrCat("is required: ", spec.description));
    return spec.default_value.value_or("");
  }
  const bool may_be_empty = spec.default_value && !spec.not_empty;
  if (value->size() > spec.maximum_length || (value->empty() && !may_be_empty)) {
    Note(spec.name, absl::StrCat("has ", value->size(), " bytes, should be ", expectation,
                                 may_be_empty ? "" : ", not empty"));
    return spec.default_value.value_or("");
  }
  return *std::move(value);
}

std::string Reader::GetFile(const FileSpec& spec) {
  Declare({spec.name, spec.description, kFileExpectation, ""});
  const size_t errors = errors_.size();
  const std::optional<std::string> value = FindOne(spec.name);
  if (!value) {
    if (spec.required && errors == errors_.size())
      Note(spec.name, absl::StrCat("is required: ", spec.description, "; ", kFileExpectation));
    return "";
  }
  // A folder can be opened, too, but holds no byte.
  if (std::ifstream(*value).peek() != std::ifstream::traits_type::eof()) return *value;
  Refuse(spec.name, *value, kFileExpectation);
  return "";
}

std::string Reader::GetListen(const ListenSpec& spec) {
  Declare({spec.name, spec.description, kListenAddress, spec.default_value});
  const std::optional<std::string> value = FindOne(spec.name);
  if (!value || (value->empty() && spec.may_be_empty)) return value.value_or(spec.default_value);
  if (!IsListenAddress(*value)) {
    Refuse(spec.name, *value, kListenAddress);
  } else if (only_loopback_ && !IsLoopback(HostOf(*value))) {
    Refuse(spec.name, *value, "an address of this machine alone in a demo, such as 127.0.0.1:8080");
  } else {
    return *value;
  }
  return spec.default_value;
}

std::string Reader::GetChoice(const ChoiceSpec& spec) {
  const std::string expectation = absl::StrCat("one of ", absl::StrJoin(spec.choices, ", "));
  Declare({spec.name, spec.description, expectation, spec.default_value.value_or("")});
  const size_t errors = errors_.size();
  const std::optional<std::string> value = FindOne(spec.name);
  if (!value) {
    if (!spec.default_value && errors == errors_.size())
      Note(spec.name, absl::StrCat("is required, ", expectation));
    return spec.default_value.value_or("");
  }
  if (std::find(spec.choices.begin(), spec.choices.end(), *value) == spec.choices.end()) {
    Refuse(spec.name, *value, expectation);
    return spec.default_value.value_or("");
  }
  return *value;
}

int64_t Reader::GetInteger(const IntegerSpec& spec) {
  const std::string expectation = RangeText("a whole number", absl::StrCat(spec.minimum),
                                            absl::StrCat(spec.maximum), spec.unit);
  Declare({spec.name, spec.description, expectation,
           spec.default_value ? absl::StrCat(*spec.default_value) : ""});
  const size_t errors = errors_.size();
  const std::optional<std::string> value = FindOne(spec.name);
  if (!value) {
    if (!spec.default_value && errors == errors_.size())
      Note(spec.name, absl::StrCat("is required, ", expectation));
    return spec.default_value.value_or(0);
  }
  int64_t number = 0;
  if (!absl::SimpleAtoi(*value, &number) || number < spec.minimum || number > spec.maximum) {
    Refuse(spec.name, *value, expectation);
    return spec.default_value.value_or(0);
  }
  return number;
}

double Reader::GetNumber(const NumberSpec& spec) {
  const std::string expectation =
      RangeText("a number", absl::StrCat(spec.minimum), absl::StrCat(spec.maximum), spec.unit);
  Declare({spec.name, spec.description, expectation,
           spec.default_value ? absl::StrCat(*spec.default_value) : ""});
  const size_t errors = errors_.size();
  const std::optional<std::string> value = FindOne(spec.name);
  if (!value) {
    if (!spec.default_value && errors == errors_.size())
      Note(spec.name, absl::StrCat("is required, ", expectation));
    return spec.default_value.value_or(0);
  }
  double number = 0;
  // Written so that NaN fails.
  if (!absl::SimpleAtod(*value, &number) || !(number >= spec.minimum && number <= spec.maximum)) {
    Refuse(spec.name, *value, expectation);
    return spec.default_value.value_or(0);
  }
  return number;
}

absl::Duration Reader::GetDuration(const DurationSpec& spec) {
  const std::string expectation =
      RangeText("a duration such as 250ms, 5m or 1h30m", absl::FormatDuration(spec.minimum),
                absl::FormatDuration(spec.maximum), "");
  Declare({spec.name, spec.description, expectation, spec.default_value.value_or("")});
  absl::Duration fallback;
  if (spec.default_value && !absl::ParseDuration(*spec.default_value, &fallback))
    std::abort();  // a programming error
  const size_t errors = errors_.size();
  const std::optional<std::string> value = FindOne(spec.name);
  if (!value) {
    if (!spec.default_value && errors == errors_.size())
      Note(spec.name, absl::StrCat("is required, ", expectation));
    return fallback;
  }
  absl::Duration duration;
  if (!absl::ParseDuration(*value, &duration) || duration < spec.minimum ||
      duration > spec.maximum) {
    Refuse(spec.name, *value, expectation);
    return fallback;
  }
  return duration;
}

bool Reader::GetFlag(const FlagSpec& spec) {
  Declare({spec.name, spec.description, "true or false", spec.default_value ? "true" : "false"});
  const std::optional<std::string> value = FindOne(spec.name);
  if (!value) return spec.default_value;
  const std::optional<bool> flag = ParseFlag(*value);
  if (!flag) Refuse(spec.name, *value, "true or false");
  return flag.value_or(spec.default_value);
}

std::vector<std::string> Reader::GetList(const ListSpec& spec) {
  const std::string at_least =
      spec.minimum_elements > 0 ? absl::StrCat("at least ", spec.minimum_elements, " and ") : "";
  const std::string expectation =
      absl::StrCat("a list of ", at_least, "at most ", spec.maximum_elements,
                   " elements (comma-separated in the environment)");
  Declare({spec.name, spec.description, expectation,
           spec.default_value ? absl::StrJoin(*spec.default_value, ",") : ""});
  std::optional<std::vector<std::string>> values = Find(spec.name);
  if (values && sources_.environment.contains(EnvironmentName(spec.name))) {
    values = absl::StrSplit(values->front(), ',', absl::SkipWhitespace());
    for (std::string& value : *values) absl::StripAsciiWhitespace(&value);
  }
  if (!values) {
    if (!spec.default_value) Note(spec.name, absl::StrCat("is required, ", expectation));
    return spec.default_value.value_or(std::vector<std::string>());
  }
  if (values->size() < spec.minimum_elements || values->size() > spec.maximum_elements) {
    Note(spec.name, absl::StrCat("has ", values->size(), " elements, should be ", expectation));
    values->clear();
  }
  return *std::move(values);
}

Secret Reader::GetSecret(const SecretSpec& spec) {
  const std::string file_setting = absl::StrCat(spec.name, "_file");
  const std::string expectation = absl::StrCat(
      "a secret of at least ", spec.minimum_length,
      " bytes, from the environment or from the file named by ", EnvironmentName(file_setting));
  Declare({spec.name, spec.description, expectation, "", true});
  Declare({file_setting, absl::StrCat("File that holds ", spec.name), "a file name", ""});
  if (sources_.file.contains(spec.name)) {
    Note(spec.name,
         "is a secret and must not stand in the settings file; give it in the environment or in a "
         "file");
    return Secret();
  }
  std::string value;
  bool found = false;
  if (const auto it = sources_.environment.find(EnvironmentName(spec.name));
      it != sources_.environment.end()) {
    value = it->second;
    found = true;
  } else if (const std::optional<std::vector<std::string>> name = Find(file_setting);
             name && !name->empty()) {
    std::ostringstream text;
    text << std::ifstream(name->front()).rdbuf();
    value = text.str();
    if (absl::EndsWith(value, "\n")) value.pop_back();
    if (value.empty()) {
      Refuse(file_setting, name->front(), kFileExpectation);
      return Secret();
    }
    found = true;
  }
  if (!found) {
    if (spec.required)
      Note(spec.name, absl::StrCat("is required: ", spec.description, "; ", expectation));
    return Secret();
  }
  if (value.size() < spec.minimum_length) {
    Note(spec.name, absl::StrCat("has ", value.size(), " bytes, should be ", expectation));
    return Secret();
  }
  return Secret(std::move(value));
}

void Reader::Refuse(absl::string_view name, absl::string_view expectation) {
  Note(name, expectation);
}

void Reader::Refuse(absl::string_view name, absl::string_view value,
                    absl::string_view expectation) {
  Note(name, absl::StrCat("is \"", value, "\", should be ", expectation));
}

void Reader::RefuseFromEnvironment(absl::string_view group, absl::string_view why) {
  for (const Declared& d : declared_) {
    const bool belongs = d.name == group || absl::StartsWith(d.name, absl::StrCat(group, "."));
    if (belongs && sources_.environment.contains(EnvironmentName(d.name)))
      Note(d.name, absl::StrCat("should not be set here: ", why));
  }
}

void Reader::Ignore(absl::string_view group) { ignored_.emplace_back(group); }

bool Reader::IsKnown(absl::string_view name) const {
  const bool ignored = std::any_of(ignored_.begin(), ignored_.end(), [&](const std::string& group) {
    return absl::StartsWith(name, absl::StrCat(group, "."));
  });
  return ignored || std::any_of(declared_.begin(), declared_.end(),
                                [&](const Declared& d) { return d.name == name; });
}

absl::Status Reader::Finish() const {
  std::vector<std::string> errors = errors_;
  for (const auto& [name, values] : sources_.file) {
    if (!IsKnown(name))
      errors.push_back(
          absl::StrCat(name, " in ", sources_.file_name, ": there is no such setting"));
  }
  for (const auto& entry : sources_.environment) {
    const std::string& variable = entry.first;
    const auto names = [&](const Declared& d) { return EnvironmentName(d.name) == variable; };
    const auto belongs = [&](const std::string& group) {
      return absl::StartsWith(variable, absl::StrCat(EnvironmentName(group), "_"));
    };
    if (std::find(std::begin(kToolVariables), std::end(kToolVariables), variable) ==
            std::end(kToolVariables) &&
        std::none_of(declared_.begin(), declared_.end(), names) &&
        std::none_of(ignored_.begin(), ignored_.end(), belongs)) {
      errors.push_back(absl::StrCat(variable, ": there is no such setting"));
    }
  }
  if (errors.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("settings:\n  ", absl::StrJoin(errors, "\n  ")));
}

std::string Reader::Help() const {
  std::string help;
  for (const Declared& d : declared_) {
    absl::StrAppend(&help, d.name, "  (", EnvironmentName(d.name), ")\n    ", d.description,
                    "\n    ", d.expectation, d.default_text.empty() ? "" : "; default ",
                    d.default_text, "\n");
  }
  return help;
}

}  // namespace stadtmesh::config
