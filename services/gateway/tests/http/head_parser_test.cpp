#include "gateway/http/head_parser.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace stadtmesh::gateway {
namespace {

int Status(absl::string_view head) {
  Request request;
  Framing framing;
  const auto refused = ParseHead(head, {}, request, framing);
  return refused ? refused->status : 200;
}

int WithHeaders(absl::string_view headers, absl::string_view line = "POST /a HTTP/1.1") {
  return Status(absl::StrCat(line, "\r\nHost: x\r\n", headers, "\r\n"));
}

TEST(HeadParserTest, Accepts) {
  Request request;
  Framing framing;
  ASSERT_FALSE(
      ParseHead("POST /a?b=c HTTP/1.1\r\nHost: Bus.Example:8080\r\nX-A:  1 \r\nX-a: "
                "2\r\ncontent-length: 12\r\n\r\n",
                {}, request, framing));
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/a?b=c");
  EXPECT_EQ(request.path(), "/a");
  EXPECT_EQ(request.query(), "b=c");
  EXPECT_EQ(request.host, "bus.example");
  EXPECT_EQ(request.Header("x-a"), "1");
  EXPECT_EQ(framing.length, 12u);
  EXPECT_TRUE(framing.keep_alive);
  EXPECT_EQ(Status("GET http://x/a HTTP/1.1\r\nHost: x\r\n\r\n"), 200);
  EXPECT_EQ(Status("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"), 200);
  EXPECT_EQ(Status("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"), 200);
  EXPECT_EQ(Status("GET / HTTP/1.1\r\nHost: x:\r\n\r\n"), 200);
  EXPECT_EQ(Status("GET / HTTP/1.1\r\nHost: [::1]:\r\n\r\n"), 200);
  EXPECT_EQ(WithHeaders("Transfer-Encoding: Chunked\r\n"), 200);
}

// RFC 9110, 3986: a full name may end in the root's dot, and is the same host then.
TEST(HeadParserTest, TheRootsDotIsNoPartOfTheHost) {
  for (const char* header : {"Bus.Example.", "bus.example.:8080", "bus.example"}) {
    Request request;
    Framing framing;
    ASSERT_FALSE(
        ParseHead(absl::StrCat("GET http://bus.example./a HTTP/1.1\r\nHost: ", header, "\r\n\r\n"),
                  {}, request, framing))
        << header;
    EXPECT_EQ(request.host, "bus.example");
    EXPECT_EQ(request.target, "/a");
  }
  EXPECT_EQ(Status("GET / HTTP/1.1\r\nHost: .\r\n\r\n"), 400);
}

TEST(HeadParserTest, RefusesEveryFramingThatAProxyMayReadOtherwise) {
  for (const char* headers : {"Content-Length: 1\r\nContent-Length: 1\r\n",
                              "Content-Length: 1\r\nContent-Length: 2\r\n",
                              "Content-Length: 1, 1\r\n",
                              "Content-Length: +1\r\n",
                              "Content-Length: -1\r\n",
                              "Content-Length: 1 1\r\n",
                              "Content-Length: 0x1\r\n",
                              "Content-Length:\r\n",
                              "Content-Length: 99999999999999999999\r\n",
                              "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n",
                              "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
                              "Transfer-Encoding: chunked, chunked\r\n",
                              "Transfer-Encoding: gzip, chunked\r\n",
                              "Transfer-Encoding: chunked, identity\r\n",
                              "Transfer-Encoding: identity\r\n",
                              "Transfer-Encoding: xchunked\r\n",
                              "Transfer-Encoding:\r\n",
                              "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                              "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
                              "Transfer-Encoding : chunked\r\n",
                              "Content-Length : 1\r\n",
                              "Transfer-Encoding: \x0b"
                              "chunked\r\n",
                              "Transfer-Encoding: \"chunked\"\r\n",
                              "Transfer_Encoding: chunked\n\r\n",
                              "X: a\r\n Transfer-Encoding: chunked\r\n",
                              "X: a\rTransfer-Encoding: chunked\r\n",
                              "X: a\nTransfer-Encoding: chunked\r\n",
                              "Host: y\r\n",
                              "Host: x\r\n",
                              " Leading: space\r\n",
                              "NoColon\r\n",
                              ": empty\r\n",
                              "X: a\x7f\r\n",
                              "X: \xc3\xa4\r\n",
                              "\xc3\xa4: x\r\n"}) {
    EXPECT_EQ(WithHeaders(headers), 400) << headers;
  }
  EXPECT_EQ(WithHeaders(absl::string_view("X: a\0b\r\n", 8)), 400);
  EXPECT_EQ(WithHeaders("Transfer-Encoding: chunked\r\n", "POST /a HTTP/1.0"), 400);
}

TEST(HeadParserTest, RefusesTargetsHostsAndVersions) {
  for (const char* head :
       {"GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\r\nHost:\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "GET / HTTP/1.1\r\nHost: x:99999\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: :\r\n\r\n", "GET / HTTP/1.1\r\nHost: x::\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x@y\r\n\r\n", "GET / HTTP/1.1\r\nHost: x/../y\r\n\r\n",
        "GET http://y/ HTTP/1.1\r\nHost: x\r\n\r\n", "GET a HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET * HTTP/1.1\r\nHost: x\r\n\r\n", "CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /a#b HTTP/1.1\r\nHost: x\r\n\r\n", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /\r\nHost: x\r\n\r\n", "\r\n\r\n", "G\x01T / HTTP/1.1\r\nHost: x\r\n\r\n"}) {
    EXPECT_EQ(Status(head), 400) << head;
  }
  EXPECT_EQ(Status("GET / HTTP/1.1 \r\nHost: x\r\n\r\n"), 505);
  EXPECT_EQ(Status("GET / HTTP/2.0\r\nHost: x\r\n\r\n"), 505);
  EXPECT_EQ(WithHeaders("Expect: something\r\n"), 417);
  EXPECT_EQ(WithHeaders("", absl::StrCat("GET /", std::string(9000, 'a'), " HTTP/1.1")), 414);
  EXPECT_EQ(WithHeaders(absl::StrCat("X: ", std::string(20000, 'a'), "\r\n")), 431);
  std::string many;
  for (int i = 0; i < 200; ++i) absl::StrAppend(&many, "X", i, ": 1\r\n");
  EXPECT_EQ(WithHeaders(many), 431);
}

}  // namespace
}  // namespace stadtmesh::gateway
