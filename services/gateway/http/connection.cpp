#include "gateway/http/connection.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace stadtmesh::gateway {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr absl::string_view kEndOfHead = "\r\n\r\n";
constexpr size_t kMostLingered =
    1024 * 1024;  // bytes thrown away before a connection is closed the hard way

// The exchange as the handler sees it; may outlive the connection.
class ConnectionExchange final : public Exchange {
 public:
  ConnectionExchange(std::shared_ptr<Connection> connection, Request request)
      : connection_(std::move(connection)) {
    request_ = std::move(request);
  }
  ~ConnectionExchange() override {
    if (!answered_.load()) connection_->PostResponse(Response{500, {}, ""});
  }
  void Respond(Response response) override {
    if (!answered_.exchange(true)) connection_->PostResponse(std::move(response));
  }
  void Start(Response head, Extent extent) override {
    if (!answered_.exchange(true)) connection_->PostStart(std::move(head), extent);
  }
  bool Write(std::string piece) override { return connection_->PostPiece(std::move(piece)); }
  void Finish(std::string last) override { connection_->PostFinish(std::move(last)); }
  void Abort() override { connection_->PostAbort(); }
  void WhenWritten(std::function<void()> written) override {
    connection_->PostWhenWritten(std::move(written));
  }
  void WhenGone(std::function<void()> gone) override { connection_->PostWhenGone(std::move(gone)); }

 private:
  std::shared_ptr<Connection> connection_;
  std::atomic<bool> answered_{false};
};

}  // namespace

Connection::Connection(std::shared_ptr<Worker> worker, tcp::socket socket,
                       std::shared_ptr<ServerState> state, std::string peer, std::string counted_as)
    : worker_(std::move(worker)),
      socket_(std::move(socket)),
      state_(std::move(state)),
      peer_(std::move(peer)),
      counted_as_(std::move(counted_as)) {}

Connection::~Connection() {
  state_->buffered_input -= accounted_;
  state_->Leave(counted_as_);
}

void Connection::SetDeadline(absl::Duration from_now) {
  deadline_ = std::chrono::steady_clock::now() + absl::ToChronoMilliseconds(from_now);
}

void Connection::Begin() {
  if (state_->draining.load()) return Close();  // admitted just before; the sweep may be over
  error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(tcp::no_delay(true), ignored);
  SetDeadline(state_->options.idle_time);
  WaitReadable();
}

void Connection::Post(std::function<void(Connection&)> task) {
  if (worker_->stopped.load()) return;
  boost::asio::post(worker_->io, [self = shared_from_this(), task = std::move(task)] {
    if (self->phase_ != Phase::kClosed) task(*self);
  });
}

void Connection::WaitReadable() {
  if (waiting_read_ || phase_ == Phase::kClosed) return;
  waiting_read_ = true;
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code error) {
    self->waiting_read_ = false;
    if (self->phase_ == Phase::kClosed) return;
    if (error) return self->Close();
    self->OnReadable();
  });
}

void Connection::OnReadable() {
  if (phase_ == Phase::kHandling)
    return;  // an answer is due first; what arrived stays in the kernel
  error_code error;
  const size_t size = socket_.read_some(boost::asio::buffer(worker_->buffer), error);
  if (error == boost::asio::error::would_block) return WaitReadable();
  if (error) return Close();
  Consume(absl::string_view(worker_->buffer.data(), size));
}

void Connection::Consume(absl::string_view bytes) {
  const auto shared = shared_from_this();
  while (!bytes.empty() && phase_ != Phase::kHandling && phase_ != Phase::kClosed) {
    if (phase_ == Phase::kLingering || phase_ == Phase::kStreaming) {
      lingered_ += bytes.size();
      if (lingered_ > kMostLingered) return Close();
      break;
    }
    if (phase_ == Phase::kBody)
      ConsumeBody(bytes);
    else
      ConsumeHead(bytes);
  }
  if (phase_ == Phase::kHandling) pending_.append(bytes.data(), bytes.size());
  Account();
  if (phase_ != Phase::kHandling) WaitReadable();
}

void Connection::Account() {
  const int64_t now = static_cast<int64_t>(head_.capacity() + pending_.capacity() +
                                           (body_ ? body_->body().capacity() : 0));
  const int64_t total = state_->buffered_input += now - std::exchange(accounted_, now);
  const bool reading = phase_ == Phase::kHead || phase_ == Phase::kBody;
  if (reading && total > static_cast<int64_t>(state_->options.buffered_input))
    Refuse(503, "too much input is buffered");
}

