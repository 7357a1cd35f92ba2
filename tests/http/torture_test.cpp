// What a hostile network sends, by raw sockets, to a whole gateway. After everything: it still
// answers, it forwarded nothing that it should refuse, its connections are gone and its memory is
// within the bound that services/gateway/README.md states.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/tests/test_gateway.h"
#include "testing/slowdown.h"
#include "testing/wait_until.h"

namespace stadtmesh::gateway {
namespace {

using ::stadtmesh::testing::WaitUntil;
using ::testing::AnyOf;

constexpr int kIdleConnections = 5000;
// The bound stated in the README; sanitizers keep freed memory and red zones.
constexpr int64_t kBytesPerIdleConnection = stadtmesh::testing::kSlowdown == 1 ? 4096 : 32768;

int64_t ResidentBytes() {
  std::ifstream file("/proc/self/statm");
  int64_t total = 0, resident = 0;
  file >> total >> resident;
  return resident * 4096;
}

class TortureTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  void TearDown() override {
    // A half-open connection ends by itself, at the latest when its deadline has passed.
    EXPECT_TRUE(
        WaitUntil([&] { return test_.gateway->stats().connections == 0; }, absl::Seconds(20)));
    EXPECT_EQ(test_.gateway->stats().buffered_input, 0u);
    EXPECT_EQ(test_.Get("/v1/test/rides/r1").status, 200);
  }
  // The statuses answered to these bytes until the connection ends.
  std::vector<int> Statuses(absl::string_view bytes) {
    HttpConnection connection(test_.port());
    connection.Send(bytes);
    connection.ShutdownWrite();
    std::vector<int> statuses;
    for (HttpReply reply = connection.Receive(); reply.status != 0; reply = connection.Receive())
      statuses.push_back(reply.status);
    return statuses;
  }
  // Refused once, then closed: nothing behind it was read as a request.
  void ExpectRefused(const std::string& bytes, int status = 400) {
    const int before = test_.calls();
    EXPECT_EQ(Statuses(bytes), std::vector<int>{status}) << bytes.substr(0, 300);
    EXPECT_EQ(test_.calls(), before) << bytes.substr(0, 300);
  }

