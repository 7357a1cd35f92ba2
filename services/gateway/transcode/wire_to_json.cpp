#include "gateway/transcode/wire_to_json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gateway/transcode/scalar.h"
#include "gateway/transcode/well_known.h"
#include "gateway/transcode/wire.h"
#include "gateway/transcode/words.h"

namespace stadtmesh::gateway {
namespace {

constexpr int kDepth = 100;  // as protobuf's own parser

// One field as it stood on the wire.
struct Entry {
  const FieldTable* field = nullptr;
  uint8_t type = 0;
  uint64_t number = 0;      // of varint, 32 and 64 bits
  absl::string_view bytes;  // of length-delimited
};

template <typename T>
void AppendNumber(T value, std::string& out) {
  char buffer[32];
  out.append(buffer, std::to_chars(buffer, buffer + sizeof(buffer), value).ptr);
}

template <typename T>
void AppendQuoted(T value, std::string& out) {
  out.push_back('"');
  AppendNumber(value, out);
  out.push_back('"');
}

template <typename T>
void AppendReal(T value, std::string& out) {
  if (std::isfinite(value)) return AppendNumber(value, out);
  out.append(std::isnan(value) ? "\"NaN\"" : value > 0 ? "\"Infinity\"" : "\"-Infinity\"");
}

template <typename To, typename From>
To Bits(From value) {
  To to;
  std::memcpy(&to, &value, sizeof(To));
  return to;
}

class Printer {
 public:
  explicit Printer(std::string& out) : out_(out) {}

  bool Body(const MessageTable& message, absl::string_view wire) {
    if (message.well_known == WellKnown::kNone) return Object(message, wire);
    if (message.well_known == WellKnown::kWrapper) return Field(message, message.fields[0], wire);
    return PrintWellKnown(message, wire, out_);
  }

  // The value of one field of `message`, or its default.
  bool Field(const MessageTable& message, const FieldTable& field, absl::string_view wire) {
    const size_t begin = entries_.size();
    if (!Collect(message, wire)) return false;
    size_t first = begin;
    while (first < entries_.size() && entries_[first].field != &field) ++first;
    size_t last = first;
    while (last < entries_.size() && entries_[last].field == &field) ++last;
    const bool good = first == last ? (Default(field), true) : Value(field, first, last);
    entries_.resize(begin);
    return good;
  }

 private:
  bool Object(const MessageTable& message, absl::string_view wire) {
    if (++depth_ > kDepth) return false;
    const size_t begin = entries_.size();
    if (!Collect(message, wire)) return false;
    const size_t end = entries_.size();
    out_.push_back('{');
    size_t at = begin;
    bool comma = false;
    for (const FieldTable& field : message.fields) {
      size_t last = at;
      while (last < end && entries_[last].field == &field) ++last;
      if (last == at && field.presence) continue;
      if (comma) out_.push_back(',');
      comma = true;
      out_.append(field.key);
      if (last == at)
        Default(field);
      else if (!Value(field, at, last))
        return false;
      at = last;
    }
    out_.push_back('}');
    entries_.resize(begin);
    --depth_;
    return true;
  }

  // Reads the message's entries behind the ones there are, in ascending field number; of a oneof
  // only the last member stays.
  bool Collect(const MessageTable& message, absl::string_view wire) {
    const size_t begin = entries_.size();
    bool sorted = true, oneofs = false;
    WireReader reader(wire);
    while (!reader.done()) {
      uint64_t tag = 0;
      if (!reader.Varint(tag) || tag >> 3 == 0 || tag >> 3 > 536870911) return false;
      Entry entry;
      entry.type = tag & 7;
      if (!Read(reader, entry)) return false;
      entry.field = message.Find(static_cast<int32_t>(tag >> 3));
      if (entry.field == nullptr || !Fits(entry)) continue;
      sorted = sorted &&
               (entries_.size() == begin || entries_.back().field->index <= entry.field->index);
      oneofs = oneofs || entry.field->oneof >= 0;
      entries_.push_back(entry);
    }
    if (oneofs) KeepLastOfOneofs(begin);
    if (!sorted) {
      std::stable_sort(
          entries_.begin() + static_cast<ptrdiff_t>(begin), entries_.end(),
          [](const Entry& a, const Entry& b) { return a.field->index < b.field->index; });
    }
    return true;
  }

