#include "gateway/http/server.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status.h"
#include "gateway/http/connection.h"
#include "gateway/http/network.h"

namespace stadtmesh::gateway {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;
using namespace std::chrono_literals;

constexpr auto kTick = 200ms;

absl::StatusOr<tcp::endpoint> ParseListen(const std::string& listen) {
  const size_t colon = listen.rfind(':');
  uint32_t port = 0;
  error_code error;
  std::string address = listen.substr(0, colon);
  if (address.size() > 2 && address.front() == '[' && address.back() == ']')
    address = address.substr(1, address.size() - 2);
  const auto parsed =
      boost::asio::ip::make_address(address == "localhost" ? "127.0.0.1" : address, error);
  if (colon == std::string::npos || error || !absl::SimpleAtoi(listen.substr(colon + 1), &port) ||
      port > 65535) {
    return absl::InvalidArgumentError(absl::StrCat("listen must be address:port, not ", listen));
  }
  return tcp::endpoint(parsed, static_cast<uint16_t>(port));
}

class Server final : public HttpServer {
 public:
  Server(ServerOptions options, Handler* handler) {
    state_->options = std::move(options);
    state_->handler = handler;
    for (int i = 0; i < state_->options.threads; ++i)
      workers_.push_back(std::make_shared<Worker>());
    acceptor_.emplace(workers_[0]->io);
    accept_timer_.emplace(workers_[0]->io);
  }

  ~Server() override {
    for (auto& worker : workers_) {
      boost::asio::post(worker->io, [this, worker] {
        if (worker == workers_[0]) CloseAcceptor();
        while (!worker->connections.empty()) (*worker->connections.begin())->Close();
        worker->timer.cancel();
        worker->stopped = true;
        worker->io.stop();
      });
    }
    for (auto& worker : workers_) {
      worker->thread.join();
      worker->io.restart();
      worker->io.poll();  // what was cancelled lets go of its connections
      while (!worker->connections.empty()) (*worker->connections.begin())->Close();
      worker->io.poll();
    }
    acceptor_.reset();
    accept_timer_.reset();
  }

  absl::Status Listen() {
    ASSIGN_OR_RETURN(const tcp::endpoint endpoint, ParseListen(state_->options.listen));
    error_code error;
    acceptor_->open(endpoint.protocol(), error);
    if (!error) acceptor_->set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_->bind(endpoint, error);
    if (!error) acceptor_->listen(4096, error);
    if (!error) acceptor_->non_blocking(true, error);
    if (error)
      return absl::UnavailableError(
          absl::StrCat("cannot listen on ", state_->options.listen, ": ", error.message()));
    port_ = acceptor_->local_endpoint(error).port();
    return absl::OkStatus();
  }

  void Run() {
    for (auto& worker : workers_) {
      Tick(worker);
      worker->thread = std::thread([worker] {
        auto work = boost::asio::make_work_guard(worker->io);
        worker->io.run();
      });
    }
    boost::asio::post(workers_[0]->io, [this] { Accept(); });
  }

  int port() const override { return port_; }

  ServerStats stats() const override {
    return {state_->connections, state_->accepted, state_->refused_connections,
            state_->refused_requests, static_cast<uint64_t>(state_->buffered_input.load())};
  }

  void Drain(absl::Time deadline) override {
    state_->draining = true;
    for (auto& worker : workers_) {
      boost::asio::post(worker->io, [this, worker] {
        if (worker == workers_[0]) CloseAcceptor();
        const auto connections = worker->connections;  // Close changes the set
        for (const auto& connection : connections) connection->Drain();
      });
    }
    absl::MutexLock lock(&state_->mutex);
    const auto nobody = [this] { return state_->connections.load() == 0; };
    state_->mutex.AwaitWithDeadline(absl::Condition(&nobody), deadline);
  }

 private:
  void CloseAcceptor() {
    error_code ignored;
    acceptor_->close(ignored);
    accept_timer_->cancel();
  }

  void Accept() {
    const std::shared_ptr<Worker>& worker = workers_[next_++ % workers_.size()];
    acceptor_->async_accept(worker->io, [this, worker](error_code error, tcp::socket socket) {
      if (error == boost::asio::error::operation_aborted || !acceptor_->is_open()) return;
      if (error) {  // out of descriptors: try again when some may be free
        accept_timer_->expires_after(50ms);
        accept_timer_->async_wait([this](error_code cancelled) {
          if (!cancelled && acceptor_->is_open()) Accept();
        });
        return;
      }
      Admit(worker, std::move(socket));
      Accept();
    });
  }

  void Admit(const std::shared_ptr<Worker>& worker, tcp::socket socket) {
    error_code error;
    const auto endpoint = socket.remote_endpoint(error);
    if (error) return;
    const std::string peer = endpoint.address().to_string();
    const bool exempt = state_->options.exempt && state_->options.exempt(peer);
    std::string counted_as = exempt ? "" : AddressGroup(peer);
    if (!state_->Enter(counted_as)) {
      ++state_->refused_connections;
      return;
    }
    auto connection = std::make_shared<Connection>(worker, std::move(socket), state_, peer,
                                                   std::move(counted_as));
    boost::asio::post(worker->io, [worker, connection] {
      worker->connections.insert(connection);
      connection->Begin();
    });
  }

  void Tick(const std::shared_ptr<Worker>& worker) {
    worker->date = absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", absl::Now(), absl::UTCTimeZone());
    worker->timer.expires_after(kTick);
    worker->timer.async_wait([this, worker](error_code cancelled) {
      // Who had fallen due before it was cancelled must not begin anew: it would hold its worker.
      if (cancelled || worker->stopped) return;
      const auto now = std::chrono::steady_clock::now();
      // A connection that closes leaves the set, so it moves on before.
      for (auto it = worker->connections.begin(); it != worker->connections.end();) {
        const std::shared_ptr<Connection> connection = *it++;
        connection->CheckDeadline(now);
      }
      Tick(worker);
    });
  }

  std::shared_ptr<ServerState> state_ = std::make_shared<ServerState>();
  std::vector<std::shared_ptr<Worker>> workers_;
  std::optional<tcp::acceptor> acceptor_;
  std::optional<boost::asio::steady_timer> accept_timer_;
  size_t next_ = 0;
  int port_ = 0;
};

}  // namespace

bool ServerState::Enter(const std::string& address) {
  absl::MutexLock lock(&mutex);
  if (connections >= options.connections || draining) return false;
  if (!address.empty()) {
    size_t& count = per_address[address];
    if (count >= options.connections_per_address) return false;
    ++count;
  }
  ++connections;
  ++accepted;
  return true;
}

void ServerState::Leave(const std::string& address) {
  absl::MutexLock lock(&mutex);
  --connections;
  if (address.empty()) return;
  const auto found = per_address.find(address);
  if (--found->second == 0) per_address.erase(found);
}

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(ServerOptions options,
                                                              Handler* handler) {
  auto server = std::make_unique<Server>(std::move(options), handler);
  if (absl::Status status = server->Listen(); !status.ok()) {
    server->Run();  // so that its threads can be joined
    return status;
  }
  server->Run();
  return std::unique_ptr<HttpServer>(std::move(server));
}

}  // namespace stadtmesh::gateway
