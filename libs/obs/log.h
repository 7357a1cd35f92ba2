// Structured logs: one JSON object per line on stderr, written by a background thread. A full queue
// drops lines and counts them, so that logging never slows a request. No personal data and no
// secrets in any field: ids, aliases, durations, reasons.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace stadtmesh::obs {

class Metrics;

enum class Level { kDebug, kInfo, kWarning, kError };

// One `"key":value` of a line. Keys are snake_case literals; values are escaped.
struct Field {
  enum class Kind { kText, kInteger, kNumber, kFlag };
  Field(absl::string_view k, absl::string_view v) : key(k), kind(Kind::kText), text(v) {}
  Field(absl::string_view k, const char* v) : key(k), kind(Kind::kText), text(v) {}
  Field(absl::string_view k, const std::string& v) : key(k), kind(Kind::kText), text(v) {}
  Field(absl::string_view k, int v) : key(k), kind(Kind::kInteger), integer(v) {}
  Field(absl::string_view k, int64_t v) : key(k), kind(Kind::kInteger), integer(v) {}
  Field(absl::string_view k, uint64_t v)
      : key(k), kind(Kind::kInteger), integer(static_cast<int64_t>(v)) {}
  Field(absl::string_view k, double v) : key(k), kind(Kind::kNumber), number(v) {}
  Field(absl::string_view k, bool v) : key(k), kind(Kind::kFlag), flag(v) {}

  absl::string_view key;
  Kind kind;
  absl::string_view text;
  int64_t integer = 0;
  double number = 0;
  bool flag = false;
};
using Fields = std::initializer_list<Field>;

struct LogOptions {
  std::string service;  // "service" of every line
  Level level = Level::kInfo;
  size_t queue_lines = 8192;  // beyond: dropped and counted
  int file_descriptor = 2;    // where lines go; tests pass a pipe. Not closed.
  // counts what was dropped, as stadtmesh_log_lines_dropped_total; not owned, null: nobody counts
  Metrics* metrics = nullptr;
};

// {"time":"2026-11-21T12:00:00.000Z","level":"info","service":"buergerbus",
//  "event":"ride_booked","ride":"ride-06b…"}
// Thread-safe. Destruction writes what is queued.
class Logger {
 public:
  explicit Logger(LogOptions options);
  ~Logger();
  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;

  // `event` is snake_case and stable: dashboards and alarms search for it.
  void Log(Level level, absl::string_view event, Fields fields = {});
  void Debug(absl::string_view event, Fields fields = {}) { Log(Level::kDebug, event, fields); }
  void Info(absl::string_view event, Fields fields = {}) { Log(Level::kInfo, event, fields); }
  void Warning(absl::string_view event, Fields fields = {}) { Log(Level::kWarning, event, fields); }
  void Error(absl::string_view event, Fields fields = {}) { Log(Level::kError, event, fields); }

  bool Enabled(Level level) const;
  void Flush();  // blocks until everything queued before is written

 private:
  struct Sink;
  std::unique_ptr<Sink> sink_;
};

absl::string_view LevelName(Level level);
absl::StatusOr<Level> ParseLevel(absl::string_view name);

}  // namespace stadtmesh::obs
