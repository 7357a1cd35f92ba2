#include "redis/script.h"

#include <openssl/evp.h>

#include <utility>

#include "absl/strings/escaping.h"

namespace stadtmesh::redis {

Script::Script(absl::string_view source) : source_(source) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(source_.data(), source_.size(), digest, &size, EVP_sha1(), nullptr);
  sha1_ = absl::BytesToHexString(absl::string_view(reinterpret_cast<char*>(digest), size));
}

Command ScriptArguments::ToCommand(absl::string_view verb, absl::string_view script) const {
  Command command;
  command.Reserve(script.size() + keys_.body().size() + arguments_.body().size() + 64);
  command.Arg(verb).Arg(script).Arg(static_cast<int64_t>(keys_.arguments()));
  return std::move(command.Args(keys_).Args(arguments_));
}

}  // namespace stadtmesh::redis
