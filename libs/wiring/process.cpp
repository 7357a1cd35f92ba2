#include "wiring/process.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <iostream>

namespace stadtmesh::wiring {

StopSignals::StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  signals_ = signalfd(-1, &signals, SFD_CLOEXEC);
  started_ = eventfd(0, EFD_CLOEXEC);
  if (signals_ < 0 || started_ < 0) std::abort();
  watch_ = std::thread([this] { WatchTheStart(); });
}

StopSignals::~StopSignals() {
  Started();
  close(signals_);
  close(started_);
}

void StopSignals::WatchTheStart() {
  pollfd wait[] = {{.fd = signals_, .events = POLLIN, .revents = 0},
                   {.fd = started_, .events = POLLIN, .revents = 0}};
  while (poll(wait, 2, -1) < 0) {
  }
  if (wait[1].revents != 0) return;  // a signal that came as well is Wait's
  signalfd_siginfo signal{};
  if (read(signals_, &signal, sizeof(signal)) != sizeof(signal)) return;
  const int number = static_cast<int>(signal.ssi_signo);
  std::signal(number, SIG_DFL);
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, number);
  pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
  raise(number);
}

void StopSignals::Started() {
  if (!watch_.joinable()) return;
  const uint64_t one = 1;
  if (write(started_, &one, sizeof(one)) != sizeof(one)) std::abort();
  watch_.join();
}

bool StopSignals::Wait(absl::Duration timeout) {
  Started();
  pollfd wait{.fd = signals_, .events = POLLIN, .revents = 0};
  return poll(&wait, 1, static_cast<int>(absl::ToInt64Milliseconds(timeout))) == 1;
}

void RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int ExitCode(absl::string_view name, const absl::Status& status) {
  if (status.ok()) return 0;
  std::cerr << name << ": " << status.message() << "\n";
  return status.code() == absl::StatusCode::kInvalidArgument ? 2 : 1;
}

}  // namespace stadtmesh::wiring
