// Inside of the HTTP server: one connection and the thread it lives on. Only connection.cpp and
// server.cpp include this.
#pragma once

#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <unordered_set>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "gateway/http/body_reader.h"
#include "gateway/http/server.h"

namespace stadtmesh::gateway {

using SteadyTime = std::chrono::steady_clock::time_point;

// What all connections share. Thread-safe.
struct ServerState {
  ServerOptions options;
  Handler* handler = nullptr;
  std::atomic<uint64_t> connections{0}, accepted{0}, refused_connections{0}, refused_requests{0};
  std::atomic<int64_t> buffered_input{0};
  std::atomic<bool> draining{false};
  absl::Mutex mutex;
  absl::flat_hash_map<std::string, size_t> per_address ABSL_GUARDED_BY(mutex);

  // False when a cap is reached; else Leave must follow.
  bool Enter(const std::string& address);
  void Leave(const std::string& address);
};

class Connection;

// One I/O thread. Everything in it but `io` is touched by that thread only.
struct Worker {
  boost::asio::io_context io{1};
  std::thread thread;
  std::unordered_set<std::shared_ptr<Connection>> connections;
  // what was just read; connections keep only what they cannot use yet
  std::array<char, 32 * 1024> buffer;
  boost::asio::steady_timer timer{io};
  std::atomic<bool> stopped{false};
  std::string date;  // of the Date header, renewed by the timer
};

// Lives on its worker's thread; only the methods marked so may be called from others.
class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<Worker> worker, boost::asio::ip::tcp::socket socket,
             std::shared_ptr<ServerState> state, std::string peer, std::string counted_as);
  ~Connection();

  void Begin();
  void CheckDeadline(SteadyTime now);
  void Drain();
  void Close();

  // From any thread.
  void PostResponse(Response response);
  void PostStart(Response head, Exchange::Extent extent);
  bool PostPiece(std::string piece);
  void PostFinish(std::string last);
  void PostAbort();
  void PostWhenWritten(std::function<void()> written);
  void PostWhenGone(std::function<void()> gone);

 private:
  enum class Phase { kIdle, kHead, kBody, kHandling, kStreaming, kLingering, kClosed };

  void Post(std::function<void(Connection&)> task);
  void WaitReadable();
  void OnReadable();
  void Consume(absl::string_view bytes);
  void ConsumeHead(absl::string_view& bytes);
  void ConsumeBody(absl::string_view& bytes);
  void OnHeadComplete();
  void Dispatch();
  void Refuse(int status, absl::string_view detail);
  void Send(Response response, bool streaming);
  void AppendPiece(absl::string_view piece);
  void AppendHead(const Response& response, bool streaming);
  void ContinueWrite();
  void OnWritten();
  void Linger();
  void Account();
  void SetDeadline(absl::Duration from_now);

  std::shared_ptr<Worker> worker_;
  boost::asio::ip::tcp::socket socket_;
  std::shared_ptr<ServerState> state_;
  const std::string peer_, counted_as_;
  Phase phase_ = Phase::kIdle;
  bool waiting_read_ = false, waiting_write_ = false;
  bool keep_alive_ = true, head_only_ = false, chunked_out_ = false, finishing_ = false,
       endless_ = false;
  int minor_version_ = 1;
  SteadyTime deadline_ = SteadyTime::max();
  SteadyTime body_begin_;
  size_t lingered_ = 0;
  int64_t accounted_ = 0;

  std::string head_;     // of the request being read
  std::string pending_;  // read behind the request being handled
  std::unique_ptr<Request> request_;
  std::unique_ptr<Framing> framing_;
  std::unique_ptr<BodyReader> body_;

  std::string out_;                // to be written
  std::string out_body_;           // behind it
  size_t out_sent_ = 0;            // of both
  std::atomic<size_t> queued_{0};  // bytes of a stream that wait, here or on their way here
  size_t queued_taken_ = 0;        // of them, those in out_
  std::atomic<bool> gone_flag_{false};
  std::function<void()> gone_, written_;
};

}  // namespace stadtmesh::gateway
