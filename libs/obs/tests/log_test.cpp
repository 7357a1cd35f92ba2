#include "obs/log.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <simdjson.h>
#include <unistd.h>

#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_split.h"
#include "obs/json_line.h"
#include "obs/metrics.h"

namespace stadtmesh::obs {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class Pipe {
 public:
  Pipe() { EXPECT_EQ(pipe(ends_), 0); }
  ~Pipe() {
    close(ends_[0]);
    if (ends_[1] >= 0) close(ends_[1]);
  }
  int in() const { return ends_[1]; }
  void CloseIn() {
    close(ends_[1]);
    ends_[1] = -1;
  }
  std::string ReadAll() {
    CloseIn();
    std::string text;
    char buffer[4096];
    for (ssize_t n; (n = read(ends_[0], buffer, sizeof(buffer))) > 0;)
      text.append(buffer, static_cast<size_t>(n));
    return text;
  }
  // What is there now.
  std::string ReadSome() {
    std::string text(65536, 0);
    const ssize_t n = read(ends_[0], text.data(), text.size());
    text.resize(n > 0 ? static_cast<size_t>(n) : 0);
    return text;
  }

 private:
  int ends_[2];
};

TEST(Log, ALineIsOneJsonObject) {
  Pipe pipe;
  {
    Logger logger({.service = "bus", .file_descriptor = pipe.in()});
    logger.Info("ride_booked", {{"ride", "ride-1"},
                                {"people", 3},
                                {"seconds", 0.25},
                                {"phone", true},
                                {"odd", "a\"b\\c\n\xff"}});
    logger.Debug("not_written");
  }
  const std::string text = pipe.ReadAll();
  EXPECT_THAT(text,
              HasSubstr(R"(,"level":"info","service":"bus","event":"ride_booked","ride":"ride-1",)"
                        R"("people":3,"seconds":0.25,"phone":true,"odd":"a\"b\\c\u000a)"));
  simdjson::dom::parser parser;
  simdjson::dom::element line;
  ASSERT_EQ(parser.parse(text).get(line), simdjson::SUCCESS);
  EXPECT_EQ(std::string_view(line["event"]), "ride_booked");
  EXPECT_EQ(std::string_view(line["odd"]), "a\"b\\c\n\xEF\xBF\xBD");
}

TEST(Log, FlushWritesWhatCameBefore) {
  Pipe pipe;
  Logger logger({.service = "bus", .file_descriptor = pipe.in()});
  logger.Info("first");
  logger.Flush();
  EXPECT_THAT(pipe.ReadSome(), HasSubstr("first"));
}

// As an operator reads it.
size_t Dropped(const Metrics& metrics) {
  const std::string name = "\nstadtmesh_log_lines_dropped_total ", text = metrics.Text();
  const size_t at = text.find(name);
  EXPECT_NE(at, std::string::npos) << text;
  return at == std::string::npos ? 0 : std::stoul(text.substr(at + name.size()));
}

TEST(Log, AFullQueueDropsAndCountsInsteadOfBlocking) {
  Pipe pipe;
  ASSERT_GT(fcntl(pipe.in(), F_SETPIPE_SZ, 4096), 0);
  const std::string long_text(8192, 'x');
  std::string text;
  {
    Metrics metrics;
    Logger logger(
        {.service = "bus", .queue_lines = 10, .file_descriptor = pipe.in(), .metrics = &metrics});
    for (int i = 0; i < 1000; ++i)
      logger.Info("line", {{"text", long_text}});  // nobody reads: the writer is stuck
    EXPECT_GE(Dropped(metrics), 900u);
    std::thread reader([&] {
      std::string part;
      while (!(part = pipe.ReadSome()).empty()) text += part;
    });
    logger.Flush();
    const size_t dropped = Dropped(metrics);
    EXPECT_LT(dropped, 1000u);
    pipe.CloseIn();
    reader.join();
    const std::vector<std::string> lines = absl::StrSplit(text, '\n', absl::SkipEmpty());
    EXPECT_EQ(lines.size() + dropped, 1000u);
  }
}

TEST(Log, LinesOfManyThreadsDoNotMix) {
  Pipe pipe;
  std::string text;
  std::thread reader([&] {
    std::string part;
    while (!(part = pipe.ReadSome()).empty()) text += part;
  });
  {
    Logger logger({.service = "bus", .queue_lines = 100000, .file_descriptor = pipe.in()});
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&logger] {
        for (int i = 0; i < 1000; ++i) logger.Info("line", {{"i", i}});
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  pipe.CloseIn();
  reader.join();
  const std::vector<std::string> lines = absl::StrSplit(text, '\n', absl::SkipEmpty());
  EXPECT_THAT(lines, SizeIs(4000));
  simdjson::dom::parser parser;
  for (const std::string& line : lines)
    EXPECT_EQ(parser.parse(line).error(), simdjson::SUCCESS) << line;
}

TEST(Log, NumbersThatJsonLacksBecomeNull) {
  std::string out;
  AppendJsonField(out, Field("x", std::numeric_limits<double>::quiet_NaN()));
  EXPECT_EQ(out, ",\"x\":null");
}

RC_GTEST_PROP(Log, AnyBytesMakeValidJson, (const std::string& text)) {
  std::string json;
  AppendJsonText(json, text);
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  RC_ASSERT(parser.parse("[" + json + "]").get(element) == simdjson::SUCCESS);
}

}  // namespace
}  // namespace stadtmesh::obs
