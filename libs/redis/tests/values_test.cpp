#include <gtest/gtest.h>

#include "redis/address.h"
#include "redis/command.h"
#include "redis/reply.h"
#include "redis/script.h"

namespace stadtmesh::redis {
namespace {

TEST(Address, ReadsWhatItWrites) {
  for (const char* text :
       {"unix:/run/redis.sock", "redis.example:6380", "127.0.0.1:6379", "[::1]:7000"}) {
    EXPECT_EQ(ParseAddress(text)->ToString(), text);
  }
  EXPECT_EQ(ParseAddress("redis")->port, 6379);
}

TEST(Address, RefusesOtherForms) {
  for (const char* text :
       {"", "unix:", "host:", "host:0", "host:65536", "host:x", ":6379", "[::1", "[::1]x"}) {
    EXPECT_EQ(ParseAddress(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(Command, IsWrittenAsArraysOfBytes) {
  Command command{"SET", absl::string_view("a\0\r\n", 4)};
  command.Arg(-5);
  EXPECT_EQ(command.Header() + command.body(),
            std::string("*3\r\n$3\r\nSET\r\n$4\r\na\0\r\n\r\n$2\r\n-5\r\n", 31));
}

TEST(Script, HasTheHashThatRedisComputes) {
  EXPECT_EQ(Script("return 1").sha1(), "e0e1f9fabfc9d4800c877a703b823ac0578ff8db");
}

TEST(ErrorReply, SaysWhatACallerCanDo) {
  EXPECT_EQ(ErrorReplyStatus("LOADING Redis is loading").code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ErrorReplyStatus("READONLY replica").code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ErrorReplyStatus("OOM command not allowed").code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ErrorReplyStatus("NOAUTH Authentication required.").code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(ErrorReplyStatus("NOSCRIPT No matching script.").code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ErrorReplyStatus("WRONGTYPE Operation").code(), absl::StatusCode::kInternal);
  const absl::Status moved = ErrorReplyStatus("MOVED 3999 127.0.0.1:6381");
  EXPECT_EQ(moved.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(moved.message().find("Redis Cluster"), absl::string_view::npos);
}

}  // namespace
}  // namespace stadtmesh::redis
