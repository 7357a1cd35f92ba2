// Raw answers in pieces: whole, at the reader's pace, and visibly broken when the call breaks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "base/error.h"
#include "gateway/tests/test_gateway.h"

namespace stadtmesh::gateway {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

using Pieces = rpc::Writer<http::v1::RawResponse>;
constexpr size_t kPiece = 64 * 1024;
constexpr char kGet[] = "GET /v1/test/downloads/photo HTTP/1.1\r\nhost: localhost\r\n\r\n";

http::v1::RawResponse Head(absl::string_view type) {
  http::v1::RawResponse head;
  head.set_status(206);
  head.add_headers()->set_name("Content-Type");
  head.mutable_headers(0)->set_value(std::string(type));
  return head;
}

http::v1::RawResponse Piece(size_t size, char letter) {
  http::v1::RawResponse piece;
  piece.set_body(std::string(size, letter));
  return piece;
}

RideHandlers Download(std::function<absl::Status(Pieces&)> write) {
  RideHandlers handlers;
  handlers.download = [write = std::move(write)](const http::v1::RawRequest&, Pieces& pieces) {
    return write(pieces);
  };
  return handlers;
}

TEST(RawStreamTest, ArrivesWhole) {
  const TestGateway test({}, Download([](Pieces& pieces) -> absl::Status {
                           if (absl::Status status = pieces.Write(Head("image/png")); !status.ok())
                             return status;
                           for (const char letter : {'a', 'b', 'c'}) {
                             if (absl::Status status = pieces.Write(Piece(kPiece, letter));
                                 !status.ok())
                               return status;
                           }
                           return absl::OkStatus();
                         }));
  HttpConnection connection(test.port());
  ASSERT_TRUE(connection.Send(kGet));
  const HttpReply head = connection.Receive();
  EXPECT_EQ(head.status, 206);
  EXPECT_EQ(head.headers.at("content-type"), "image/png");
  std::string expected;
  for (const char letter : {'a', 'b', 'c'})
    absl::StrAppend(&expected, "10000\r\n", std::string(kPiece, letter), "\r\n");
  EXPECT_TRUE(connection.ReadUntil("\r\n0\r\n\r\n") == expected + "0\r\n\r\n");
}

TEST(RawStreamTest, ARefusalBeforeTheFirstPieceIsAProblem) {
  const TestGateway test({}, Download([](Pieces&) {
                           return CommonError(absl::StatusCode::kNotFound, "NOT_FOUND", "no photo");
                         }));
  const HttpReply reply = test.Get("/v1/test/downloads/photo");
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(reply.headers.at("content-type"), "application/problem+json");
  const TestGateway silent({}, Download([](Pieces&) { return absl::OkStatus(); }));
  EXPECT_EQ(silent.Get("/v1/test/downloads/photo").status, 500);
}

TEST(RawStreamTest, ABreakMidwayShows) {
  const TestGateway test({}, Download([](Pieces& pieces) -> absl::Status {
                           if (absl::Status status = pieces.Write(Head("text/plain")); !status.ok())
                             return status;
                           if (absl::Status status = pieces.Write(Piece(10, 'a')); !status.ok())
                             return status;
                           return absl::InternalError("disk");
                         }));
  HttpConnection connection(test.port());
  ASSERT_TRUE(connection.Send(kGet));
  EXPECT_THAT(connection.ReadUntil("no such text"), Not(EndsWith("0\r\n\r\n")));
}

TEST(RawStreamTest, ASlowReaderSlowsTheServiceAndOneThatLeavesEndsTheCall) {
  std::atomic<int> written{0};
  absl::Notification ended;
  absl::Status status;
  {
    const TestGateway test({}, Download([&](Pieces& pieces) -> absl::Status {
                             status = pieces.Write(Head("text/plain"));
                             while (status.ok()) {
                               status = pieces.Write(Piece(kPiece, 'x'));
                               ++written;
                             }
                             ended.Notify();
                             return status;
                           }));
    HttpConnection connection(test.port());
    ASSERT_TRUE(connection.Send(kGet));
    EXPECT_EQ(connection.Receive().status, 206);
    // Nobody reads: the service goes on until the sockets' buffers are full.
    int seen = -1;
    const absl::Time deadline = absl::Now() + absl::Seconds(8);
    while (std::exchange(seen, written.load()) != written.load() && absl::Now() < deadline)
      absl::SleepFor(absl::Milliseconds(300));
    EXPECT_LT(written, 500) << "32 MiB are more than the kernel and two windows hold";
    EXPECT_FALSE(ended.HasBeenNotified());
    connection.Abort();
    EXPECT_TRUE(ended.WaitForNotificationWithTimeout(absl::Seconds(10)));
  }
  EXPECT_TRUE(absl::IsCancelled(status)) << status;
}

}  // namespace
}  // namespace stadtmesh::gateway