  TestGateway test_{[](Config& config) {
    config.http.head_time = absl::Seconds(1);
    config.http.body_grace = absl::Seconds(1);
    config.http.idle_time = absl::Seconds(5);
    config.http.write_grace = absl::Seconds(1);
    config.http.connections_per_address = 6000;
    config.body_limit = 10000;
  }};
};

constexpr char kHost[] = "Host: localhost\r\n";
constexpr char kSmuggled[] = "GET /v1/test/rides/smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";
constexpr char kPost[] = "POST /v1/test/rides HTTP/1.1\r\nContent-Type: application/json\r\n";

TEST_F(TortureTest, SmugglingPairs) {
  const std::string post = absl::StrCat(kPost, kHost);
  for (const char* framing : {"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
                              "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
                              "Content-Length: 2\r\nContent-Length: 60\r\n",
                              "Content-Length: 2\r\nContent-Length: 2\r\n",
                              "Content-Length: 2, 2\r\n",
                              "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
                              "Transfer-Encoding: identity, chunked\r\n",
                              "Transfer-Encoding: chunked, identity\r\n",
                              "Transfer-Encoding: xchunked\r\n",
                              "Transfer-Encoding : chunked\r\n",
                              "Transfer-Encoding:\x0b"
                              "chunked\r\n",
                              "Transfer-Encoding: \"chunked\"\r\n",
                              "Transfer-Encoding:\n chunked\r\n",
                              "X: y\r\n Content-Length: 2\r\n",
                              "X: y\nContent-Length: 2\r\n",
                              "X: y\rContent-Length: 2\r\n",
                              "Content-Length: +2\r\n",
                              "Content-Length: 0x2\r\n",
                              "Content-Length: -2\r\n",
                              "Content-Length: 2 \t3\r\n",
                              "Content-Length: 18446744073709551618\r\n",
                              "Transfer-Encoding\x01: chunked\r\n",
                              "Host: localhost\r\n",
                              "Host: evil\r\n"}) {
    ExpectRefused(absl::StrCat(post, framing, "\r\n{}0\r\n\r\n", kSmuggled));
  }
  ExpectRefused(absl::StrCat("POST /v1/test/rides HTTP/1.0\r\nContent-Type: application/json\r\n",
                             kHost, "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", kSmuggled));
  ExpectRefused(absl::StrCat("GET /v1/test/rides/r1 HTTP/1.1\r\n\r\n", kSmuggled));
  ExpectRefused(
      absl::StrCat("GET http://evil/v1/test/rides/r1 HTTP/1.1\r\n", kHost, "\r\n", kSmuggled));
  // A body where the call takes none ends the connection: what follows it is not a request.
  ExpectRefused(absl::StrCat("GET /v1/test/rides/r1 HTTP/1.1\r\n", kHost,
                             "Content-Length: 60\r\n\r\n", kSmuggled));
}

TEST_F(TortureTest, MalformedChunks) {
  const std::string post = absl::StrCat(kPost, kHost, "Transfer-Encoding: chunked\r\n\r\n");
  for (const char* chunks :
       {"x\r\n", "2\r\n{}x\r\n0\r\n\r\n", "2\n{}\r\n0\r\n\r\n", "0x2\r\n{}\r\n0\r\n\r\n", "-1\r\n",
        "2 2\r\n{}\r\n", "2;\x7f\r\n{}\r\n0\r\n\r\n", "2\r\n{}\r\n0\r\nX: y\n\r\n",
        "ffffffffffffffff2\r\n"}) {
    ExpectRefused(absl::StrCat(post, chunks, kSmuggled));
  }
  ExpectRefused(absl::StrCat(post, "fffffff\r\n", kSmuggled), 413);
  ExpectRefused(absl::StrCat(post, "2;", std::string(100000, 'x')));
  ExpectRefused(absl::StrCat(post, "0\r\nX: ", std::string(100000, 'x')));
  // Extensions are ignored, trailers dropped, also such that would matter as headers.
  const std::string fine = absl::StrCat(post,
                                        "2;a=b;c=\"d\"\r\n{}\r\n0;e\r\nAuthorization: Bearer "
                                        "x\r\nHost: evil\r\nContent-Length: 9\r\n\r\n");
  EXPECT_EQ(Statuses(absl::StrCat(fine, fine)), (std::vector<int>{200, 200}));
}

TEST_F(TortureTest, OversizedAndEndlessHeads) {
  ExpectRefused(absl::StrCat("GET /", std::string(9000, 'a'), " HTTP/1.1\r\n", kHost, "\r\n"), 414);
  ExpectRefused(
      absl::StrCat("GET / HTTP/1.1\r\n", kHost, "X: ", std::string(20000, 'a'), "\r\n\r\n"), 431);
  std::string many;
  for (int i = 0; i < 500; ++i) absl::StrAppend(&many, "X", i, ": 1\r\n");
  ExpectRefused(absl::StrCat("GET / HTTP/1.1\r\n", kHost, many, "\r\n"), 431);
  HttpConnection endless(test_.port());
  endless.Send(absl::StrCat("GET / HTTP/1.1\r\n", kHost));
  const int64_t before = ResidentBytes();
  const std::string line = absl::StrCat("X: ", std::string(1000, 'a'), "\r\n");
  int sent = 0;
  while (sent < 100000 && endless.Send(line)) ++sent;
  EXPECT_LT(sent, 100000) << "it was cut off";
  EXPECT_LT(ResidentBytes() - before, 8 << 20);
}

TEST_F(TortureTest, BytesAbove7fInEveryHeader) {
  for (const char* name :
       {"Authorization", "Idempotency-Key", "Accept-Language", "Traceparent", "Content-Type",
        "X-Forwarded-For", "Origin", "Cookie", "User-Agent", "Last-Event-ID", "Expect",
        "Connection", "If-Match", "Anything", "Access-Control-Request-Method"}) {
    for (const char* value :
         {"\x80", "\xff\xfe", "Bearer \xc3\xa4", "\x7f", "a\x01z", "\xed\xa0\x80"}) {
      ExpectRefused(
          absl::StrCat("GET /v1/test/rides/r1 HTTP/1.1\r\n", kHost, name, ": ", value, "\r\n\r\n"));
    }
  }
  for (int byte = 0x80; byte < 0x100; byte += 7) {
    ExpectRefused(absl::StrCat("GET /v1/test/rides/r1 HTTP/1.1\r\nHost: local",
                               std::string(1, static_cast<char>(byte)), "host\r\n\r\n"));
    ExpectRefused(absl::StrCat("GET /v1/test/rides/", std::string(1, static_cast<char>(byte)),
                               " HTTP/1.1\r\n", kHost, "\r\n"));
  }
  // Printable but strange bytes do get through, and harm nobody.
  EXPECT_EQ(test_
                .Post("/v1/test/rides", "{}",
                      {{"idempotency-key", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ x"}})
                .status,
            200);
  EXPECT_EQ(
      test_
          .Get("/v1/test/rides/r1",
               {{"traceparent", "nonsense"}, {"accept-language", ";;q=,,"}, {"origin", "null"}})
          .status,
      200);
}

TEST_F(TortureTest, SlowClientsAreCutOff) {
  HttpConnection slow_head(test_.port()), slow_body(test_.port()), silent(test_.port());
  slow_head.Send("GET / HT");
  slow_body.Send(absl::StrCat(kPost, kHost, "Content-Length: 5000\r\n\r\n{"));
  EXPECT_EQ(slow_head.Receive().status, 408);
  EXPECT_EQ(slow_body.Receive().status, 408);
  EXPECT_TRUE(slow_head.WaitForClose());
  EXPECT_TRUE(slow_body.WaitForClose());
  EXPECT_TRUE(silent.WaitForClose(absl::Seconds(15)));
}

TEST_F(TortureTest, DribblingBytesDoNotBuyTime) {
  HttpConnection connection(test_.port());
  connection.Send("GET / HTTP/1.1\r\n");
  // A byte whenever the gateway has been given the time to object; far fewer than a head may have.
  bool cut = false;
  for (int bytes = 0; !cut && bytes < 1000; ++bytes) {
    cut = !connection.Send("X") || connection.Receive(false, absl::Milliseconds(50)).status == 408;
  }
  EXPECT_TRUE(cut);
}

TEST_F(TortureTest, HalfClosedAndAborted) {
  const std::string get = absl::StrCat("GET /v1/test/rides/r1 HTTP/1.1\r\n", kHost, "\r\n");
  EXPECT_EQ(Statuses(get), std::vector<int>{200}) << "who has said everything still gets an answer";
  EXPECT_EQ(Statuses(absl::StrCat(get, get, get)), (std::vector<int>{200, 200, 200}));
  EXPECT_TRUE(Statuses("GET / HT").empty());
  EXPECT_TRUE(Statuses(absl::StrCat(kPost, kHost, "Content-Length: 100\r\n\r\n{")).empty());
  for (int i = 0; i < 200; ++i) {
    HttpConnection connection(test_.port());
    connection.Send(i % 3 == 0   ? get
                    : i % 3 == 1 ? get.substr(0, 20)
                                 : absl::StrCat(get, get, get, get));
    connection.Abort();
  }
}

TEST_F(TortureTest, AReaderThatNeverReadsIsCutOff) {
  HttpConnection connection(test_.port());
  const std::string body = absl::StrCat(R"({"aString":")", std::string(9000, 'x'), "\"}");
  const std::string echo =
      absl::StrCat("POST /v1/test/echo HTTP/1.1\r\nContent-Type: application/json\r\n", kHost,
                   "Content-Length: ", body.size(), "\r\n\r\n", body);
  int sent = 0;
  // Without reading: the answers fill the kernel's buffers, then the gateway stops reading, then it
  // hangs up. Sending is what notices.
  for (; sent < 20000; ++sent) {
    if (!connection.Send(echo)) break;
  }
  EXPECT_LT(sent, 20000);
}

TEST_F(TortureTest, RandomBytes) {
  std::mt19937_64 random(3);
  const std::string valid =
      absl::StrCat(kPost, kHost, "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n");
  for (int i = 0; i < 1500; ++i) {
    std::string bytes = valid;
    for (uint64_t changes = random() % 4 + 1; changes > 0; --changes) {
      bytes[random() % bytes.size()] =
          random() % 2 == 0 ? static_cast<char>(random()) : "\r\n\t :;,0"[random() % 8];
    }
    for (const int status : Statuses(bytes))
      EXPECT_THAT(status, AnyOf(::testing::Lt(500), 505)) << bytes;
  }
}

TEST_F(TortureTest, FiveThousandIdleConnections) {
  // None may fall due while the others are opened, however long that takes.
  const TestGateway patient([](Config& config) {
    config.http.idle_time = config.http.head_time = absl::Minutes(10);
    config.http.connections_per_address = kIdleConnections + 100;
  });
  patient.Get("/v1/test/rides/r1");  // what is made once is made
  std::vector<std::unique_ptr<HttpConnection>> connections;
  const int64_t before = ResidentBytes();
  for (int i = 0; i < kIdleConnections; ++i) {
    connections.push_back(std::make_unique<HttpConnection>(patient.port()));
    // Idle behind a request, not fresh ones: that is what browsers and apps leave.
    if (i % 10 != 0) continue;
    ASSERT_TRUE(connections.back()->Send(
        absl::StrCat("GET /v1/test/rides/r1 HTTP/1.1\r\n", kHost, "\r\n")));
  }
  ASSERT_TRUE(WaitUntil([&] { return patient.gateway->stats().connections == kIdleConnections; }));
  for (size_t i = 0; i < connections.size(); i += 10)
    ASSERT_EQ(connections[i]->Receive().status, 200);
  const int64_t grown = ResidentBytes() - before;
  RecordProperty("bytes_per_idle_connection", static_cast<int>(grown / kIdleConnections));
  EXPECT_LT(grown, kIdleConnections * kBytesPerIdleConnection);
  EXPECT_EQ(patient.Get("/v1/test/rides/r1").status, 200) << "others are served meanwhile";
}

TEST_F(TortureTest, BeyondTheCapConnectionsAreClosed) {
  const TestGateway small([](Config& config) { config.http.connections_per_address = 20; });
  std::vector<std::unique_ptr<HttpConnection>> connections;
  for (int i = 0; i < 50; ++i)
    connections.push_back(std::make_unique<HttpConnection>(small.port()));
  ASSERT_TRUE(WaitUntil([&] { return small.gateway->stats().refused_connections == 30; }));
  connections.clear();
  EXPECT_TRUE(WaitUntil([&] { return small.Get("/v1/test/rides/r1").status == 200; }));
}

}  // namespace
}  // namespace stadtmesh::gateway
