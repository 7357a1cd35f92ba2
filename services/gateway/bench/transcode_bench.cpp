// JSON <-> protobuf bytes: this gateway's tables beside protobuf's json_util, on the same messages
// in the same run. Both do the work a gateway has to do: bytes to JSON, JSON to bytes (json_util
// has its own bytes-level entry points).
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/type_resolver.h>
#include <google/protobuf/util/type_resolver_util.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>

#include "gateway/transcode/json_to_wire.h"
#include "gateway/transcode/wire_to_json.h"
#include "gateway_test.pb.h"

namespace {

using stadtmesh::gateway::MessageTable;
using stadtmesh::gateway::Tables;
namespace proto = stadtmesh::gatewaytest::v1;

// Best of five rounds of a fifth of a second each, in microseconds per call.
double Microseconds(const std::function<void()>& call) {
  using Clock = std::chrono::steady_clock;
  double best = 1e300;
  for (int round = 0; round < 5; ++round) {
    const auto begin = Clock::now();
    int calls = 0;
    double elapsed = 0;
    do {
      for (int i = 0; i < 16; ++i) call();
      calls += 16;
      elapsed = std::chrono::duration<double>(Clock::now() - begin).count();
    } while (elapsed < 0.2);
    best = std::min(best, elapsed / calls * 1e6);
  }
  return best;
}

proto::Ride MakeRide(int i) {
  proto::Ride ride;
  ride.set_id("ride-06bxk3a9v5c2m8q4t7w1z0y" + std::to_string(i % 10));
  ride.mutable_pickup()->set_name("Rathaus, Musterstädter Straße " + std::to_string(i));
  ride.mutable_pickup()->set_latitude(51.97 + i * 1e-5);
  ride.mutable_pickup()->set_longitude(8.02 + i * 1e-5);
  ride.mutable_drop_off()->set_name("Krankenhaus \"St. Elisabeth\"");
  ride.mutable_drop_off()->set_latitude(51.9);
  ride.mutable_drop_off()->set_longitude(8.1);
  ride.set_seats(1 + i % 8);
  ride.mutable_departure()->set_seconds(1795246200 + i * 60);
  ride.set_colour(proto::RED);
  ride.add_notes("Rollator");
  return ride;
}

class Bench {
 public:
  void Run(const char* name, const google::protobuf::Message& message) {
    const std::string wire = message.SerializeAsString();
    const std::string url = "type.googleapis.com/" + message.GetTypeName();
    const MessageTable& table = **tables_.Compile(*message.GetDescriptor());
    std::string json;
    if (!stadtmesh::gateway::WireToJson(table, wire, json).ok()) std::abort();

    google::protobuf::util::JsonPrintOptions options;
    options.always_print_primitive_fields = true;
    const double our_print = Microseconds([&] {
      std::string out;
      if (!stadtmesh::gateway::WireToJson(table, wire, out).ok()) std::abort();
    });
    const double their_print = Microseconds([&] {
      std::string out;
      if (!google::protobuf::util::BinaryToJsonString(resolver_.get(), url, wire, &out, options)
               .ok())
        std::abort();
    });
    const double their_message_print = Microseconds([&] {
      std::string out;
      if (!google::protobuf::util::MessageToJsonString(message, &out, options).ok()) std::abort();
    });
    const double our_parse = Microseconds([&] {
      if (!stadtmesh::gateway::JsonToWire(table, json, false).ok()) std::abort();
    });
    const double their_parse = Microseconds([&] {
      std::string out;
      if (!google::protobuf::util::JsonToBinaryString(resolver_.get(), url, json, &out).ok())
        std::abort();
    });
    std::printf(
        "%-22s %6zu B JSON  print %8.2f us, json_util %8.2f (x%.1f), from the message object %8.2f "
        "(x%.1f)\n",
        name, json.size(), our_print, their_print, their_print / our_print, their_message_print,
        their_message_print / our_print);
    std::printf("%-22s %6zu B JSON  parse %8.2f us, json_util %8.2f (x%.1f)\n", name, json.size(),
                our_parse, their_parse, their_parse / our_parse);
  }

 private:
  Tables tables_;
  std::unique_ptr<google::protobuf::util::TypeResolver> resolver_{
      google::protobuf::util::NewTypeResolverForDescriptorPool(
          "type.googleapis.com", google::protobuf::DescriptorPool::generated_pool())};
};

}  // namespace

int main() {
  Bench bench;
  bench.Run("one ride", MakeRide(1));
  proto::ListRidesResponse list;
  for (int i = 0; i < 100; ++i) *list.add_rides() = MakeRide(i);
  bench.Run("list of 100 rides", list);
  proto::Everything numbers;
  for (int i = 0; i < 1000; ++i) numbers.add_packed_ints(i * 7919), numbers.add_doubles(i * 0.37);
  bench.Run("2,000 numbers", numbers);
  proto::Everything text;
  text.set_a_string(std::string(20000, 'x'));
  bench.Run("one long text", text);
}
