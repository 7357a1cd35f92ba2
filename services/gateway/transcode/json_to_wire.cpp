#include "gateway/transcode/json_to_wire.h"

#include <cstdint>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "base/error.h"
#include "gateway/transcode/json_scanner.h"
#include "gateway/transcode/scalar.h"
#include "gateway/transcode/well_known.h"
#include "gateway/transcode/wire.h"

namespace stadtmesh::gateway {
namespace {

// Recursive descent. Every method returns false after having set `error_`; nothing throws,
// recursion ends at limits.depth.
class Writer {
 public:
  Writer(absl::string_view json, bool with_paths, const JsonLimits& limits, WireRequest& out)
      : json_(json), with_paths_(with_paths), limits_(limits), out_(out), wire_(out.wire) {}

  absl::Status WriteMessage(const MessageTable& message) {
    if (message.well_known != WellKnown::kNone ? MessageBody(message) : Message(message)) Finish();
    return error_;
  }
  absl::Status WriteField(const FieldTable& field) {
    root_is_field_ = true;
    if (Value(field)) Finish();
    return error_;
  }

 private:
  struct Step {
    const FieldTable* field = nullptr;
    int64_t index = -1;  // of an array's element
    std::string key;     // of a map's entry
  };

  void Finish() {
    if (!json_.AtEnd()) Malformed();
  }

  // -- errors
  std::string Path(absl::string_view leaf = "") const {
    std::string path;
    for (const Step& step : steps_) {
      absl::StrAppend(&path, path.empty() ? "" : ".", step.field->json_name);
      if (step.index >= 0) absl::StrAppend(&path, "[", step.index, "]");
      if (!step.key.empty())
        absl::StrAppend(&path, "[", absl::string_view(step.key).substr(0, 64), "]");
    }
    // A foreign name is cut, so that the error stays small.
    if (!leaf.empty()) absl::StrAppend(&path, path.empty() ? "" : ".", leaf.substr(0, 64));
    return path;
  }
  bool Malformed(absl::string_view leaf = "") {
    ErrorInfo info{.domain = "stadtmesh", .reason = "MALFORMED_BODY"};
    if (const std::string path = Path(leaf); !path.empty())
      info.fields.push_back({path, FieldReason::kInvalidFormat, ""});
    info.metadata["offset"] = absl::StrCat(json_.offset());
    error_ = MakeError(absl::StatusCode::kInvalidArgument, info,
                       absl::StrCat("malformed JSON at byte ", json_.offset()));
    return false;
  }
  bool Refuse(FieldReason reason, absl::string_view limit = "", absl::string_view leaf = "") {
    error_ = InvalidField(Path(leaf), reason, limit);
    return false;
  }
  bool Accept(const Refused& refused) {
    return !refused || Refuse(refused->reason, refused->limit);
  }
  bool String(absl::string_view& value) {
    const JsonScanner::StringError error = json_.String(value, scratch_);
    if (error == JsonScanner::StringError::kNone) return true;
    return error == JsonScanner::StringError::kUtf8 ? Refuse(FieldReason::kInvalidUtf8)
                                                    : Malformed();
  }
  // What stands there is JSON, but of another type than the field; or it is no JSON at all.
  bool WrongType(absl::string_view expected) {
    const char c = json_.Peek();
    const bool value = c == '{' || c == '[' || c == '"' || c == '-' || (c >= '0' && c <= '9') ||
                       json_.Literal("true") || json_.Literal("false") || json_.Literal("null");
    return value ? Refuse(FieldReason::kInvalidFormat, expected) : Malformed();
  }
  bool Enter() {
    return ++depth_ <= limits_.depth ||
           Refuse(FieldReason::kTooLong, absl::StrCat(limits_.depth, " levels"));
  }
  bool Count() {
    return ++elements_ <= limits_.elements ||
           Refuse(FieldReason::kTooLong, absl::StrCat(limits_.elements, " elements"));
  }

