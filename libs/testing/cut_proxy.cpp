#include "testing/cut_proxy.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

namespace stadtmesh::testing {
namespace {

sockaddr_un AddressOf(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) std::abort();
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

bool SendAll(int fd, const char* data, size_t size) {
  while (size > 0) {
    const ssize_t sent = send(fd, data, size, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    data += sent;
    size -= static_cast<size_t>(sent);
  }
  return true;
}

}  // namespace

CutProxy::CutProxy(std::string socket, std::string target)
    : socket_(std::move(socket)), target_(std::move(target)), stop_fd_(eventfd(0, EFD_CLOEXEC)) {
  listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = AddressOf(socket_);
  if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
      listen(listener_, 64) != 0) {
    std::perror("CutProxy");
    std::abort();
  }
  thread_ = std::thread([this] { Run(); });
}

CutProxy::~CutProxy() {
  const uint64_t one = 1;
  (void)!write(stop_fd_, &one, sizeof(one));
  thread_.join();
  for (const Link& link : links_) close(link.client), close(link.server);
  close(listener_);
  close(stop_fd_);
  unlink(socket_.c_str());
}

void CutProxy::CutAfter(Direction direction, int64_t bytes) {
  std::lock_guard lock(mutex_);
  budget_[static_cast<int>(direction)] = bytes;
}

int64_t CutProxy::cuts() const {
  std::lock_guard lock(mutex_);
  return cuts_;
}

int64_t CutProxy::forwarded(Direction direction) const {
  std::lock_guard lock(mutex_);
  return forwarded_[static_cast<int>(direction)];
}

bool CutProxy::Spend(Direction direction, int64_t bytes) {
  std::lock_guard lock(mutex_);
  forwarded_[static_cast<int>(direction)] += bytes;
  int64_t& budget = budget_[static_cast<int>(direction)];
  if (budget < 0) return false;
  budget -= bytes;
  if (budget > 0) return false;
  budget = -1;
  ++cuts_;
  return true;
}

void CutProxy::Accept() {
  Link link;
  link.client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  link.server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = AddressOf(target_);
  link.broken =
      connect(link.server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0;
  links_.push_back(link);
}

bool CutProxy::Forward(int from, int to, Direction direction) {
  char buffer[16384];
  int64_t budget = -1;
  {
    std::lock_guard lock(mutex_);
    budget = budget_[static_cast<int>(direction)];
  }
  size_t most = sizeof(buffer);
  if (budget >= 0) most = std::min<size_t>(most, std::max<int64_t>(budget, 1));
  const ssize_t received = recv(from, buffer, most, 0);
  if (received <= 0) return false;
  const int64_t pass = budget == 0 ? 0 : received;
  // Counted before it is sent: who has seen an answer and then plans a cut means what comes after
  // it.
  const bool cut = Spend(direction, pass);
  return SendAll(to, buffer, static_cast<size_t>(pass)) && !cut;
}

void CutProxy::Run() {
  while (true) {
    std::vector<pollfd> fds = {{stop_fd_, POLLIN, 0}, {listener_, POLLIN, 0}};
    for (const Link& link : links_) {
      fds.push_back({link.client, POLLIN, 0});
      fds.push_back({link.server, POLLIN, 0});
    }
    if (poll(fds.data(), fds.size(), -1) < 0) continue;
    if (fds[0].revents != 0) return;
    size_t next = 2;
    for (Link& link : links_) {
      const bool client = fds[next++].revents != 0, server = fds[next++].revents != 0;
      if (server && !link.broken)
        link.broken = !Forward(link.server, link.client, Direction::kToClient);
      if (client && !link.broken)
        link.broken = !Forward(link.client, link.server, Direction::kToServer);
    }
    if (fds[1].revents != 0) Accept();
    links_.remove_if([](const Link& link) {
      if (link.broken) close(link.client), close(link.server);
      return link.broken;
    });
  }
}

}  // namespace stadtmesh::testing
