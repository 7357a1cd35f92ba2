// Foreign JSON against protobuf's own parser: what we accept it accepts, and means the same; and
// any bytes as wire format must not hurt.
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "gateway/transcode/json_to_wire.h"
#include "gateway/transcode/wire_to_json.h"
#include "gateway_test.pb.h"

namespace {

using stadtmesh::gateway::MessageTable;
using stadtmesh::gatewaytest::v1::Everything;

const MessageTable& Table() {
  static auto* tables = new stadtmesh::gateway::Tables;
  static const MessageTable* table = *tables->Compile(*Everything::descriptor());
  return *table;
}

bool Equal(const Everything& a, const Everything& b) {
  google::protobuf::util::DefaultFieldComparator comparator;
  comparator.set_treat_nan_as_equal(true);
  google::protobuf::util::MessageDifferencer differencer;
  differencer.set_field_comparator(&comparator);
  return differencer.Compare(a, b);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::string printed;
  (void)stadtmesh::gateway::WireToJson(Table(), bytes, printed).ok();
  const auto wire = stadtmesh::gateway::JsonToWire(Table(), bytes, true);
  if (!wire.ok()) return 0;
  Everything ours, theirs, again;
  if (!ours.ParseFromString(wire->wire)) std::abort();
  if (!google::protobuf::util::JsonStringToMessage({bytes.data(), bytes.size()}, &theirs).ok())
    std::abort();
  if (!Equal(ours, theirs)) std::abort();
  printed.clear();
  if (!stadtmesh::gateway::WireToJson(Table(), wire->wire, printed).ok()) std::abort();
  const auto back = stadtmesh::gateway::JsonToWire(Table(), printed, false);
  if (!back.ok() || !again.ParseFromString(back->wire) || !Equal(ours, again)) std::abort();
  return 0;
}
