#include "testing/redis_process.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "testing/die.h"

namespace stadtmesh::testing {
namespace {

std::string MakeDirectory() {
  std::string path = (std::filesystem::temp_directory_path() / "stadtmesh-redis-XXXXXX").string();
  if (mkdtemp(path.data()) == nullptr) Die("cannot make a directory");
  return path;
}

}  // namespace

int FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  if (fd < 0 || bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    Die("no free port");
  }
  close(fd);
  return ntohs(address.sin_port);
}

RedisProcess::RedisProcess(RedisProcessOptions options) : directory_(MakeDirectory()) {
  constexpr int kAttempts = 5;  // somebody else may take the free port first
  for (int attempt = 1;; ++attempt) {
    redis::ServerProcessOptions server;
    server.directory = directory_;
    server.port = options.tcp ? FreePort() : 0;
    server.settings = options.settings;
    server.environment = options.environment;
    auto started = redis::ServerProcess::Start(std::move(server));
    if (started.ok()) {
      server_ = *std::move(started);
      return;
    }
    if (attempt == kAttempts) Die(started.status().ToString());
  }
}

RedisProcess::~RedisProcess() {
  server_->Stop(absl::Seconds(2));
  std::error_code ignored;  // a leftover directory in the temp folder fails no test
  std::filesystem::remove_all(directory_, ignored);
}

std::string RedisProcess::tcp_address() const { return absl::StrCat("127.0.0.1:", port()); }

void RedisProcess::Restart() {
  const absl::Status status = server_->Restart();
  if (!status.ok()) Die(status.ToString());
}

}  // namespace stadtmesh::testing
