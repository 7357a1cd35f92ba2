#include "gateway/tests/random_message.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/time_util.h>

#include <limits>
#include <string>

namespace stadtmesh::gateway {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using Random = std::mt19937_64;

uint64_t Below(Random& random, uint64_t bound) { return random() % bound; }

template <typename T>
T RandomWhole(Random& random) {
  switch (Below(random, 5)) {
    case 0:
      return 0;
    case 1:
      return std::numeric_limits<T>::max();
    case 2:
      return std::numeric_limits<T>::lowest();
    case 3:
      return static_cast<T>(Below(random, 300));
    default:
      return static_cast<T>(random());
  }
}

template <typename T>
T RandomReal(Random& random) {
  switch (Below(random, 8)) {
    case 0:
      return 0;
    case 1:
      return std::numeric_limits<T>::max();
    case 2:
      return std::numeric_limits<T>::denorm_min();
    case 3:
      return std::numeric_limits<T>::quiet_NaN();
    case 4:
      return -std::numeric_limits<T>::infinity();
    case 5:
      return static_cast<T>(0.1);
    default:
      return std::uniform_real_distribution<T>(-1e6, 1e6)(random);
  }
}

std::string RandomString(Random& random) {
  static const char* const kPieces[] = {"a", "Z", " ", "\"", "\\",     "\n", "\x01", "\x7f", "/",
                                        "ä", "ß", "€", "😀",  "\u2028", "0",  "{",    "'",    "<"};
  std::string text;
  for (uint64_t left = Below(random, Below(random, 4) == 0 ? 300 : 12); left > 0; --left) {
    text += kPieces[Below(random, std::size(kPieces))];
  }
  return text;
}

std::string RandomBytes(Random& random) {
  std::string bytes;
  for (uint64_t left = Below(random, 20); left > 0; --left)
    bytes.push_back(static_cast<char>(random()));
  return bytes;
}

// True when the message is of a well-known type and was filled.
bool FillWellKnown(Message& message, Random& random) {
  const auto* descriptor = message.GetDescriptor();
  const Reflection* reflection = message.GetReflection();
  const std::string& name = descriptor->full_name();
  if (name == "google.protobuf.Timestamp" || name == "google.protobuf.Duration") {
    const bool duration = name == "google.protobuf.Duration";
    int64_t seconds = duration ? static_cast<int64_t>(Below(random, 631152000000)) - 315576000000
                               : static_cast<int64_t>(Below(random, 315537897600)) - 62135596800;
    if (Below(random, 3) == 0)
      seconds = static_cast<int64_t>(Below(random, 3)) - (duration ? 1 : 0);
    static constexpr int32_t kNanos[] = {0, 1, 1000, 1000000, 123456789, 999999999, 500000000};
    int32_t nanos = kNanos[Below(random, std::size(kNanos))];
    if (seconds < 0 && duration) nanos = -nanos;
    reflection->SetInt64(&message, descriptor->FindFieldByName("seconds"), seconds);
    reflection->SetInt32(&message, descriptor->FindFieldByName("nanos"), nanos);
    return true;
  }
  if (name == "google.protobuf.FieldMask") {
    static const char* const kPaths[] = {"a", "pickup_place", "pickup_place.id", "a.b_c.d", "x1"};
    for (uint64_t left = Below(random, 4); left > 0; --left) {
      reflection->AddString(&message, descriptor->FindFieldByName("paths"),
                            kPaths[Below(random, std::size(kPaths))]);
    }
    return true;
  }
  return false;
}

#define STADTMESH_FILL(TYPE, VALUE)                \
  if (field->is_repeated())                        \
    reflection->Add##TYPE(&message, field, VALUE); \
  else                                             \
    reflection->Set##TYPE(&message, field, VALUE); \
  break

void FillValue(Message& message, const FieldDescriptor* field, Random& random, int depth) {
  const Reflection* reflection = message.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      STADTMESH_FILL(Int32, RandomWhole<int32_t>(random));
    case FieldDescriptor::CPPTYPE_INT64:
      STADTMESH_FILL(Int64, RandomWhole<int64_t>(random));
    case FieldDescriptor::CPPTYPE_UINT32:
      STADTMESH_FILL(UInt32, RandomWhole<uint32_t>(random));
    case FieldDescriptor::CPPTYPE_UINT64:
      STADTMESH_FILL(UInt64, RandomWhole<uint64_t>(random));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      STADTMESH_FILL(Double, RandomReal<double>(random));
    case FieldDescriptor::CPPTYPE_FLOAT:
      STADTMESH_FILL(Float, RandomReal<float>(random));
    case FieldDescriptor::CPPTYPE_BOOL:
      STADTMESH_FILL(Bool, Below(random, 2) == 1);
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto* type = field->enum_type();
      STADTMESH_FILL(EnumValue,
                     type->value(static_cast<int>(Below(random, type->value_count())))->number());
    }
    case FieldDescriptor::CPPTYPE_STRING:
      if (field->type() == FieldDescriptor::TYPE_BYTES) {
        STADTMESH_FILL(String, RandomBytes(random));
      }
      STADTMESH_FILL(String, RandomString(random));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (depth > 0) {
        FillRandom(field->is_repeated() ? *reflection->AddMessage(&message, field)
                                        : *reflection->MutableMessage(&message, field),
                   random, depth - 1);
      }
      break;
  }
}

#undef STADTMESH_FILL

// A map's entries get keys 0, 1, 2, ... (or as text), because reflection would keep equal ones
// twice.
void FillMap(Message& message, const FieldDescriptor* field, Random& random, int depth) {
  const uint64_t count = Below(random, 4);
  for (uint64_t i = 0; i < count && depth > 0; ++i) {
    Message& entry = *message.GetReflection()->AddMessage(&message, field);
    const Reflection* reflection = entry.GetReflection();
    const FieldDescriptor* key = field->message_type()->map_key();
    switch (key->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        reflection->SetString(&entry, key, RandomString(random) + std::to_string(i));
        break;
      case FieldDescriptor::CPPTYPE_INT32:
        reflection->SetInt32(&entry, key, static_cast<int32_t>(i) - 1);
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        reflection->SetInt64(&entry, key, static_cast<int64_t>(i) - 1);
        break;
      case FieldDescriptor::CPPTYPE_UINT32:
        reflection->SetUInt32(&entry, key, static_cast<uint32_t>(i));
        break;
      case FieldDescriptor::CPPTYPE_UINT64:
        reflection->SetUInt64(&entry, key, i);
        break;
      default:
        reflection->SetBool(&entry, key, i == 1);
        if (i > 0) return FillValue(entry, field->message_type()->map_value(), random, depth - 1);
    }
    FillValue(entry, field->message_type()->map_value(), random, depth - 1);
  }
}

}  // namespace

void FillRandom(Message& message, Random& random, int depth) {
  if (FillWellKnown(message, random)) return;
  const auto* descriptor = message.GetDescriptor();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const FieldDescriptor* field = descriptor->field(i);
    if (Below(random, 3) == 0) continue;
    if (field->is_map()) {
      FillMap(message, field, random, depth);
    } else if (field->is_repeated()) {
      for (uint64_t left = Below(random, depth == 3 ? 6 : 3); left > 0; --left)
        FillValue(message, field, random, depth);
    } else {
      FillValue(message, field, random, depth);
    }
  }
}

}  // namespace stadtmesh::gateway
