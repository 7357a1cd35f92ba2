// What is wrong with a town's settings, collected under the paths of their fields. For the files of
// ValidateSettings (settings.h) only.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "base/error.h"
#include "base/text.h"
#include "buergerbus/domain/settings.h"
#include "buergerbus/domain/settings_limits.h"

namespace stadtmesh::buergerbus {

inline constexpr absl::string_view kDegrees = "latitude -90..90, longitude -180..180";

// Nothing that anybody could read: also the blanks of typesetting (no-break, narrow, zero width).
inline bool IsBlank(absl::string_view text) {
  return absl::StripAsciiWhitespace(absl::StrReplaceAll(text, {{"\u00a0", ""},
                                                               {"\u2007", ""},
                                                               {"\u2009", ""},
                                                               {"\u200b", ""},
                                                               {"\u202f", ""},
                                                               {"\u3000", ""},
                                                               {"\ufeff", ""}}))
      .empty();
}

// Collects errors under a path.
class Findings {
 public:
  void Add(std::string field, FieldReason reason, std::string limit = "") {
    errors_.push_back({std::move(field), reason, std::move(limit)});
  }
  template <typename T>
  void Range(const std::string& field, T value, T least, T most) {
    if (!(value >= least && value <= most))
      Add(field, FieldReason::kOutOfRange, absl::StrCat(least, "..", most));
  }
  void Range(const std::string& field, absl::Duration value, absl::Duration least,
             absl::Duration most) {
    if (!(value >= least && value <= most)) {
      Add(field, FieldReason::kOutOfRange,
          absl::StrCat(absl::FormatDuration(least), "..", absl::FormatDuration(most)));
    }
  }
  void Name(const std::string& field, const std::string& text) {
    if (IsBlank(text)) Add(field, FieldReason::kRequired);
    Text(field, text, kLongestName);
  }
  void Text(const std::string& field, const std::string& text, size_t longest) {
    if (CodePoints(text) > longest) Add(field, FieldReason::kTooLong, absl::StrCat(longest));
    if (!IsPlainText(text)) Add(field, FieldReason::kInvalidFormat);
  }
  template <typename IdType>
  void NewId(const std::string& field, const IdType& id, std::set<IdType>& seen) {
    if (!IsId(id.value()))
      Add(field, id.empty() ? FieldReason::kRequired : FieldReason::kInvalidFormat);
    if (id.value().size() > kLongestId) Add(field, FieldReason::kTooLong, absl::StrCat(kLongestId));
    if (!seen.insert(id).second) Add(field, FieldReason::kDuplicate);
  }
  void Count(const std::string& field, size_t count, size_t most) {
    if (count > most) Add(field, FieldReason::kTooLong, absl::StrCat(most));
  }
  absl::Status Take() && {
    return errors_.empty() ? absl::OkStatus() : InvalidArgument(std::move(errors_));
  }

 private:
  std::vector<FieldError> errors_;
};

inline std::string At(absl::string_view list, size_t index) {
  return absl::StrFormat("%s[%d]", list, index);
}

inline void CheckDays(const std::string& field, const DayRule& days, Findings& found) {
  if (days.weekdays.empty()) found.Add(field + ".weekdays", FieldReason::kRequired);
  if (days.kinds.empty()) found.Add(field + ".kinds", FieldReason::kRequired);
}

// Vehicles with their layouts and depots, and shifts with their breaks. (settings_fleet.cpp)
void CheckFleet(const Settings& settings, Findings& found);

}  // namespace stadtmesh::buergerbus
