#include "gateway/transcode/wire_to_json.h"

#include <gtest/gtest.h>

#include "gateway/tests/descriptor_sets.h"
#include "gateway_test.pb.h"

namespace stadtmesh::gateway {
namespace {

using gatewaytest::v1::Everything;
using gatewaytest::v1::Ride;

std::string Print(const google::protobuf::Descriptor* descriptor, absl::string_view wire) {
  static Tables* tables = new Tables;
  std::string json;
  const absl::Status status = WireToJson(**tables->Compile(*descriptor), wire, json);
  return status.ok() ? json : std::string(status.message());
}

TEST(WireToJsonTest, PrintsDefaultsWithoutPresenceOnly) {
  EXPECT_EQ(Print(Ride::descriptor(), ""),
            R"({"id":"","seats":0,"colour":"COLOUR_UNSPECIFIED","notes":[]})");
}

TEST(WireToJsonTest, SkipsUnknownFieldsAndPrintsUnknownEnumNumbers) {
  EXPECT_EQ(Print(Ride::descriptor(), absl::string_view("\x30\x4d\xf8\x06\x01\x82\x07\x01x", 9)),
            R"({"id":"","seats":0,"colour":77,"notes":[]})");
}

// The wire format allows all of this; C++ services never send it.
TEST(WireToJsonTest, ReadsEveryLegalOrder) {
  Everything a, b;
  a.mutable_child()->set_an_int32(1);
  a.mutable_child()->add_strings(std::string("x"));
  a.set_choice_text("gone");
  a.add_packed_ints(1);
  a.set_an_int32(5);
  (*a.mutable_string_to_int())["k"] = 1;
  b.mutable_child()->set_an_int32(2);
  b.mutable_child()->add_strings(std::string("y"));
  b.set_choice_flag(true);
  b.add_packed_ints(2);
  b.set_an_int32(6);
  (*b.mutable_string_to_int())["k"] = 2;
  // 21: two unpacked elements behind the packed ones.
  const std::string wire =
      a.SerializeAsString() + b.SerializeAsString() + std::string("\xa8\x01\x03\xa8\x01\x04", 6);
  Everything merged;
  ASSERT_TRUE(merged.ParseFromString(wire));
  EXPECT_EQ(Print(Everything::descriptor(), wire),
            Print(Everything::descriptor(), merged.SerializeAsString()));
}

TEST(WireToJsonTest, ReplacesInvalidUtf8AndEscapes) {
  EXPECT_EQ(Print(Ride::descriptor(), absl::string_view("\x0a\x04\xff"
                                                        "\"\x01"
                                                        "a",
                                                        6)),
            "{\"id\":\"\xef\xbf\xbd\\\"\\u0001a\",\"seats\":0,\"colour\":\"COLOUR_UNSPECIFIED\","
            "\"notes\":[]}");
}

TEST(WireToJsonTest, RefusesMalformedBytes) {
  for (const absl::string_view wire :
       {absl::string_view("\x0a\x05xx", 4), absl::string_view("\x20", 1),
        absl::string_view("\x00", 1),
        absl::string_view("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 11),
        absl::string_view("\x2a\x01\xff", 3), absl::string_view("\x0b", 1)}) {
    EXPECT_EQ(Print(Ride::descriptor(), wire), "malformed bytes of stadtmesh.gatewaytest.v1.Ride");
  }
  std::string deep;
  for (int i = 0; i < 120; ++i) {
    std::string outer = "\x8a\x01";
    for (size_t size = deep.size();; size >>= 7) {
      if (size < 0x80) {
        outer.push_back(static_cast<char>(size));
        break;
      }
      outer.push_back(static_cast<char>(size | 0x80));
    }
    deep = outer + deep;
  }
  EXPECT_EQ(Print(Everything::descriptor(), deep),
            "malformed bytes of stadtmesh.gatewaytest.v1.Everything");
}

TEST(WireToJsonTest, PrintsOneField) {
  Tables tables;
  const MessageTable& table = **tables.Compile(*Everything::descriptor());
  Everything message;
  message.add_strings(std::string("a"));
  std::string json;
  for (const char* field : {"strings", "child", "packed_ints", "a_string"}) {
    ASSERT_TRUE(WireFieldToJson(table, *table.Find(field), message.SerializeAsString(), json).ok());
    json += "|";
  }
  EXPECT_EQ(json, "[\"a\"]|null|[]|\"\"|");
}

}  // namespace
}  // namespace stadtmesh::gateway
