// Settings from the environment and one YAML file, read into a service's validated struct. Nothing
// else reads the environment.
//
//   config::Reader reader(config::Sources::FromText(environment, yaml));
//   Config config;
//   config.notice = reader.GetDuration({.name = "buergerbus.booking_notice", .description =
//   "Shortest time between booking and
//       pick-up", .default_value = "60m", .minimum = absl::ZeroDuration(), .maximum =
//       absl::Hours(72)});
//   RETURN_IF_ERROR(reader.Finish());
//
// The setting `buergerbus.booking_notice` stands in YAML as `buergerbus: {booking_notice: 60m}` and
// in the environment as STADTMESH_BUERGERBUS_BOOKING_NOTICE; the environment wins. Getters never
// fail: they note the error, return the default (or a zero value), and Finish() returns all errors
// at once, each with the setting's name and what it should be. A setting that nobody declared is an
// error too. Secrets are never part of a message.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace stadtmesh::config {

// A value that must not be printed: no stream operator, no implicit conversion.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  const std::string& Reveal() const { return value_; }
  bool empty() const { return value_.empty(); }

 private:
  std::string value_;
};

// In every spec: no `default_value` means the setting is required. Defaults are written as a person
// would write them.
struct TextSpec {
  std::string name;  // lower case, dots between groups: "gateway.public_url"
  std::string description;
  std::optional<std::string> default_value;
  size_t maximum_length = 4096;
  bool not_empty = false;  // with a default, empty is allowed unless this forbids it
};
// A file that the process reads at its start.
struct FileSpec {
  std::string name;
  std::string description;
  bool required = true;
};
// Where a server listens: see address.h.
struct ListenSpec {
  std::string name;
  std::string description;
  std::string default_value;
  bool may_be_empty = false;  // empty: nothing listens
};
struct ChoiceSpec {
  std::string name;
  std::string description;
  std::optional<std::string> default_value;
  std::vector<std::string> choices;
};
struct IntegerSpec {
  std::string name;
  std::string description;
  std::string unit;  // "bytes", "threads"; for the listing
  std::optional<int64_t> default_value;
  int64_t minimum = 0;
  int64_t maximum = std::numeric_limits<int64_t>::max();
};
struct NumberSpec {
  std::string name;
  std::string description;
  std::string unit;
  std::optional<double> default_value;
  double minimum = 0;
  double maximum = 1e300;
};
struct DurationSpec {
  std::string name;
  std::string description;
  std::optional<std::string> default_value;  // "250ms", "5m", "1h30m"
  absl::Duration minimum = absl::ZeroDuration();
  absl::Duration maximum = absl::Hours(24 * 366);
};
struct FlagSpec {
  std::string name;
  std::string description;
  bool default_value = false;
};
struct ListSpec {
  std::string name;
  std::string description;
  std::optional<std::vector<std::string>> default_value;
  size_t minimum_elements = 0;
  size_t maximum_elements = 1000;
};
// From the environment variable NAME, or the file that NAME_FILE (or `name_file` in YAML) points
// to, without its last newline. Never from the YAML file itself. Given, it is not empty.
struct SecretSpec {
  std::string name;
  std::string description;
  bool required = true;
  size_t minimum_length = 1;  // in bytes
};

// What the process was given.
struct Sources {
  std::map<std::string, std::string> environment;  // only variables that begin with STADTMESH_
  std::map<std::string, std::vector<std::string>>
      file;                            // flattened: "a.b" -> values; a list has several
  std::string file_name;               // for messages; may be empty
  std::vector<std::string> arguments;  // what is neither --config nor --help
  bool help = false;

  // From main's arguments (--config FILE, --help; the rest is left in `arguments`) and the
  // process's environment.
  static absl::StatusOr<Sources> FromProcess(int argc, const char* const* argv);
  // For tests. INVALID_ARGUMENT with the line when the YAML cannot be read.
  static absl::StatusOr<Sources> FromText(std::map<std::string, std::string> environment,
                                          absl::string_view yaml, absl::string_view file_name = "");
};

// Not thread-safe; used once at the start.
class Reader {
 public:
  explicit Reader(Sources sources);

  std::string GetText(const TextSpec& spec);
  // Its name. Noted, and none, when it cannot be read or is empty.
  std::string GetFile(const FileSpec& spec);
  std::string GetListen(const ListenSpec& spec);
  std::string GetChoice(const ChoiceSpec& spec);
  int64_t GetInteger(const IntegerSpec& spec);
  double GetNumber(const NumberSpec& spec);
  absl::Duration GetDuration(const DurationSpec& spec);
  bool GetFlag(const FlagSpec& spec);                      // true/false, yes/no, on/off, 1/0
  std::vector<std::string> GetList(const ListSpec& spec);  // environment: separated by commas
  Secret GetSecret(const SecretSpec& spec);

  // A check of the service's own, e.g. two settings that contradict each other. `expectation` says
  // what the setting should be.
  void Refuse(absl::string_view name, absl::string_view expectation);
  // The same of a value (of a list: the element) that is no secret: the message shows it.
  void Refuse(absl::string_view name, absl::string_view value, absl::string_view expectation);

  // For a demo, whose tokens are anybody's: from now on GetListen notes what is not this machine's
  // alone.
  void OnlyLoopback() { only_loopback_ = true; }
  bool only_loopback() const { return only_loopback_; }

  // Notes every declared setting of a group ("redis"; or one setting) that the environment gives:
  // what the process decides itself, or another option says. Call after every getter.
  void RefuseFromEnvironment(absl::string_view group, absl::string_view why);

  // Top-level groups of the file (and of the environment) that belong to other processes; without
  // this their settings are unknown.
  void Ignore(absl::string_view group);

  // OK, or INVALID_ARGUMENT with one line per error. Call after every getter.
  absl::Status Finish() const;

  // Every declared setting with environment name, unit, range, default and description, for --help.
  // Prints no values.
  std::string Help() const;

 private:
  struct Declared {
    std::string name, description, expectation, default_text;
    bool secret = false;
  };
  // The values given for a setting, or nothing.
  std::optional<std::vector<std::string>> Find(absl::string_view name) const;
  std::optional<std::string> FindOne(absl::string_view name);
  void Declare(Declared declared);
  void Note(absl::string_view name, absl::string_view problem);
  bool IsKnown(absl::string_view name) const;

  Sources sources_;
  std::vector<Declared> declared_;
  std::vector<std::string> errors_;
  std::vector<std::string> ignored_;
  bool only_loopback_ = false;
};

// "buergerbus.booking_notice" -> "STADTMESH_BUERGERBUS_BOOKING_NOTICE"
std::string EnvironmentName(absl::string_view name);

}  // namespace stadtmesh::config
