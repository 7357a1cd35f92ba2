// What a message looks like, compiled once from its descriptor, so that transcoding needs neither
// reflection nor generated code.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gateway/transcode/wire.h"

namespace google::protobuf {
class Descriptor;
class DescriptorPool;
class EnumDescriptor;
class FieldDescriptor;
}  // namespace google::protobuf

namespace stadtmesh::gateway {

// The scalar type of a field as its bytes stand on the wire.
enum class Kind : uint8_t {
  kDouble,
  kFloat,
  kInt32,
  kInt64,
  kUint32,
  kUint64,
  kSint32,
  kSint64,
  kFixed32,
  kFixed64,
  kSfixed32,
  kSfixed64,
  kBool,
  kString,
  kBytes,
  kEnum,
  kMessage
};

// Messages whose JSON form is not an object of their fields.
enum class WellKnown : uint8_t { kNone, kTimestamp, kDuration, kFieldMask, kWrapper };

// How a value of `kind` is encoded when it is not packed.
WireType WireTypeOf(Kind kind);

struct EnumTable {
  absl::flat_hash_map<std::string, int32_t> by_name;  // aliases included
  absl::flat_hash_map<int32_t, std::string> by_number;
  std::string names;  // the first names, separated by ", ": for the error's limit
};

struct MessageTable;

struct FieldTable {
  std::string name;       // as in the .proto
  std::string json_name;  // as apps see it
  std::string key;        // "\"jsonName\":"
  int32_t number = 0;
  uint16_t index = 0;  // in MessageTable::fields
  Kind kind = Kind::kInt32;
  bool repeated = false;  // also for maps
  bool map = false;       // `message` is then the entry, fields 1 and 2
  bool packed = false;    // written packed; both forms are read
  bool presence = false;  // absent and default differ: not printed when absent
  int16_t oneof = -1;     // index of the (real) oneof it belongs to
  uint32_t tag = 0;       // number and wire type of one value
  const MessageTable* message = nullptr;
  const EnumTable* enumeration = nullptr;
};

struct MessageTable {
  std::string name;  // full name
  WellKnown well_known = WellKnown::kNone;
  std::vector<FieldTable> fields;                      // by ascending number
  absl::flat_hash_map<std::string, uint16_t> by_name;  // proto name and JSON name
  std::vector<int16_t> by_small_number;                // number < size: index or -1
  absl::flat_hash_map<int32_t, uint16_t> by_large_number;
  int oneofs = 0;

  const FieldTable* Find(absl::string_view name) const;
  const FieldTable* Find(int32_t number) const;
};

// The fields from a message down to a leaf, for path and query parameters and field masks.
using FieldPath = std::vector<const FieldTable*>;

// Compiles tables and owns them. Compile everything at start; afterwards only const methods, which
// are thread-safe.
class Tables {
 public:
  // FAILED_PRECONDITION naming the type when it (or one it holds) has no JSON form here: Any,
  // Struct, Value, ListValue, groups.
  absl::StatusOr<const MessageTable*> Compile(const google::protobuf::Descriptor& descriptor);

 private:
  absl::Status CompileFields(const google::protobuf::Descriptor& descriptor, MessageTable& table);
  absl::Status CompileField(const google::protobuf::FieldDescriptor& field, FieldTable& out);
  const EnumTable* CompileEnum(const google::protobuf::EnumDescriptor& descriptor);

  absl::flat_hash_map<std::string, std::unique_ptr<MessageTable>> messages_;
  absl::flat_hash_map<std::string, std::unique_ptr<EnumTable>> enums_;
  absl::flat_hash_map<std::string, absl::Status> refused_;
};

// "pickup.place.id" (proto or JSON names) to fields. INVALID_ARGUMENT (UNKNOWN_FIELD, naming
// `path`) when a part does not exist or is reached through a repeated field.
absl::StatusOr<FieldPath> ResolvePath(const MessageTable& message, absl::string_view path);

// What "stops[2].name" (proto or JSON names) leads to, or nullptr. The field of an element is its
// list's.
const FieldTable* FindLeaf(const MessageTable& message, absl::string_view path);

// "pickup.place.id" in JSON names for a path in proto names with optional indexes
// ("stops[2].place_id"); parts that are unknown stay.
std::string ToJsonPath(const MessageTable& message, absl::string_view path);

}  // namespace stadtmesh::gateway
