#include "rpc/status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/error.h"

namespace stadtmesh::rpc {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Status, DetailsSurviveTheWire) {
  const ErrorInfo info{.domain = "buergerbus",
                       .reason = "NO_VEHICLE",
                       .fields = {{"pickup.time", FieldReason::kInPast, ""},
                                  {"people", FieldReason::kOutOfRange, "1..8"}},
                       .metadata = {{"nearest", "12:00"}}};
  const absl::Status status = MakeError(absl::StatusCode::kFailedPrecondition, info, "no vehicle");
  const absl::Status back = FromWire(ToWire(status));
  EXPECT_EQ(back.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(back.message(), "no vehicle");
  EXPECT_EQ(GetErrorInfo(back), info);
}

TEST(Status, EveryCodeAndFieldReasonIsConvertedBothWays) {
  for (int code = 1; code <= 16; ++code) {
    const absl::Status status(static_cast<absl::StatusCode>(code), "x");
    EXPECT_EQ(FromWire(ToWire(status)).code(), status.code());
    EXPECT_EQ(GetErrorInfo(FromWire(ToWire(status)))->reason, CommonReason(status.code()));
  }
  for (int i = 0; i < kFieldReasonCount; ++i) {
    const absl::Status status = InvalidField("f", static_cast<FieldReason>(i), "1:2");
    EXPECT_EQ(GetErrorInfo(FromWire(ToWire(status))), GetErrorInfo(status));
  }
  EXPECT_TRUE(FromWire(ToWire(absl::OkStatus())).ok());
}

TEST(Status, WhatWentWrongInsideStaysInside) {
  EXPECT_THAT(ToWire(absl::InternalError("key 47 of redis")).error_message(), Not(HasSubstr("47")));
  EXPECT_THAT(ToWire(absl::InternalError("key 47 of redis")).error_details(), Not(HasSubstr("47")));
}

TEST(Status, ForeignDetailsDoNotHurt) {
  const absl::Status status =
      FromWire(grpc::Status(grpc::StatusCode::NOT_FOUND, "x", "\xff\xff rubbish"));
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_EQ(GetErrorInfo(status)->reason, "NOT_FOUND");
  // No code of the protocol, but a value the enum can hold: anything wider would be undefined
  // before FromWire sees it.
  EXPECT_EQ(FromWire(grpc::Status(static_cast<grpc::StatusCode>(17), "x")).code(),
            absl::StatusCode::kUnknown);
}

RC_GTEST_PROP(Status, AnyDetailsFitTheTrailers, ()) {
  ErrorInfo info{.domain = "buergerbus", .reason = "X"};
  const int fields = *rc::gen::inRange(0, 300);
  for (int i = 0; i < fields; ++i)
    info.fields.push_back(
        {std::string(*rc::gen::inRange<size_t>(0, 200), 'f'), FieldReason::kTooLong, "12"});
  const int facts = *rc::gen::inRange(0, 50);
  for (int i = 0; i < facts; ++i)
    info.metadata[std::to_string(i)] = std::string(*rc::gen::inRange<size_t>(0, 300), 'v');
  const grpc::Status wire = ToWire(MakeError(absl::StatusCode::kInvalidArgument, info,
                                             std::string(*rc::gen::inRange<size_t>(0, 9000), 'm')));
  RC_ASSERT(wire.error_details().size() + wire.error_message().size() <= kLargestDetails);
  const auto back = GetErrorInfo(FromWire(wire));
  RC_ASSERT(back->reason == "X");
}

}  // namespace
}  // namespace stadtmesh::rpc
