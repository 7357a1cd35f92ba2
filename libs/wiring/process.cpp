#include "wiring/process.h"

#include <poll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"

namespace stadtmesh::wiring {

StopSignals::StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  descriptor_ = signalfd(-1, &signals, SFD_CLOEXEC);
  if (descriptor_ < 0) std::abort();
}

StopSignals::~StopSignals() { close(descriptor_); }

bool StopSignals::Wait(absl::Duration timeout) const {
  pollfd wait{.fd = descriptor_, .events = POLLIN, .revents = 0};
  return poll(&wait, 1, static_cast<int>(absl::ToInt64Milliseconds(timeout))) == 1;
}

void RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

absl::StatusOr<std::string> ReadFile(absl::string_view setting, const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  if (!file || !(bytes << file.rdbuf())) {
    return absl::InvalidArgumentError(
        absl::StrCat(setting, ": cannot read ", path, ", it should be a file"));
  }
  return std::move(bytes).str();
}

int ExitCode(absl::string_view name, const absl::Status& status) {
  if (status.ok()) return 0;
  std::cerr << name << ": " << status.message() << "\n";
  return status.code() == absl::StatusCode::kInvalidArgument ? 2 : 1;
}

}  // namespace stadtmesh::wiring