  // -- values
  bool Value(const FieldTable& field) {
    if (json_.Peek() == 'n') {
      if (!json_.Literal("null")) return Malformed();
      RecordPath();
      return true;
    }
    if (field.map) return Map(field);
    if (field.repeated) return Array(field);
    return Single(field);
  }

  bool Single(const FieldTable& field) {
    AppendVarint(wire_, field.tag);
    if (WireTypeOf(field.kind) != kLengthDelimited) return RecordPath(), Scalar(field);
    const size_t begin = BeginLength(wire_);
    if (field.kind == Kind::kMessage ? !MessageBody(*field.message)
                                     : (RecordPath(), !Scalar(field)))
      return false;
    EndLength(wire_, begin);
    return true;
  }

  // The bytes of a scalar without tag and length.
  bool Scalar(const FieldTable& field) {
    const char c = json_.Peek();
    absl::string_view text;
    if (c == '"') {
      if (field.kind == Kind::kBool) return WrongType("true, false");
      if (!String(text)) return false;
      if (field.kind == Kind::kEnum) return Accept(AppendEnumName(*field.enumeration, text, wire_));
      if (field.kind == Kind::kString) return wire_.append(text.data(), text.size()), true;
      return Accept(AppendTextValue(field, text, wire_));
    }
    switch (field.kind) {
      case Kind::kString:
        return WrongType("\"…\"");
      case Kind::kBytes:
        return WrongType("base64");
      case Kind::kBool:
        if (c != 't' && c != 'f') return WrongType("true, false");
        if (!json_.Literal(c == 't' ? "true" : "false")) return Malformed();
        wire_.push_back(c == 't' ? '\1' : '\0');
        return true;
      default:
        break;
    }
    if (c != '-' && (c < '0' || c > '9'))
      return WrongType(field.kind == Kind::kEnum ? field.enumeration->names : "123");
    if (!json_.Number(text)) return Malformed();
    if (field.kind == Kind::kEnum) return Accept(AppendEnumNumber(*field.enumeration, text, wire_));
    return Accept(AppendNumber(field.kind, text, wire_));
  }

  bool MessageBody(const MessageTable& message) {
    if (message.well_known == WellKnown::kNone) return Message(message);
    RecordPath();
    if (message.well_known == WellKnown::kWrapper) {
      const bool with_paths = std::exchange(with_paths_, false);
      const bool good = Single(message.fields[0]);
      with_paths_ = with_paths;
      return good;
    }
    absl::string_view text;
    if (json_.Peek() != '"') return WrongType("\"…\"");
    return String(text) && Accept(AppendWellKnown(message, text, wire_));
  }

  bool Message(const MessageTable& message) {
    if (json_.Peek() != '{') return WrongType("{…}");
    if (!Enter()) return false;
    json_.Take('{');
    absl::InlinedVector<uint64_t, 2> seen((message.fields.size() + 63) / 64 + 1);
    absl::InlinedVector<const FieldTable*, 4> chosen(message.oneofs);
    if (json_.Take('}')) return --depth_, RecordPath(), true;
    do {
      if (!Member(message, seen.data(), chosen.data())) return false;
    } while (json_.Take(','));
    --depth_;
    return json_.Take('}') || Malformed();
  }

  bool Member(const MessageTable& message, uint64_t* seen, const FieldTable** chosen) {
    absl::string_view name;
    if (json_.Peek() != '"') return Malformed();
    if (!String(name)) return false;
    const FieldTable* field = message.Find(name);
    if (field == nullptr) return Refuse(FieldReason::kUnknownField, "", name);
    uint64_t& word = seen[field->index / 64];
    const uint64_t bit = uint64_t{1} << (field->index % 64);
    if ((word & bit) != 0) return Refuse(FieldReason::kDuplicate, "", field->json_name);
    word |= bit;
    if (!json_.Take(':')) return Malformed(field->json_name);
    if (field->oneof >= 0 && json_.Peek() != 'n') {
      const FieldTable*& other = chosen[field->oneof];
      if (other != nullptr)
        return Refuse(FieldReason::kConflict, other->json_name, field->json_name);
      other = field;
    }
    steps_.push_back({field});
    if (!Value(*field)) return false;
    steps_.pop_back();
    return true;
  }

