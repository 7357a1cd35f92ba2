#include "gateway/transcode/json_to_wire.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/error.h"
#include "gateway/tests/descriptor_sets.h"
#include "gateway_test.pb.h"

namespace stadtmesh::gateway {
namespace {

using gatewaytest::v1::Everything;
using testing::ElementsAre;

const MessageTable& Table(const google::protobuf::Descriptor* descriptor) {
  static Tables* tables = new Tables;
  return **tables->Compile(*descriptor);
}

Everything Parse(absl::string_view json) {
  const absl::StatusOr<WireRequest> wire = JsonToWire(Table(Everything::descriptor()), json, false);
  EXPECT_TRUE(wire.ok()) << wire.status() << json;
  Everything message;
  EXPECT_TRUE(message.ParseFromString(wire.ok() ? wire->wire : ""));
  return message;
}

struct Complaint {
  std::string reason, field;
  FieldReason why;
  bool operator==(const Complaint&) const = default;
};
void PrintTo(const Complaint& complaint, std::ostream* out) {
  *out << complaint.reason << " " << complaint.field << " " << FieldReasonName(complaint.why);
}

Complaint Refusal(absl::string_view json) {
  const absl::StatusOr<WireRequest> wire = JsonToWire(Table(Everything::descriptor()), json, false);
  EXPECT_FALSE(wire.ok()) << json;
  if (wire.ok()) return {};
  EXPECT_EQ(wire.status().code(), absl::StatusCode::kInvalidArgument);
  const std::optional<ErrorInfo> info = GetErrorInfo(wire.status());
  if (!info) return {};
  if (info->fields.empty()) return {info->reason, "", FieldReason::kInvalidFormat};
  return {info->reason, info->fields[0].field, info->fields[0].reason};
}

Complaint Invalid(absl::string_view field, FieldReason why) {
  return {"INVALID_ARGUMENT", std::string(field), why};
}
Complaint Malformed(absl::string_view field = "") {
  return {"MALFORMED_BODY", std::string(field), FieldReason::kInvalidFormat};
}

TEST(JsonToWireTest, ReadsBothNames) {
  EXPECT_EQ(Parse(R"({"anInt32": 5})").an_int32(), 5);
  EXPECT_EQ(Parse(R"({"an_int32": 5})").an_int32(), 5);
  EXPECT_EQ(Parse(R"({"anotherName": "x"})").renamed(), "x");
  EXPECT_EQ(Parse(R"({"renamed": "x"})").renamed(), "x");
}

TEST(JsonToWireTest, ReadsNumbersAsProtobufDoes) {
  EXPECT_EQ(Parse(R"({"anInt32": 1e3})").an_int32(), 1000);
  EXPECT_EQ(Parse(R"({"anInt32": "-7.0"})").an_int32(), -7);
  EXPECT_EQ(Parse(R"({"anInt64": "9223372036854775807"})").an_int64(), INT64_MAX);
  EXPECT_EQ(Parse(R"({"aUint64": 18446744073709551615})").a_uint64(), UINT64_MAX);
  EXPECT_EQ(Parse(R"({"aDouble": 1e-400})").a_double(), 0);
  EXPECT_TRUE(std::isnan(Parse(R"({"aDouble": "NaN"})").a_double()));
  EXPECT_EQ(Parse(R"({"colour": -2})").colour(), gatewaytest::v1::BLUE);
}

TEST(JsonToWireTest, ReadsTextWithEscapesAndBothBase64s) {
  EXPECT_EQ(Parse(R"({"aString": "\u00e4\ud83d\ude00\n\/"})").a_string(), "ä😀\n/");
  EXPECT_EQ(Parse(R"({"a\u0053tring": "name with an escape"})").a_string(), "name with an escape");
  EXPECT_EQ(Parse(R"({"someBytes": "+/8="})").some_bytes(), "\xfb\xff");
  EXPECT_EQ(Parse(R"({"someBytes": "-_8"})").some_bytes(), "\xfb\xff");
}

TEST(JsonToWireTest, NullIsNotGiven) {
  const Everything message =
      Parse(R"({"child": null, "strings": null, "choiceText": null, "choiceFlag": true,)"
            R"( "maybeInt": null})");
  EXPECT_FALSE(message.has_child());
  EXPECT_FALSE(message.has_maybe_int());
  EXPECT_TRUE(message.choice_flag());
}

TEST(JsonToWireTest, WidensLengthsOfLongMessages) {
  const std::string text(70000, 'x');
  EXPECT_EQ(Parse(absl::StrCat(R"({"child":{"child":{"aString":")", text, R"("},"anInt32":1}})"))
                .child()
                .child()
                .a_string(),
            text);
}

TEST(JsonToWireTest, RefusesWhatIsNoJson) {
  for (const char* json : {"", "{", "}", "nul", R"({"anInt32" 1})", R"({"anInt32":1,})", R"({,})",
                           "{} {}", "{}x", R"({'anInt32':1})", R"({"anInt32":1 "aBool":true})",
                           "\xef\xbb\xbf{}", R"({"aString":"\x"})", "{\"aString\":\"\n\"}",
                           R"({"aString":"\ud800"})", R"({"aString":"\udc00\ud800"})",
                           R"({"aString":")", R"({"aDouble":0x10})", R"({"aDouble":1_000})"}) {
    EXPECT_EQ(Refusal(json).reason, "MALFORMED_BODY") << json;
  }
  EXPECT_EQ(Refusal(absl::string_view("{\"aBool\":true}\0", 15)), Malformed());
  for (const char* number : {"01", "1.", ".5", "+1", "-", "1e", "NaN", "Infinity", "1e+"}) {
    EXPECT_EQ(Refusal(absl::StrCat("{\"aDouble\":", number, "}")), Malformed("aDouble")) << number;
  }
}

TEST(JsonToWireTest, RefusesDuplicates) {
  EXPECT_EQ(Refusal(R"({"anInt32":1,"anInt32":1})"), Invalid("anInt32", FieldReason::kDuplicate));
  EXPECT_EQ(Refusal(R"({"anInt32":1,"an_int32":1})"), Invalid("anInt32", FieldReason::kDuplicate));
  EXPECT_EQ(Refusal(R"({"anInt32":null,"an_int32":1})"),
            Invalid("anInt32", FieldReason::kDuplicate));
  EXPECT_EQ(Refusal(R"({"child":{"farAway":1,"farAway":2}})"),
            Invalid("child.farAway", FieldReason::kDuplicate));
  EXPECT_EQ(Refusal(R"({"stringToInt":{"a":1,"a":1}})"),
            Invalid("stringToInt[a]", FieldReason::kDuplicate));
  EXPECT_EQ(Refusal(R"({"longToString":{"1":"","1.0":""}})"),
            Invalid("longToString[1.0]", FieldReason::kDuplicate));
  EXPECT_EQ(Refusal(R"({"choiceText":"","choiceFlag":false})"),
            Invalid("choiceFlag", FieldReason::kConflict));
}

TEST(JsonToWireTest, SaysWhichValuesThereAreButNotTheOneThatMeansNone) {
  const absl::Status status =
      JsonToWire(Table(Everything::descriptor()), R"({"colour":"GREEN"})", false).status();
  const std::optional<ErrorInfo> info = GetErrorInfo(status);
  ASSERT_TRUE(info && info->fields.size() == 1) << status;
  EXPECT_THAT(info->fields[0].limit, testing::HasSubstr("BLUE"));
  EXPECT_THAT(info->fields[0].limit, testing::Not(testing::HasSubstr("UNSPECIFIED")));
  EXPECT_FALSE(absl::StartsWith(info->fields[0].limit, ",")) << info->fields[0].limit;
}

TEST(JsonToWireTest, RefusesUnknownNamesAndValues) {
  EXPECT_EQ(Refusal(R"({"nope":1})"), Invalid("nope", FieldReason::kUnknownField));
  EXPECT_EQ(Refusal(R"({"children":[{},{"nope":1}]})"),
            Invalid("children[1].nope", FieldReason::kUnknownField));
  EXPECT_EQ(Refusal(R"({"colour":"GREEN"})"), Invalid("colour", FieldReason::kUnknownValue));
  EXPECT_EQ(Refusal(R"({"colour":77})"), Invalid("colour", FieldReason::kUnknownValue));
  EXPECT_EQ(Refusal(R"({"colours":["RED","red"]})"),
            Invalid("colours[1]", FieldReason::kUnknownValue));
}

TEST(JsonToWireTest, RefusesWrongTypesNamingTheField) {
  for (const char* value :
       {"\"x\"", "true", "{}", "[]", "1.5", "\"\"", "\" 1\"", "\"1 \"", "\"0x1\""}) {
    EXPECT_EQ(Refusal(absl::StrCat("{\"anInt32\":", value, "}")),
              Invalid("anInt32", FieldReason::kInvalidFormat))
        << value;
  }
  for (const char* value :
       {"2147483648", "-2147483649", "\"2147483648\"", "1e400", "99999999999999999999"}) {
    EXPECT_EQ(Refusal(absl::StrCat("{\"anInt32\":", value, "}")),
              Invalid("anInt32", FieldReason::kOutOfRange))
        << value;
  }
  EXPECT_EQ(Refusal(R"({"aUint32":-1})"), Invalid("aUint32", FieldReason::kOutOfRange));
  EXPECT_EQ(Refusal(R"({"aFloat":1e39})"), Invalid("aFloat", FieldReason::kOutOfRange));
  EXPECT_EQ(Refusal(R"({"aBool":"true"})"), Invalid("aBool", FieldReason::kInvalidFormat));
  EXPECT_EQ(Refusal(R"({"aBool":1})"), Invalid("aBool", FieldReason::kInvalidFormat));
  EXPECT_EQ(Refusal(R"({"aString":1})"), Invalid("aString", FieldReason::kInvalidFormat));
  EXPECT_EQ(Refusal(R"({"child":[]})"), Invalid("child", FieldReason::kInvalidFormat));
  EXPECT_EQ(Refusal(R"({"strings":{}})"), Invalid("strings", FieldReason::kInvalidFormat));
  EXPECT_EQ(Refusal(R"({"strings":["a",null]})"),
            Invalid("strings[1]", FieldReason::kInvalidFormat));
  EXPECT_EQ(Refusal(R"({"packedInts":[1,null]})"),
            Invalid("packedInts[1]", FieldReason::kInvalidFormat));
  EXPECT_EQ(Refusal(R"({"someBytes":"a"})"), Invalid("someBytes", FieldReason::kInvalidFormat));
  EXPECT_EQ(Refusal(R"({"someBytes":"a==="})"), Invalid("someBytes", FieldReason::kInvalidFormat));
  EXPECT_EQ(Refusal("[]"), Invalid("", FieldReason::kInvalidFormat));
}

TEST(JsonToWireTest, RefusesTimesThatDoNotExist) {
  for (const char* time :
       {"", "2026-02-30T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:00:60Z",
        "2026-01-01 00:00:00Z", "2026-01-01T00:00:00", "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00.1234567890Z", " 2026-01-01T00:00:00Z", "2026-1-1T00:00:00Z",
        "2026-01-01T00:00:00+24:00", "２０２６-01-01T00:00:00Z"}) {
    EXPECT_EQ(Refusal(absl::StrCat("{\"at\":\"", time, "\"}")),
              Invalid("at", FieldReason::kInvalidFormat))
        << time;
  }
  EXPECT_EQ(Refusal(R"({"at":"0000-01-01T00:00:00Z"})"), Invalid("at", FieldReason::kOutOfRange));
  EXPECT_EQ(Refusal(R"({"at":"9999-12-31T23:59:59-01:00"})"),
            Invalid("at", FieldReason::kOutOfRange));
  EXPECT_EQ(Refusal(R"({"at":1})"), Invalid("at", FieldReason::kInvalidFormat));
  EXPECT_EQ(Refusal(R"({"lasts":"1"})"), Invalid("lasts", FieldReason::kInvalidFormat));
  EXPECT_EQ(Refusal(R"({"lasts":"315576000001s"})"), Invalid("lasts", FieldReason::kOutOfRange));
  EXPECT_EQ(Refusal(R"({"mask":"a-b"})"), Invalid("mask", FieldReason::kInvalidFormat));
  EXPECT_EQ(Parse(R"({"at":"2026-11-21T08:30:00.5+01:00"})").at().seconds(), 1795246200);
}

TEST(JsonToWireTest, RefusesInvalidUtf8) {
  for (const char* bytes : {"\x80", "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                            "\xff", "\xc3", "\xf0\x9f\x98", "\\n\xff"}) {
    EXPECT_EQ(Refusal(absl::StrCat("{\"child\":{\"aString\":\"", bytes, "\"}}")),
              Invalid("child.aString", FieldReason::kInvalidUtf8));
  }
  EXPECT_EQ(Refusal("{\"\xff\":1}").why, FieldReason::kInvalidUtf8);
}

TEST(JsonToWireTest, EndsAtItsLimits) {
  std::string deep, shallow;
  for (int i = 0; i < 100000; ++i) deep += "{\"child\":";
  EXPECT_EQ(Refusal(deep).why, FieldReason::kTooLong);
  EXPECT_EQ(Refusal("{\"a\":" + std::string(100000, '[')).why, FieldReason::kUnknownField);
  std::string many = "{\"children\":[{}";
  for (int i = 0; i < 20000; ++i) many += ",{}";
  EXPECT_EQ(Refusal(many + "]}"), Invalid("children[20000]", FieldReason::kTooLong));
  EXPECT_LT(GetErrorInfo(JsonToWire(Table(Everything::descriptor()),
                                    "{\"" + std::string(10000, 'a') + "\":1}", false)
                             .status())
                ->fields[0]
                .field.size(),
            100u);
}

TEST(JsonToWireTest, GivesThePathsForAMask) {
  const auto paths = [](absl::string_view json) {
    return JsonToWire(Table(Everything::descriptor()), json, true)->paths;
  };
  EXPECT_THAT(paths(R"({"anInt32":1,"child":{"aString":"x","at":"2026-01-01T00:00:00Z"},)"
                    R"("strings":["a"],"stringToInt":{"k":1}})"),
              ElementsAre("an_int32", "child.a_string", "child.at", "strings", "string_to_int"));
  EXPECT_THAT(
      paths(R"({"child":null,"choiceChild":{},"children":[{"anInt32":1}],"int64Value":"1"})"),
      ElementsAre("child", "choice_child", "children", "int64_value"));
  EXPECT_THAT(paths("{}"), ElementsAre());
}

TEST(JsonToWireTest, ReadsABodyBoundToOneField) {
  const MessageTable& table = Table(Everything::descriptor());
  const auto parse = [&](absl::string_view field, absl::string_view json) {
    const auto wire = JsonFieldToWire(*table.Find(field), json, true);
    Everything message;
    EXPECT_TRUE(wire.ok() && message.ParseFromString(wire->wire)) << wire.status();
    return message;
  };
  EXPECT_EQ(parse("child", R"({"anInt32":3})").child().an_int32(), 3);
  EXPECT_EQ(parse("a_string", R"("x")").a_string(), "x");
  EXPECT_EQ(parse("children", R"([{},{"anInt32":3}])").children(1).an_int32(), 3);
  EXPECT_EQ(parse("string_to_int", R"({"a":3})").string_to_int().at("a"), 3);
  EXPECT_THAT(JsonFieldToWire(*table.Find("child"), R"({"child":{"anInt32":3}})", true)->paths,
              ElementsAre("child.an_int32"));
}

}  // namespace
}  // namespace stadtmesh::gateway
