// What the codecs of stored records share. Included by the .cpp files of this folder only.
#pragma once

#include <google/protobuf/repeated_ptr_field.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "buergerbus/records.h"
#include "buergerbus/wire/enums.h"
#include "buergerbus/wire/problems.h"
#include "buergerbus/wire/values.h"
#include "stadtmesh/buergerbus/v1/state.pb.h"

namespace stadtmesh::buergerbus {

using google::protobuf::RepeatedPtrField;

inline absl::Status Corrupt(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("stored ", what, " cannot be read"));
}

template <typename Record>
absl::StatusOr<Record> Parse(absl::string_view bytes) {
  Record record;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return Corrupt(Record::descriptor()->name());
  return record;
}

// The record to change: the one that was read, or a new one.
template <typename Record>
Record Previous(absl::string_view bytes) {
  Record record;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    record.Clear();  // it was decoded before
  return record;
}

template <typename Record>
std::vector<TimeWindow> ReadSpans(const RepeatedPtrField<Record>& spans, Problems& problems) {
  std::vector<TimeWindow> result;
  for (const Record& span : spans) result.push_back(FromWire("", span, problems));
  return result;
}

// Empties `list` and gives back its elements by `key`, to be filled again with what they hold
// beyond our knowledge.
template <typename Element, typename Key>
class Former {
 public:
  Former(RepeatedPtrField<Element>* list, Key key) : key_(key) {
    for (Element& element : *list) elements_[key_(element)] = std::move(element);
    list->Clear();
  }
  Element Take(const std::string& key) {
    const auto found = elements_.find(key);
    return found == elements_.end() ? Element() : std::move(found->second);
  }

 private:
  Key key_;
  std::map<std::string, Element> elements_;
};
template <typename Element, typename Key>
Former(RepeatedPtrField<Element>*, Key) -> Former<Element, Key>;

// Optional instants are absent fields.
#define STADTMESH_SET_OPTIONAL_TIME(record, field, value) \
  do {                                                    \
    if (value) {                                          \
      *(record).mutable_##field() = ToWire(*(value));     \
    } else {                                              \
      (record).clear_##field();                           \
    }                                                     \
  } while (false)

inline std::optional<absl::Time> OptionalTime(bool present, const google::protobuf::Timestamp& time,
                                              Problems& problems) {
  if (!present) return std::nullopt;
  return FromWire("", time, problems);
}

template <typename IdType>
std::optional<IdType> OptionalId(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional<IdType>(IdType(text));
}

template <typename T>
absl::StatusOr<T> Finish(T value, const Problems& problems, absl::string_view what) {
  if (!problems.empty()) return Corrupt(what);
  return value;
}

}  // namespace stadtmesh::buergerbus