  static bool Read(WireReader& reader, Entry& entry) {
    uint32_t half = 0;
    switch (entry.type) {
      case kVarint:
        return reader.Varint(entry.number);
      case kSixtyFour:
        return reader.Fixed(entry.number);
      case kLengthDelimited:
        return reader.Bytes(entry.bytes);
      case kThirtyTwo:
        if (!reader.Fixed(half)) return false;
        entry.number = half;
        return true;
      default:
        return false;  // groups: no service of ours sends them
    }
  }

  // A wire type other than the field's is an unknown field, as protobuf has it.
  static bool Fits(const Entry& entry) {
    const WireType type = WireTypeOf(entry.field->kind);
    return entry.type == type ||
           (entry.field->repeated && type != kLengthDelimited && entry.type == kLengthDelimited);
  }

  void KeepLastOfOneofs(size_t begin) {
    for (size_t i = begin; i < entries_.size(); ++i) {
      const FieldTable* field = entries_[i].field;
      if (field->oneof < 0) continue;
      const auto overruled = [&](const Entry& later) {
        return later.field != field && later.field->oneof == field->oneof;
      };
      if (std::any_of(entries_.begin() + static_cast<ptrdiff_t>(i) + 1, entries_.end(),
                      overruled)) {
        entries_.erase(entries_.begin() + static_cast<ptrdiff_t>(i--));
      }
    }
  }

  // The entries [first, last) are all of `field`.
  bool Value(const FieldTable& field, size_t first, size_t last) {
    if (field.map) return Map(field, first, last);
    if (field.repeated) return Array(field, first, last);
    if (field.kind != Kind::kMessage) return Scalar(field, entries_[last - 1]);
    if (last - first == 1) return Body(*field.message, entries_[first].bytes);
    // protobuf: a message given in parts is the parse of the parts' concatenation
    std::string merged;
    for (size_t i = first; i < last; ++i) absl::StrAppend(&merged, entries_[i].bytes);
    return Body(*field.message, merged);
  }

  bool Array(const FieldTable& field, size_t first, size_t last) {
    out_.push_back('[');
    const size_t begin = out_.size();
    for (size_t i = first; i < last; ++i) {
      const Entry entry = entries_[i];  // nested messages grow the vector
      if (entry.type == kLengthDelimited && WireTypeOf(field.kind) != kLengthDelimited) {
        if (!Packed(field, entry.bytes, begin)) return false;
        continue;
      }
      if (out_.size() != begin) out_.push_back(',');
      if (field.kind == Kind::kMessage ? !Body(*field.message, entry.bytes) : !Scalar(field, entry))
        return false;
    }
    out_.push_back(']');
    return true;
  }

  bool Packed(const FieldTable& field, absl::string_view bytes, size_t begin) {
    WireReader reader(bytes);
    Entry element;
    element.type = WireTypeOf(field.kind);
    while (!reader.done()) {
      if (!Read(reader, element)) return false;
      if (out_.size() != begin) out_.push_back(',');
      if (!Scalar(field, element)) return false;
    }
    return true;
  }

  bool Map(const FieldTable& field, size_t first, size_t last) {
    const FieldTable& key = field.message->fields[0];
    const FieldTable& value = field.message->fields[1];
    if (last - first > 1) DropOverwritten(field, first, last);
    out_.push_back('{');
    bool comma = false;
    for (size_t i = first; i < last; ++i) {
      if (entries_[i].field == nullptr) continue;
      const absl::string_view bytes = entries_[i].bytes;
      if (comma) out_.push_back(',');
      comma = true;
      const size_t begin = out_.size();
      if (!Field(*field.message, key, bytes)) return false;
      if (out_[begin] != '"') {
        out_.insert(begin, 1, '"');
        out_.push_back('"');
      }
      out_.push_back(':');
      if (!MapValue(*field.message, value, bytes)) return false;
    }
    out_.push_back('}');
    return true;
  }

  bool MapValue(const MessageTable& entry, const FieldTable& value, absl::string_view bytes) {
    const size_t begin = out_.size();
    if (!Field(entry, value, bytes)) return false;
    if (value.kind == Kind::kMessage && out_.compare(begin, std::string::npos, "null") == 0) {
      out_.resize(begin);
      return Body(*value.message, "");  // an absent value is the empty message
    }
    return true;
  }

  // Of entries with the same key the last one counts; JSON must not hold a key twice.
  void DropOverwritten(const FieldTable& field, size_t first, size_t last) {
    std::vector<std::pair<std::string, size_t>> keys;
    for (size_t i = first; i < last; ++i) {
      std::string key;
      Printer printer(key);
      if (printer.Field(*field.message, field.message->fields[0], entries_[i].bytes))
        keys.emplace_back(std::move(key), i);
    }
    std::sort(keys.begin(), keys.end());
    for (size_t i = 1; i < keys.size(); ++i) {
      if (keys[i].first == keys[i - 1].first) entries_[keys[i - 1].second].field = nullptr;
    }
  }

