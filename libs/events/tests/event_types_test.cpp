#include "events/event_types.h"

#include <google/protobuf/compiler/parser.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <gtest/gtest.h>

#include "stadtmesh/events/v1/events.pb.h"

namespace stadtmesh::events {
namespace {

namespace pb = google::protobuf;

// An events.proto of a service "sample", compiled at run time.
class Compiled {
 public:
  explicit Compiled(const std::string& body) : pool_(pb::DescriptorPool::generated_pool()) {
    (void)v1::Event::descriptor();  // links the option
    const std::string text =
        "syntax = \"proto3\"; package stadtmesh.sample.v1; import "
        "\"stadtmesh/events/v1/events.proto\"; " +
        body;
    pb::io::ArrayInputStream stream(text.data(), static_cast<int>(text.size()));
    pb::io::Tokenizer tokenizer(&stream, nullptr);
    pb::compiler::Parser parser;
    pb::FileDescriptorProto proto;
    EXPECT_TRUE(parser.Parse(&tokenizer, &proto));
    proto.set_name("sample.proto");
    file = pool_.BuildFile(proto);
  }

 private:
  pb::DescriptorPool pool_;

 public:
  const pb::FileDescriptor* file = nullptr;
};

absl::Status Validate(const std::string& body) {
  Compiled compiled(body);
  return compiled.file != nullptr ? ValidateEvents(*compiled.file)
                                  : absl::InternalError("does not compile");
}

std::string Message(const std::string& name, const std::string& option) {
  return "message " + name + " { option (stadtmesh.events.v1.event) = { " + option +
         " }; string ride_id = 1; string rider = 2; int32 n = 3; } ";
}

constexpr char kGood[] =
    "type: \"stadtmesh.sample.ride.booked.v1\" aggregate_field: \"ride_id\" "
    "channels: { name: \"my-rides\" subject_field: \"rider\" } channels: { name: \"board\" roles: "
    "1 }";

TEST(EventTypes, AcceptsWellFormedEvents) {
  const absl::Status status = Validate(Message("Booked", kGood));
  EXPECT_TRUE(status.ok()) << status;
}

TEST(EventTypes, NamesTheMessageAtFault) {
  const std::string type = "type: \"stadtmesh.sample.a.v1\" ";
  const std::string key = "aggregate_field: \"ride_id\" ";
  const std::string bad[] = {
      "message Wrong { string id = 1; }",
      Message("Wrong", "type: \"stadtmesh.other.a.v1\" " + key),
      Message("Wrong", "type: \"stadtmesh.sample.a\" " + key),
      Message("Wrong", "type: \"stadtmesh.sample.a.v\" " + key),
      Message("Wrong", "type: \"stadtmesh.sample..v1\" " + key),
      Message("Wrong", type),
      Message("Wrong", type + "aggregate_field: \"n\""),
      Message("Wrong", type + "aggregate_field: \"missing\""),
      Message("Wrong", type + key + "channels: { name: \"x\" }"),
      Message("Wrong", type + key + "channels: { subject_field: \"rider\" }"),
      Message("Wrong", type + key + "channels: { name: \"x\" subject_field: \"n\" }"),
      Message("Right", type + key) + Message("Wrong", type + key),
  };
  for (const std::string& body : bad) {
    const absl::Status status = Validate(body);
    EXPECT_TRUE(absl::IsFailedPrecondition(status)) << body << status;
    EXPECT_NE(status.message().find("stadtmesh.sample.v1.Wrong"), absl::string_view::npos)
        << status;
  }
}

TEST(EventTypes, MakesTheOutboxEntryFromTheOption) {
  Compiled compiled(Message("Booked", kGood));
  pb::DynamicMessageFactory factory;
  const pb::Descriptor* descriptor = compiled.file->message_type(0);
  std::unique_ptr<pb::Message> message(factory.GetPrototype(descriptor)->New());
  message->GetReflection()->SetString(message.get(), descriptor->FindFieldByName("ride_id"),
                                      "ride-7");

  const absl::Time time = absl::FromUnixSeconds(1'700'000'000);
  const store::EmitOp emit = MakeEmit(*message, "event-1", time, "trace", {"seats"});
  EXPECT_EQ(emit.aggregate, "ride-7");
  EXPECT_EQ(emit.type, "stadtmesh.sample.ride.booked.v1");
  EXPECT_EQ(emit.payload, message->SerializeAsString());
  EXPECT_EQ(emit.event_id, "event-1");
  EXPECT_EQ(emit.time, time);
  EXPECT_EQ(emit.traceparent, "trace");
  EXPECT_EQ(emit.counters, std::vector<std::string>{"seats"});
}

TEST(EventTypesDeathTest, MessagesThatAreNoEventsAreAProgrammingError) {
  EXPECT_DEATH(MakeEmit(v1::Channel(), "event-1", absl::Now()), "has no option");
}

}  // namespace
}  // namespace stadtmesh::events
