#include "gateway/docs/openapi.h"

#include <gmock/gmock.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/docs/comments.h"
#include "gateway/docs/plain_page.h"
#include "gateway/pages.h"
#include "gateway/tests/descriptor_sets.h"
#include "gateway/transcode/json_to_wire.h"

namespace stadtmesh::gateway {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Not;

class OpenApiTest : public testing::Test {
 protected:
  OpenApiTest() {
    auto api = Api::Load(TestDescriptorSet());
    EXPECT_TRUE(api.ok()) << api.status();
    api_ = *std::move(api);
    text_ = MakeOpenApi(*api_, api_->packages());
    const auto status = google::protobuf::util::JsonStringToMessage(text_, &document_);
    EXPECT_TRUE(status.ok()) << status.ToString();
  }
  const Struct& At(const Struct& object, const std::string& name) const {
    return object.fields().at(name).struct_value();
  }

  void CollectReferences(const Value& value, std::set<std::string>& references) const {
    if (value.has_list_value()) {
      for (const Value& element : value.list_value().values())
        CollectReferences(element, references);
    }
    for (const auto& [name, member] : value.struct_value().fields()) {
      if (name == "$ref" && member.kind_case() == Value::kStringValue)
        references.insert(member.string_value());
      else
        CollectReferences(member, references);
    }
  }