  bool Array(const FieldTable& field) {
    RecordPath();
    if (json_.Peek() != '[') return WrongType("[…]");
    if (!Enter()) return false;
    json_.Take('[');
    if (json_.Take(']')) return --depth_, true;
    const bool with_paths = std::exchange(with_paths_, false);
    size_t begin = 0;
    if (field.packed) {
      AppendVarint(wire_, static_cast<uint32_t>(field.number) << 3 | kLengthDelimited);
      begin = BeginLength(wire_);
    }
    if (steps_.empty()) steps_.push_back({&field});  // the body is the array itself
    const size_t step = steps_.size() - 1;
    do {
      ++steps_[step].index;
      if (!Count() || (field.packed ? !Scalar(field) : !Single(field))) return false;
    } while (json_.Take(','));
    if (!json_.Take(']')) return Malformed();
    steps_[step].index = -1;
    if (field.packed) EndLength(wire_, begin);
    with_paths_ = with_paths;
    --depth_;
    return true;
  }

  bool Map(const FieldTable& field) {
    RecordPath();
    if (json_.Peek() != '{') return WrongType("{…}");
    if (!Enter()) return false;
    json_.Take('{');
    if (json_.Take('}')) return --depth_, true;
    const bool with_paths = std::exchange(with_paths_, false);
    if (steps_.empty()) steps_.push_back({&field});
    absl::flat_hash_set<std::string> keys;
    do {
      if (!Count() || !Entry(field, keys)) return false;
    } while (json_.Take(','));
    steps_.back().key.clear();
    with_paths_ = with_paths;
    --depth_;
    return json_.Take('}') || Malformed();
  }

  bool Entry(const FieldTable& field, absl::flat_hash_set<std::string>& keys) {
    absl::string_view key;
    if (json_.Peek() != '"') return Malformed();
    if (!String(key)) return false;
    const size_t step = steps_.size() - 1;
    steps_[step].key = std::string(key);
    AppendVarint(wire_, field.tag);
    const size_t begin = BeginLength(wire_);
    // Keys are compared as their bytes, so that "1" and "1.0" are the same number.
    if (!Accept(AppendFromText(field.message->fields[0], key, wire_))) return false;
    if (!keys.emplace(wire_, begin).second) return Refuse(FieldReason::kDuplicate);
    if (!json_.Take(':')) return Malformed();
    if (!Single(field.message->fields[1])) return false;
    EndLength(wire_, begin);
    return true;
  }

  void RecordPath() {
    if (!with_paths_ || (steps_.empty() && !root_is_field_)) return;
    std::string path;
    for (const Step& step : steps_)
      absl::StrAppend(&path, path.empty() ? "" : ".", step.field->name);
    if (!path.empty()) out_.paths.push_back(std::move(path));
  }

  JsonScanner json_;
  bool with_paths_;
  bool root_is_field_ = false;
  const JsonLimits limits_;
  WireRequest& out_;
  std::string& wire_;
  std::string scratch_;
  absl::InlinedVector<Step, 4> steps_;
  int depth_ = 0;
  size_t elements_ = 0;
  absl::Status error_;
};

}  // namespace

absl::StatusOr<WireRequest> JsonToWire(const MessageTable& message, absl::string_view json,
                                       bool with_paths, const JsonLimits& limits) {
  WireRequest out;
  out.wire.reserve(json.size());
  if (absl::Status status = Writer(json, with_paths, limits, out).WriteMessage(message);
      !status.ok())
    return status;
  return out;
}

absl::StatusOr<WireRequest> JsonFieldToWire(const FieldTable& field, absl::string_view json,
                                            bool with_paths, const JsonLimits& limits) {
  WireRequest out;
  out.wire.reserve(json.size() + 8);
  if (absl::Status status = Writer(json, with_paths, limits, out).WriteField(field); !status.ok())
    return status;
  return out;
}

}  // namespace stadtmesh::gateway
