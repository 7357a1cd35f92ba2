// Collects what is wrong with a message, so that a client learns everything at once.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/text.h"

namespace stadtmesh::buergerbus {

// "pickup" + "location" -> "pickup.location"; an empty prefix gives the name alone.
inline std::string Join(absl::string_view prefix, absl::string_view name) {
  return prefix.empty() ? std::string(name) : absl::StrCat(prefix, ".", name);
}
inline std::string Element(absl::string_view list, size_t index) {
  return absl::StrCat(list, "[", index, "]");
}

// Not thread-safe.
class Problems {
 public:
  void Add(absl::string_view field, FieldReason reason, absl::string_view limit = "") {
    errors_.push_back({std::string(field), reason, std::string(limit)});
  }
  // Adds the fields of an INVALID_ARGUMENT; another error is kept and wins over fields.
  void Add(const absl::Status& status) {
    if (status.ok()) return;
    const std::optional<ErrorInfo> info = GetErrorInfo(status);
    if (!info || info->fields.empty()) {
      other_ = status;
      return;
    }
    errors_.insert(errors_.end(), info->fields.begin(), info->fields.end());
  }
  // The text, or "" with a problem when it is longer than `most` characters.
  std::string Bounded(absl::string_view field, const std::string& text, size_t most) {
    if (CodePoints(text) <= most) return text;
    Add(field, FieldReason::kTooLong, absl::StrCat(most));
    return "";
  }
  // The same for what somebody types now: no control characters either.
  std::string Text(absl::string_view field, const std::string& text, size_t most,
                   Lines lines = Lines::kOne) {
    if (IsPlainText(text, lines)) return Bounded(field, text, most);
    Add(field, FieldReason::kInvalidFormat);
    return "";
  }
  // A required id.
  std::string RequiredId(absl::string_view field, const std::string& text) {
    Add(ParseId(field, text).status());
    return text;
  }
  // An id, or nothing.
  std::string OptionalId(absl::string_view field, const std::string& text) {
    return text.empty() ? text : RequiredId(field, text);
  }
  // False, with a problem, when a list is longer than `most`.
  bool Count(absl::string_view field, size_t count, size_t most) {
    if (count <= most) return true;
    Add(field, FieldReason::kTooLong, absl::StrCat(most));
    return false;
  }

  bool empty() const { return errors_.empty() && other_.ok(); }
  absl::Status Take() && {
    if (!other_.ok()) return other_;
    return errors_.empty() ? absl::OkStatus() : InvalidArgument(std::move(errors_));
  }

 private:
  std::vector<FieldError> errors_;
  absl::Status other_;
};

}  // namespace stadtmesh::buergerbus