void Connection::ConsumeHead(absl::string_view& bytes) {
  if (phase_ == Phase::kIdle) {
    if (bytes[0] == '\r' ||
        bytes[0] == '\n') {  // RFC 9112, 2.2: an empty line before a request is ignored
      bytes.remove_prefix(1);
      return;
    }
    phase_ = Phase::kHead;
    SetDeadline(state_->options.head_time);
  }
  // The end may lie across two reads.
  const size_t before = head_.size();
  const size_t overlap = std::min(before, kEndOfHead.size() - 1);
  const size_t room = state_->options.head.bytes + 1 - before;
  const absl::string_view taken = bytes.substr(0, room);
  head_.append(taken.data(), taken.size());
  const size_t end = head_.find(kEndOfHead.data(), before - overlap, kEndOfHead.size());
  if (end == std::string::npos) {
    bytes.remove_prefix(taken.size());
    if (head_.size() > state_->options.head.bytes) Refuse(431, "the head is too large");
    return;
  }
  bytes.remove_prefix(end + kEndOfHead.size() - before);
  head_.resize(end + kEndOfHead.size());
  OnHeadComplete();
}

void Connection::OnHeadComplete() {
  request_ = std::make_unique<Request>();
  framing_ = std::make_unique<Framing>();
  request_->peer = peer_;
  if (const auto refused = ParseHead(head_, state_->options.head, *request_, *framing_)) {
    return Refuse(refused->status, refused->detail);
  }
  std::string().swap(head_);
  keep_alive_ = framing_->keep_alive;
  minor_version_ = request_->minor_version;
  head_only_ = request_->method == "HEAD";
  std::variant<AcceptBody, Response> verdict = state_->handler->OnHead(*request_);
  if (Response* response = std::get_if<Response>(&verdict)) {
    // Nobody reads the body of a refused request: without one the connection lives on.
    if (framing_->chunked || framing_->length > 0) keep_alive_ = false;
    phase_ = Phase::kHandling;
    return Send(std::move(*response), false);
  }
  body_ = std::make_unique<BodyReader>(*framing_, std::get<AcceptBody>(verdict).limit);
  if (body_->state() == BodyReader::State::kDone) return Dispatch();
  if (body_->state() == BodyReader::State::kTooLarge) return Refuse(413, "the body is too large");
  phase_ = Phase::kBody;
  body_begin_ = std::chrono::steady_clock::now();
  SetDeadline(state_->options.body_grace);
  if (framing_->expects_continue) {
    error_code ignored;  // 25 bytes into an empty send buffer
    socket_.write_some(boost::asio::buffer("HTTP/1.1 100 Continue\r\n\r\n", 25), ignored);
  }
}

void Connection::ConsumeBody(absl::string_view& bytes) {
  switch (body_->Feed(bytes)) {
    case BodyReader::State::kMore: {
      const auto earned =
          std::chrono::milliseconds(1000 * body_->body().size() / state_->options.body_rate);
      deadline_ = body_begin_ + absl::ToChronoMilliseconds(state_->options.body_grace) + earned;
      return;
    }
    case BodyReader::State::kDone:
      return Dispatch();
    case BodyReader::State::kTooLarge:
      return Refuse(413, "the body is too large");
    case BodyReader::State::kMalformed:
      return Refuse(400, "malformed chunks");
  }
}

void Connection::Dispatch() {
  phase_ = Phase::kHandling;
  deadline_ = SteadyTime::max();  // the handler's calls have deadlines of their own
  request_->body = std::move(body_->body());
  body_.reset();
  framing_.reset();
  std::unique_ptr<Request> request = std::move(request_);
  state_->handler->OnRequest(
      std::make_shared<ConnectionExchange>(shared_from_this(), std::move(*request)));
}

void Connection::Refuse(int status, absl::string_view detail) {
  ++state_->refused_requests;
  keep_alive_ = false;
  std::string().swap(head_);
  body_.reset();
  phase_ = Phase::kHandling;
  Request empty;
  Send(state_->handler->OnRefusal(request_ ? *request_ : empty, status, detail), false);
}

void Connection::CheckDeadline(SteadyTime now) {
  if (now < deadline_) return;
  if (phase_ == Phase::kHead) return Refuse(408, "the head took too long");
  if (phase_ == Phase::kBody) return Refuse(408, "the body came too slowly");
  Close();
}

void Connection::Drain() {
  if (phase_ == Phase::kIdle) return Close();
  if (phase_ == Phase::kStreaming && endless_) PostFinish("");
}

void Connection::Close() {
  if (phase_ == Phase::kClosed) return;
  const auto shared = shared_from_this();
  phase_ = Phase::kClosed;
  gone_flag_ = true;
  error_code ignored;
  socket_.close(ignored);
  worker_->connections.erase(shared);
  written_ = nullptr;
  if (gone_) std::exchange(gone_, nullptr)();
}

}  // namespace stadtmesh::gateway
