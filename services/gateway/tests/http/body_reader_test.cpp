#include "gateway/http/body_reader.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace stadtmesh::gateway {
namespace {

using State = BodyReader::State;

struct Result {
  State state;
  std::string body, rest;
};

// Fed in pieces of `piece` bytes.
Result Read(absl::string_view bytes, size_t piece, size_t limit = 1000) {
  BodyReader reader({.chunked = true}, limit);
  std::string rest;
  while (!bytes.empty() && reader.state() == State::kMore) {
    absl::string_view part = bytes.substr(0, piece);
    bytes.remove_prefix(part.size());
    reader.Feed(part);
    rest = absl::StrCat(part, bytes);
  }
  return {reader.state(), reader.body(), rest};
}

TEST(BodyReaderTest, ReadsChunksExtensionsAndTrailers) {
  for (const size_t piece : {1, 2, 3, 1000}) {
    const Result result = Read(
        "4\r\nWiki\r\n5;a=b;c=\"d\"\r\npedia\r\n0;x\r\nTrailer: dropped\r\nContent-Length: "
        "5\r\n\r\nGET",
        piece);
    EXPECT_EQ(result.state, State::kDone);
    EXPECT_EQ(result.body, "Wikipedia");
    EXPECT_EQ(result.rest, "GET");
  }
}

TEST(BodyReaderTest, RefusesEverythingElse) {
  for (const char* bytes : {"x\r\n", "\r\n", "0x4\r\nWiki\r\n", " 4\r\nWiki", "+4\r\nWiki",
                            "-1\r\n", "4\nWiki", "4\r\nWikiX\r\n", "4\r\nWiki\n0\r\n", "4 x\r\n",
                            "11111111111111111\r\n", "4;\x01\r\n", "4\r\rWiki", "4\r\nWiki4\r\n"}) {
    EXPECT_EQ(Read(bytes, 1).state, State::kMalformed) << bytes;
    EXPECT_EQ(Read(bytes, 1000).state, State::kMalformed) << bytes;
  }
  EXPECT_EQ(Read(absl::StrCat("1;", std::string(300, 'x'), "\r\n"), 7).state, State::kMalformed);
  EXPECT_EQ(Read(absl::StrCat("0\r\nX: ", std::string(5000, 'x'), "\r\n\r\n"), 7).state,
            State::kMalformed);
  std::string trailers = "0\r\n";
  for (int i = 0; i < 1000; ++i) absl::StrAppend(&trailers, "X: 1\r\n");
  EXPECT_EQ(Read(trailers, 7).state, State::kMalformed);
}

TEST(BodyReaderTest, EndsAtTheLimit) {
  EXPECT_EQ(Read("3e9\r\n", 1000).state, State::kTooLarge);
  EXPECT_EQ(Read("fffffffffffffff\r\n", 1000).state, State::kTooLarge);
  EXPECT_EQ(Read("1f4\r\n" + std::string(500, 'x') + "\r\n1f5\r\n", 1000).state, State::kTooLarge);
  std::string tiny;  // a byte per chunk with as much extension as is allowed
  for (int i = 0; i < 200; ++i) absl::StrAppend(&tiny, "1;", std::string(250, 'x'), "\r\nx\r\n");
  EXPECT_EQ(Read(tiny, 1000).state, State::kTooLarge);
  EXPECT_EQ(BodyReader({.length = 1001}, 1000).state(), State::kTooLarge);
  EXPECT_EQ(BodyReader({.length = 0}, 0).state(), State::kDone);
}

RC_GTEST_PROP(BodyReaderTest, WhateverTheCutsTheBodyIsTheSame, (const std::string& body)) {
  const size_t piece = *rc::gen::inRange<size_t>(1, 50);
  std::string bytes;
  for (size_t at = 0; at < body.size();) {
    const size_t size = std::min(*rc::gen::inRange<size_t>(1, 20), body.size() - at);
    absl::StrAppend(&bytes, absl::StrFormat("%x\r\n", size), body.substr(at, size), "\r\n");
    at += size;
  }
  const Result result = Read(absl::StrCat(bytes, "0\r\n\r\nrest"), piece, body.size());
  RC_ASSERT(result.state == State::kDone);
  RC_ASSERT(result.body == body);
  RC_ASSERT(result.rest == "rest");
}

}  // namespace
}  // namespace stadtmesh::gateway
