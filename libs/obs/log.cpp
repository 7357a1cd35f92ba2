// A line costs its caller a short copy into a buffer. The writer looks at the buffer ten times a
// second instead of being woken for each line: waking it costs more than the line (see README.md).
// A warning or a half-full buffer wakes it at once.
#include "obs/log.h"

#include <unistd.h>

#include <cerrno>
#include <optional>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "obs/json_line.h"
#include "obs/metrics.h"

namespace stadtmesh::obs {
namespace {

constexpr absl::Duration kLookAgain = absl::Milliseconds(100);

// "2026-11-21T12:00:00.123Z"; the part up to the second is formatted once per second and thread.
void AppendNow(std::string& out) {
  thread_local int64_t cached_second = -1;
  thread_local std::string cached_text;
  const int64_t milliseconds = absl::GetCurrentTimeNanos() / 1'000'000;
  if (const int64_t second = milliseconds / 1000; second != cached_second) {
    cached_second = second;
    cached_text =
        absl::FormatTime("%Y-%m-%dT%H:%M:%S", absl::FromUnixSeconds(second), absl::UTCTimeZone());
  }
  const int rest = static_cast<int>(milliseconds % 1000);
  const char digits[] = {'.', static_cast<char>('0' + rest / 100),
                         static_cast<char>('0' + rest / 10 % 10),
                         static_cast<char>('0' + rest % 10), 'Z'};
  out.append(cached_text);
  out.append(digits, sizeof(digits));
}

void WriteAll(int descriptor, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // nobody reads the log any more; there is nowhere to say so
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

}  // namespace

struct Logger::Sink {
  explicit Sink(LogOptions o) : options(std::move(o)) {
    if (options.metrics != nullptr) {
      dropped =
          options.metrics->AddCounter("stadtmesh_log_lines_dropped_total",
                                      "Lines of the log lost because it was written too slowly");
    }
    writer = std::thread([this] { Run(); });
  }
  ~Sink() {
    {
      absl::MutexLock lock(&mutex);
      stopping = true;
      wake.Signal();
    }
    writer.join();
  }

  void Put(absl::string_view line, bool urgent) {
    absl::MutexLock lock(&mutex);
    if (lines >= options.queue_lines) {
      if (dropped) dropped->Add();
      return;
    }
    buffer.append(line.data(), line.size());
    ++lines;
    ++accepted;
    if (!wanted && (urgent || lines * 2 >= options.queue_lines)) {
      wanted = true;
      wake.Signal();
    }
  }

  void Run() {
    std::string batch;
    mutex.Lock();
    while (true) {
      if (!wanted && !stopping) wake.WaitWithTimeout(&mutex, kLookAgain);
      wanted = false;
      const bool last = stopping;
      const uint64_t upto = accepted;
      batch.swap(buffer);
      lines = 0;
      mutex.Unlock();
      WriteAll(options.file_descriptor, batch);
      batch.clear();
      mutex.Lock();
      written = upto;
      flushed.SignalAll();
      if (last && buffer.empty()) break;
    }
    mutex.Unlock();
  }

  const LogOptions options;
  absl::Mutex mutex;
  absl::CondVar wake;     // the writer waits here
  absl::CondVar flushed;  // Flush waits here
  std::string buffer ABSL_GUARDED_BY(mutex);
  size_t lines ABSL_GUARDED_BY(mutex) = 0;
  uint64_t accepted ABSL_GUARDED_BY(mutex) = 0;
  uint64_t written ABSL_GUARDED_BY(mutex) = 0;
  bool wanted ABSL_GUARDED_BY(mutex) = false;
  bool stopping ABSL_GUARDED_BY(mutex) = false;
  std::optional<Counter> dropped;
  std::thread writer;
};

Logger::Logger(LogOptions options) : sink_(std::make_unique<Sink>(std::move(options))) {}
Logger::~Logger() = default;

bool Logger::Enabled(Level level) const { return level >= sink_->options.level; }

void Logger::Log(Level level, absl::string_view event, Fields fields) {
  if (!Enabled(level)) return;
  thread_local std::string line;
  line.assign("{\"time\":\"");
  AppendNow(line);
  absl::StrAppend(&line, "\",\"level\":\"", LevelName(level), "\",\"service\":");
  AppendJsonText(line, sink_->options.service);
  line.append(",\"event\":");
  AppendJsonText(line, event);
  for (const Field& field : fields) AppendJsonField(line, field);
  line.append("}\n");
  sink_->Put(line, level >= Level::kWarning);
}

void Logger::Flush() {
  absl::MutexLock lock(&sink_->mutex);
  const uint64_t upto = sink_->accepted;
  sink_->wanted = true;
  sink_->wake.Signal();
  while (sink_->written < upto) sink_->flushed.Wait(&sink_->mutex);
}

absl::string_view LevelName(Level level) {
  switch (level) {
    case Level::kDebug:
      return "debug";
    case Level::kInfo:
      return "info";
    case Level::kWarning:
      return "warning";
    case Level::kError:
      return "error";
  }
  std::abort();
}

absl::StatusOr<Level> ParseLevel(absl::string_view name) {
  for (const Level level : {Level::kDebug, Level::kInfo, Level::kWarning, Level::kError}) {
    if (name == LevelName(level)) return level;
  }
  return absl::InvalidArgumentError("should be debug, info, warning or error");
}

}  // namespace stadtmesh::obs
