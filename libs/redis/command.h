// A command in the wire format (RESP arrays of bulk strings), built by the calling thread, so that
// the I/O thread only copies.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace stadtmesh::redis {

// Arguments are bytes of any kind. Cheap to move; not thread-safe.
class Command {
 public:
  Command() = default;
  Command(std::initializer_list<absl::string_view> arguments) {
    for (absl::string_view argument : arguments) Arg(argument);
  }

  Command& Arg(absl::string_view argument) {
    absl::StrAppend(&body_, "$", argument.size(), "\r\n", argument, "\r\n");
    ++arguments_;
    return *this;
  }
  Command& Arg(int64_t number) { return Arg(absl::AlphaNum(number).Piece()); }
  // All arguments of another one.
  Command& Args(const Command& other) {
    body_ += other.body_;
    arguments_ += other.arguments_;
    return *this;
  }
  void Reserve(size_t bytes) { body_.reserve(bytes); }

  std::string Header() const { return absl::StrCat("*", arguments_, "\r\n"); }
  const std::string& body() const { return body_; }
  int arguments() const { return arguments_; }

 private:
  std::string body_;
  int arguments_ = 0;
};

}  // namespace stadtmesh::redis
