// Reads what the process was given: the environment, the arguments and the YAML file, flattened to
// dotted names.
#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/status.h"
#include "config/reader.h"

extern char** environ;

namespace stadtmesh::config {
namespace {

constexpr int kDeepestNesting = 8;
using Values = std::map<std::string, std::vector<std::string>>;

absl::Status Flatten(const YAML::Node& node, const std::string& path, int depth, Values& out) {
  const auto line = [&] { return absl::StrCat("line ", node.Mark().line + 1, ": "); };
  if (depth > kDeepestNesting)
    return absl::InvalidArgumentError(absl::StrCat(line(), path, " is nested too deeply"));
  if (node.IsMap()) {
    for (const auto& entry : node) {
      if (!entry.first.IsScalar())
        return absl::InvalidArgumentError(absl::StrCat(line(), "a name must be plain text"));
      const std::string& key = entry.first.Scalar();
      RETURN_IF_ERROR(
          Flatten(entry.second, path.empty() ? key : absl::StrCat(path, ".", key), depth + 1, out));
    }
    return absl::OkStatus();
  }
  std::vector<std::string> values;
  if (node.IsSequence()) {
    for (const auto& element : node) {
      if (!element.IsScalar())
        return absl::InvalidArgumentError(absl::StrCat(line(), path, " must list plain values"));
      values.push_back(element.Scalar());
    }
  } else if (node.IsScalar()) {
    values.push_back(node.Scalar());
  } else {
    return absl::InvalidArgumentError(absl::StrCat(line(), path, " has no value"));
  }
  if (path.empty())
    return absl::InvalidArgumentError(
        absl::StrCat(line(), "the file must hold `name: value` pairs"));
  if (!out.emplace(path, std::move(values)).second) {
    return absl::InvalidArgumentError(absl::StrCat(line(), path, " is given twice"));
  }
  return absl::OkStatus();
}

// yaml-cpp reports bad input by exceptions; they end here.
absl::StatusOr<Values> ParseYaml(absl::string_view text) {
  Values values;
  try {
    const YAML::Node root = YAML::Load(std::string(text));
    if (root.IsNull()) return values;
    RETURN_IF_ERROR(Flatten(root, "", 0, values));
  } catch (const YAML::Exception& error) {
    return absl::InvalidArgumentError(absl::StrCat("line ", error.mark.line + 1, ": ", error.msg));
  }
  return values;
}

std::map<std::string, std::string> ProcessEnvironment() {
  std::map<std::string, std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const absl::string_view text(*entry);
    const size_t equals = text.find('=');
    if (absl::StartsWith(text, "STADTMESH_") && equals != absl::string_view::npos) {
      environment.emplace(std::string(text.substr(0, equals)),
                          std::string(text.substr(equals + 1)));
    }
  }
  return environment;
}

}  // namespace

absl::StatusOr<Sources> Sources::FromText(std::map<std::string, std::string> environment,
                                          absl::string_view yaml, absl::string_view file_name) {
  Sources sources;
  sources.environment = std::move(environment);
  sources.file_name = std::string(file_name);
  absl::StatusOr<Values> values = ParseYaml(yaml);
  if (!values.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("settings file ",
                                                   file_name.empty() ? "(text)" : file_name, ", ",
                                                   values.status().message()));
  }
  sources.file = *std::move(values);
  return sources;
}

absl::StatusOr<Sources> Sources::FromProcess(int argc, const char* const* argv) {
  std::string file_name;
  std::vector<std::string> rest;
  bool help = false;
  for (int i = 1; i < argc; ++i) {
    const absl::string_view argument(argv[i]);
    if (argument == "--help") {
      help = true;
    } else if (argument == "--config") {
      if (++i == argc)
        return absl::InvalidArgumentError("--config needs the settings file's name behind it");
      file_name = argv[i];
    } else if (absl::StartsWith(argument, "--config=")) {
      file_name = std::string(absl::StripPrefix(argument, "--config="));
    } else {
      rest.emplace_back(argument);
    }
  }
  std::string yaml;
  if (!file_name.empty()) {
    std::ifstream file(file_name);
    std::error_code error;
    if (!file || std::filesystem::is_directory(file_name, error)) {  // a folder can be opened, too
      return absl::InvalidArgumentError(
          absl::StrCat("--config is \"", file_name, "\", should be a file that can be read"));
    }
    std::ostringstream text;
    text << file.rdbuf();
    yaml = text.str();
  }
  ASSIGN_OR_RETURN(Sources sources, FromText(ProcessEnvironment(), yaml, file_name));
  sources.arguments = std::move(rest);
  sources.help = help;
  return sources;
}

}  // namespace stadtmesh::config