  bool Scalar(const FieldTable& field, const Entry& entry) {
    const uint64_t number = entry.number;
    switch (field.kind) {
      case Kind::kDouble:
        AppendReal(Bits<double>(number), out_);
        return true;
      case Kind::kFloat:
        AppendReal(Bits<float>(static_cast<uint32_t>(number)), out_);
        return true;
      case Kind::kInt32:
      case Kind::kSfixed32:
        AppendNumber(static_cast<int32_t>(number), out_);
        return true;
      case Kind::kUint32:
      case Kind::kFixed32:
        AppendNumber(static_cast<uint32_t>(number), out_);
        return true;
      case Kind::kSint32:
        AppendNumber(static_cast<int32_t>(UnZigZag(static_cast<uint32_t>(number))), out_);
        return true;
      case Kind::kInt64:
      case Kind::kSfixed64:
        AppendQuoted(static_cast<int64_t>(number), out_);
        return true;
      case Kind::kUint64:
      case Kind::kFixed64:
        AppendQuoted(number, out_);
        return true;
      case Kind::kSint64:
        AppendQuoted(UnZigZag(number), out_);
        return true;
      case Kind::kBool:
        out_.append(number != 0 ? "true" : "false");
        return true;
      case Kind::kEnum:
        Enum(*field.enumeration, static_cast<int32_t>(number));
        return true;
      case Kind::kString:
        AppendJsonString(entry.bytes, out_);
        return true;
      case Kind::kBytes:
        absl::StrAppend(&out_, "\"", absl::Base64Escape(entry.bytes), "\"");
        return true;
      case Kind::kMessage:
        break;
    }
    return false;
  }

  void Enum(const EnumTable& table, int32_t number) {
    const auto found = table.by_number.find(number);
    if (found == table.by_number.end()) return AppendNumber(number, out_);
    absl::StrAppend(&out_, "\"", found->second, "\"");
  }

  void Default(const FieldTable& field) {
    if (field.repeated) {
      out_.append(field.map ? "{}" : "[]");
    } else if (field.kind == Kind::kMessage) {
      out_.append("null");
    } else {
      Scalar(field, Entry{});
    }
  }

  std::string& out_;
  std::vector<Entry> entries_;  // a stack: each nested message works behind its parent's entries
  int depth_ = 0;
};

}  // namespace

absl::Status WireToJson(const MessageTable& message, absl::string_view wire, std::string& out) {
  if (Printer(out).Body(message, wire)) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("malformed bytes of ", message.name));
}

absl::Status WireFieldToJson(const MessageTable& message, const FieldTable& field,
                             absl::string_view wire, std::string& out) {
  if (Printer(out).Field(message, field, wire)) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("malformed bytes of ", message.name));
}

void AppendJsonString(absl::string_view text, std::string& out) {
  static constexpr char kHex[] = "0123456789abcdef";
  out.push_back('"');
  if (const size_t valid = ValidUtf8Prefix(text); valid != text.size()) {
    std::string replaced(text.substr(0, valid));
    for (absl::string_view rest = text.substr(valid); !rest.empty();) {
      replaced.append("\xef\xbf\xbd");
      rest.remove_prefix(1);
      const size_t good = ValidUtf8Prefix(rest);
      replaced.append(rest.data(), good);
      rest.remove_prefix(good);
    }
    std::string quoted;
    AppendJsonString(replaced, quoted);
    out.append(quoted, 1, std::string::npos);
    return;
  }
  size_t from = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    uint64_t word = 0;
    while (text.size() - i > 8 && (std::memcpy(&word, text.data() + i, 8), !HasJsonSpecial(word)))
      i += 8;
    const char c = text[i];
    if (static_cast<uint8_t>(c) >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text.data() + from, i - from);
    from = i + 1;
    switch (c) {
      case '"':
        out.append("\\\"");
        break;
      case '\\':
        out.append("\\\\");
        break;
      case '\n':
        out.append("\\n");
        break;
      case '\r':
        out.append("\\r");
        break;
      case '\t':
        out.append("\\t");
        break;
      default:
        out.append("\\u00");
        out.push_back(kHex[c >> 4 & 15]);
        out.push_back(kHex[c & 15]);
    }
  }
  out.append(text.data() + from, text.size() - from);
  out.push_back('"');
}

}  // namespace stadtmesh::gateway
