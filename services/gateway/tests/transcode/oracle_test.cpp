// protobuf's own JSON as the oracle: for random messages of every proto in the tree each parses the
// other's output to an equal message.
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <memory>
#include <random>

#include "gateway/tests/descriptor_sets.h"
#include "gateway/tests/random_message.h"
#include "gateway/transcode/json_to_wire.h"
#include "gateway/transcode/table.h"
#include "gateway/transcode/wire_to_json.h"

namespace stadtmesh::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Message;

class OracleTest : public testing::Test {
 protected:
  bool Equal(const Message& a, const Message& b) {
    google::protobuf::util::MessageDifferencer differencer;
    google::protobuf::util::DefaultFieldComparator comparator;
    comparator.set_treat_nan_as_equal(true);
    differencer.set_field_comparator(&comparator);
    differencer.ReportDifferencesToString(&difference_);
    return differencer.Compare(a, b);
  }

  void Check(const MessageTable& table, const Message& message) {
    const std::string wire = message.SerializeAsString();
    std::string ours;
    ASSERT_TRUE(WireToJson(table, wire, ours).ok()) << message.ShortDebugString();
    std::unique_ptr<Message> parsed(message.New());
    const auto status = google::protobuf::util::JsonStringToMessage(ours, parsed.get());
    ASSERT_TRUE(status.ok()) << status.ToString() << "\n" << ours;
    ASSERT_TRUE(Equal(message, *parsed)) << difference_ << "\n" << ours;

    std::string theirs;
    google::protobuf::util::JsonPrintOptions options;
    options.always_print_primitive_fields = wire.size() % 2 == 0;
    options.preserve_proto_field_names = wire.size() % 3 == 0;
    ASSERT_TRUE(google::protobuf::util::MessageToJsonString(message, &theirs, options).ok());
    for (const std::string& json : {theirs, ours}) {
      const absl::StatusOr<WireRequest> back = JsonToWire(table, json, false);
      ASSERT_TRUE(back.ok()) << back.status() << "\n" << json;
      ASSERT_TRUE(parsed->ParseFromString(back->wire)) << json;
      ASSERT_TRUE(Equal(message, *parsed)) << difference_ << "\n" << json;
    }
  }

  std::string difference_;
};

TEST_F(OracleTest, AgreesOnRandomMessagesOfEveryProto) {
  const std::unique_ptr<google::protobuf::DescriptorPool> pool = TestPool();
  google::protobuf::DynamicMessageFactory factory(pool.get());
  std::mt19937_64 random(20261121);
  Tables tables;
  int types = 0;
  for (const Descriptor* descriptor : StadtmeshMessages(*pool)) {
    const absl::StatusOr<const MessageTable*> table = tables.Compile(*descriptor);
    ASSERT_TRUE(table.ok()) << table.status();
    ++types;
    for (int i = 0; i < 60; ++i) {
      std::unique_ptr<Message> message(factory.GetPrototype(descriptor)->New());
      FillRandom(*message, random);
      ASSERT_NO_FATAL_FAILURE(Check(**table, *message)) << descriptor->full_name();
    }
  }
  EXPECT_GE(types, 25);
}

// Where protobuf accepts what we accept, both must mean the same; we may refuse more.
TEST_F(OracleTest, WhatIsAcceptedMeansTheSame) {
  const std::unique_ptr<google::protobuf::DescriptorPool> pool = TestPool();
  google::protobuf::DynamicMessageFactory factory(pool.get());
  const Descriptor* descriptor = pool->FindMessageTypeByName("stadtmesh.gatewaytest.v1.Everything");
  Tables tables;
  const MessageTable& table = **tables.Compile(*descriptor);
  std::mt19937_64 random(7);
  int accepted = 0;
  for (int i = 0; i < 3000; ++i) {
    std::unique_ptr<Message> message(factory.GetPrototype(descriptor)->New());
    FillRandom(*message, random, 1);
    std::string json;
    ASSERT_TRUE(WireToJson(table, message->SerializeAsString(), json).ok());
    // One byte replaced by one that JSON gives a meaning.
    json[random() % json.size()] = "\"{}[]:,0129-+.eE\\ntu \x80\xff"[random() % 24];
    const absl::StatusOr<WireRequest> ours = JsonToWire(table, json, false);
    if (!ours.ok()) continue;
    std::unique_ptr<Message> theirs(message->New());
    const auto status = google::protobuf::util::JsonStringToMessage(json, theirs.get());
    ASSERT_TRUE(status.ok()) << status.ToString() << "\n" << json;
    ASSERT_TRUE(message->ParseFromString(ours->wire));
    ASSERT_TRUE(Equal(*theirs, *message)) << difference_ << "\n" << json;
    ++accepted;
  }
  EXPECT_GT(accepted, 300);
}

}  // namespace
}  // namespace stadtmesh::gateway
