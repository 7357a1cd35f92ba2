// Writes JSON piece by piece. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gateway/transcode/wire_to_json.h"

namespace stadtmesh::gateway {

class JsonWriter {
 public:
  JsonWriter& Key(absl::string_view name) {
    Comma();
    AppendJsonString(name, out_);
    out_.push_back(':');
    after_key_ = true;
    return *this;
  }
  JsonWriter& Text(absl::string_view value) {
    Comma();
    AppendJsonString(value, out_);
    return *this;
  }
  JsonWriter& Number(int64_t value) { return Raw(absl::StrCat(value)); }
  JsonWriter& Flag(bool value) { return Raw(value ? "true" : "false"); }
  // `json` is a complete value.
  JsonWriter& Raw(absl::string_view json) {
    Comma();
    out_.append(json.data(), json.size());
    return *this;
  }
  JsonWriter& Begin(char open) {  // '{' or '['
    Comma();
    out_.push_back(open);
    first_.push_back(true);
    return *this;
  }
  JsonWriter& End(char close) {
    out_.push_back(close);
    first_.pop_back();
    return *this;
  }
  JsonWriter& Member(absl::string_view name, absl::string_view text) {
    return Key(name).Text(text);
  }
  std::string Take() { return std::move(out_); }

 private:
  void Comma() {
    if (after_key_) {
      after_key_ = false;
      return;
    }
    if (first_.empty()) return;
    if (!first_.back()) out_.push_back(',');
    first_.back() = false;
  }
  std::string out_;
  std::vector<bool> first_;
  bool after_key_ = false;
};

}  // namespace stadtmesh::gateway
