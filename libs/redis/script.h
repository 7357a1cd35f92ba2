// A Lua script and the arguments of one run.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "redis/command.h"

namespace stadtmesh::redis {

// Immutable, thread-safe.
class Script {
 public:
  explicit Script(absl::string_view source);
  const std::string& source() const { return source_; }
  const std::string& sha1() const { return sha1_; }  // as EVALSHA wants it

 private:
  std::string source_, sha1_;
};

// KEYS and ARGV. Every key the script touches is named, so that a cluster can route it.
class ScriptArguments {
 public:
  void Key(absl::string_view key) { keys_.Arg(key); }
  void Arg(absl::string_view argument) { arguments_.Arg(argument); }
  void Arg(int64_t number) { arguments_.Arg(number); }
  // "EVALSHA sha1 ..." or "EVAL source ...".
  Command ToCommand(absl::string_view verb, absl::string_view script) const;

 private:
  Command keys_, arguments_;
};

}  // namespace stadtmesh::redis
