// A proxy in front of a unix socket that cuts connections after an exact number of bytes.
#pragma once

#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <thread>

namespace stadtmesh::testing {

// Thread-safe. Aborts when it cannot listen.
class CutProxy {
 public:
  enum class Direction { kToServer, kToClient };

  // Listens on `socket` (a path that does not exist yet) and forwards to `target`.
  CutProxy(std::string socket, std::string target);
  ~CutProxy();

  const std::string& socket() const { return socket_; }
  // The connection that forwards the `bytes`-th byte from now on in this direction is closed right
  // after it, on both sides. Zero cuts at the next byte without forwarding it. Holds for one cut.
  void CutAfter(Direction direction, int64_t bytes);
  int64_t cuts() const;
  // Bytes forwarded so far.
  int64_t forwarded(Direction direction) const;

 private:
  struct Link {
    int client = -1, server = -1;
    bool broken = false;
  };

  void Run();
  void Accept();
  // Moves what is readable; false when the link has ended.
  bool Forward(int from, int to, Direction direction);
  // Counts the bytes; true when the planned cut comes right after them.
  bool Spend(Direction direction, int64_t bytes);

  const std::string socket_, target_;
  int listener_ = -1, stop_fd_ = -1;
  std::list<Link> links_;
  mutable std::mutex mutex_;
  int64_t budget_[2] = {-1, -1};  // -1: no cut is planned
  int64_t forwarded_[2] = {0, 0};
  int64_t cuts_ = 0;
  std::thread thread_;
};

}  // namespace stadtmesh::testing