  std::unique_ptr<Api> api_;
  std::string text_;
  Struct document_;
};

TEST_F(OpenApiTest, DescribesEveryRouteWithAllItsAnswers) {
  EXPECT_EQ(document_.fields().at("openapi").string_value(), "3.1.0");
  std::set<std::string> operations;
  for (const Route& route : api_->routes()) {
    const auto path = At(document_, "paths").fields().find(route.path.OpenApiPath());
    ASSERT_NE(path, At(document_, "paths").fields().end()) << route.label;
    const Struct& operation =
        At(path->second.struct_value(), absl::AsciiStrToLower(route.http_method));
    EXPECT_TRUE(operations.insert(operation.fields().at("operationId").string_value()).second)
        << route.label;
    for (const char* status : {"400", "401", "404", "421", "429", "500", "503", "504"}) {
      EXPECT_EQ(At(operation, "responses").fields().count(status), 1u)
          << route.label << " " << status;
    }
    const bool body = route.body != Route::Body::kNone || route.raw_request;
    EXPECT_EQ(At(operation, "responses").fields().count("413"), body ? 1u : 0u) << route.label;
  }
}

// Nobody is a citizen, a driver and the city at once: everybody finds their own calls together.
TEST_F(OpenApiTest, GroupsCallsByWhoMayMakeThem) {
  std::vector<std::string> groups;
  for (const Value& tag : document_.fields().at("tags").list_value().values())
    groups.push_back(tag.struct_value().fields().at("name").string_value());
  for (const Route& route : api_->routes()) {
    const Struct& path = At(At(document_, "paths"), route.path.OpenApiPath());
    const Struct& operation = At(path, absl::AsciiStrToLower(route.http_method));
    const auto& tags = operation.fields().at("tags").list_value().values();
    EXPECT_FALSE(tags.empty()) << route.label;
    for (const Value& tag : tags) EXPECT_THAT(groups, Contains(tag.string_value()));
    const bool everyone = tags[0].string_value() == absl::StrCat(route.service, " for everyone");
    EXPECT_EQ(everyone, route.anyone) << route.label;
  }
  EXPECT_THAT(groups, IsSupersetOf({"buergerbus for everyone", "buergerbus for citizens",
                                    "buergerbus for drivers", "buergerbus for dispatchers",
                                    "buergerbus for the city", "gatewaytest for everyone"}));
  EXPECT_EQ(groups[0], "Gateway") << "where tokens come from";
  EXPECT_EQ(groups[2], "buergerbus for citizens") << "whom most people belong to";
}

TEST_F(OpenApiTest, EveryReferenceHasItsTarget) {
  Value whole;
  *whole.mutable_struct_value() = document_;
  std::set<std::string> references;
  CollectReferences(whole, references);
  EXPECT_GT(references.size(), 5u);
  for (const std::string& reference : references) {
    const std::string schemas = "#/components/schemas/", responses = "#/components/responses/";
    const bool schema = reference.rfind(schemas, 0) == 0;
    const Struct& section = At(At(document_, "components"), schema ? "schemas" : "responses");
    EXPECT_EQ(section.fields().count(reference.substr(schema ? schemas.size() : responses.size())),
              1u)
        << reference;
  }
}

TEST_F(OpenApiTest, CarriesCommentsReasonsAndSecurity) {
  EXPECT_THAT(text_, HasSubstr("as on the sign, e.g. \\\"Rathaus\\\""));
  EXPECT_THAT(text_, HasSubstr("\"scheme\":\"bearer\""));
  EXPECT_THAT(text_, HasSubstr("board, my-rides"));
}

TEST_F(OpenApiTest, ACallThatDeclaresItsRefusalsListsNoOthers) {
  const auto responses = [&](const char* path, const char* method) {
    return At(At(At(At(document_, "paths"), path), method), "responses").fields();
  };
  EXPECT_EQ(responses("/v1/test/rides/{id}:cancel", "post").count("409"), 1u);
  EXPECT_EQ(responses("/v1/test/rides/{id}:cancel", "post").count("410"), 0u);
  EXPECT_EQ(responses("/v1/test/rides", "post").count("410"), 1u);
  EXPECT_THAT(text_, HasSubstr("May be refused with `NO_SEAT_LEFT` (409)"));
}

TEST_F(OpenApiTest, LeavesOutWhatIsNotServed) {
  const std::string text = MakeOpenApi(*api_, {});
  EXPECT_EQ(text.find("/v1/test/"), std::string::npos);
  EXPECT_THAT(text, HasSubstr("/v1/guest-token"));
}

// Swagger UI fills them in: whoever tries a call finds a body that is one.
TEST_F(OpenApiTest, EveryBodyHasAnExampleThatIsOne) {
  int examples = 0;
  for (const Route& route : api_->routes()) {
    if (route.body == Route::Body::kNone || route.raw_request || route.service != "buergerbus")
      continue;
    const bool whole = route.body == Route::Body::kAll;
    const auto& request = *route.method->input_type();
    if (whole && static_cast<size_t>(request.field_count()) == route.variables.size()) continue;
    const std::string example = ExampleOf(
        whole ? request : *request.FindFieldByName(route.body_field->name)->message_type());
    EXPECT_NE(example, "") << route.label;
    const StaticPage page{.body = example, .has_dates = true};
    const auto wire = JsonToWire(whole ? *route.request : *route.body_field->message,
                                 page.BodyAt(absl::Now()), false);
    EXPECT_TRUE(wire.ok()) << route.label << " " << wire.status();
    EXPECT_THAT(text_, HasSubstr(absl::StrCat(",\"example\":", example, "}")));
    ++examples;
  }
  EXPECT_GT(examples, 10);
}

TEST_F(OpenApiTest, EveryPathParameterSaysWhatItIs) {
  for (const Route& route : api_->routes()) {
    if (route.service != "buergerbus") continue;
    const Struct& path = At(At(document_, "paths"), route.path.OpenApiPath());
    const Struct& operation = At(path, absl::AsciiStrToLower(route.http_method));
    for (const Value& each : operation.fields().at("parameters").list_value().values()) {
      const auto& parameter = each.struct_value().fields();
      if (parameter.at("in").string_value() != "path") continue;
      EXPECT_EQ(parameter.count("description"), 1u) << route.label;
      EXPECT_EQ(parameter.count("example"), 1u) << route.label;
    }
  }
}

TEST_F(OpenApiTest, ListsTheErrorsOnAPage) {
  EXPECT_THAT(
      MakeProblemsPage(*api_),
      AllOf(HasSubstr("<a href=\"/problems/gatewaytest/NO_SEAT_LEFT\"><code>NO_SEAT_LEFT"
                      "</code></a> 409<dd lang=\"de\">Kein Platz mehr frei.<dd>No seat left."),
            HasSubstr("<code>OUT_OF_RANGE</code>"), Not(HasSubstr("UNSPECIFIED"))));
}

TEST_F(OpenApiTest, PlainPageIsEscaped) {
  EXPECT_THAT(MakePlainPage(*api_, api_->packages()),
              HasSubstr("<code>GET /v1/test/rides/{id}</code>"));
}

TEST_F(OpenApiTest, WithoutSwaggerUiTheDocumentationIsThatPage) {
  const Pages plain(*api_, api_->packages(), true, DocsAssets{});
  ASSERT_NE(plain.Find("/docs"), nullptr);
  EXPECT_EQ(plain.Find("/docs")->body, MakePlainPage(*api_, api_->packages()));
  EXPECT_EQ(plain.Find("/docs/start.js"), nullptr);
  const Pages full(*api_, api_->packages(), true, {"script", "style"});
  EXPECT_EQ(full.Find("/docs/swagger-ui-bundle.js")->body, "script");
  EXPECT_THAT(full.Find("/docs")->body, HasSubstr("/docs/start.js"));
  EXPECT_EQ(Pages(*api_, api_->packages(), false).Find("/docs"), nullptr);
}

}  // namespace
}  // namespace stadtmesh::gateway
