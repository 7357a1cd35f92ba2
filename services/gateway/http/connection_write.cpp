// The writing half of a connection: answers, whole or in pieces.
#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gateway/http/connection.h"

namespace stadtmesh::gateway {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr absl::Duration kLinger = absl::Seconds(2);

bool HasNoBody(int status) { return status == 204 || status == 304; }

// A header from a service must not be able to end its line.
bool IsSafe(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (static_cast<uint8_t>(c) >= 0x20 && c != 0x7f) || c == '\t';
  });
}

}  // namespace

void Connection::PostResponse(Response response) {
  Post([response = std::move(response)](Connection& self) mutable {
    self.Send(std::move(response), false);
  });
}

void Connection::PostStart(Response head, Exchange::Extent extent) {
  Post([head = std::move(head), extent](Connection& self) mutable {
    self.endless_ = extent == Exchange::Extent::kEndless;
    self.Send(std::move(head), true);
  });
}

bool Connection::PostPiece(std::string piece) {
  const size_t size = piece.size();
  if (gone_flag_.load() || queued_.load() + size > state_->options.stream_bytes) return false;
  queued_ += size;
  Post([piece = std::move(piece)](Connection& self) {
    if (self.phase_ != Phase::kStreaming || self.finishing_) return;
    self.queued_taken_ += piece.size();
    self.AppendPiece(piece);
    self.ContinueWrite();
  });
  return true;
}

void Connection::AppendPiece(absl::string_view piece) {
  if (piece.empty() || head_only_) return;  // an empty chunk would end the answer
  if (chunked_out_) absl::StrAppendFormat(&out_, "%x\r\n", piece.size());
  absl::StrAppend(&out_, piece, chunked_out_ ? "\r\n" : "");
}

void Connection::PostFinish(std::string last) {
  Post([last = std::move(last)](Connection& self) {
    if (self.phase_ != Phase::kStreaming || std::exchange(self.finishing_, true)) return;
    self.AppendPiece(last);
    if (self.chunked_out_ && !self.head_only_) self.out_.append("0\r\n\r\n");
    self.SetDeadline(kLinger);
    self.ContinueWrite();
  });
}

void Connection::PostAbort() {
  Post([](Connection& self) { self.Close(); });
}

void Connection::PostWhenWritten(std::function<void()> written) {
  Post([written = std::move(written)](Connection& self) mutable {
    if (self.phase_ != Phase::kStreaming || self.finishing_) return;
    if (self.out_.empty()) return written();
    self.written_ = std::move(written);
  });
}

void Connection::PostWhenGone(std::function<void()> gone) {
  if (worker_->stopped.load()) return;
  boost::asio::post(worker_->io, [self = shared_from_this(), gone = std::move(gone)]() mutable {
    if (self->phase_ == Phase::kClosed || self->phase_ == Phase::kLingering) return gone();
    self->gone_ = std::move(gone);
  });
}

void Connection::Send(Response response, bool streaming) {
  if (phase_ != Phase::kHandling) return;
  request_.reset();
  framing_.reset();
  if (state_->draining.load() || streaming) keep_alive_ = false;
  out_.clear();
  out_sent_ = 0;
  AppendHead(response, streaming);
  if (!head_only_ && !HasNoBody(response.status)) out_body_ = std::move(response.body);
  if (streaming) {
    phase_ = Phase::kStreaming;
    AppendPiece(std::exchange(out_body_, ""));
    deadline_ = SteadyTime::max();
    WaitReadable();
  } else {
    const absl::Duration reading =
        absl::Seconds((out_.size() + out_body_.size()) / state_->options.write_rate);
    SetDeadline(state_->options.write_grace + reading);
  }
  ContinueWrite();
}

void Connection::AppendHead(const Response& response, bool streaming) {
  absl::StrAppend(&out_, "HTTP/1.1 ", response.status, " ", ReasonPhrase(response.status), "\r\n");
  for (const auto& [name, value] : response.headers) {
    if (IsSafe(name) && IsSafe(value)) absl::StrAppend(&out_, name, ": ", value, "\r\n");
  }
  for (const auto& [name, value] : state_->options.common_headers) {
    if (!response.Has(name)) absl::StrAppend(&out_, name, ": ", value, "\r\n");
  }
  chunked_out_ = streaming && minor_version_ == 1;
  if (chunked_out_) {
    out_.append("transfer-encoding: chunked\r\n");
  } else if (!streaming && !HasNoBody(response.status)) {
    absl::StrAppend(&out_, "content-length: ", response.body.size(), "\r\n");
  }
  absl::StrAppend(&out_, "date: ", worker_->date,
                  keep_alive_ ? "\r\n" : "\r\nconnection: close\r\n",
                  keep_alive_ && minor_version_ == 0 ? "connection: keep-alive\r\n\r\n" : "\r\n");
}

void Connection::ContinueWrite() {
  if (waiting_write_ || phase_ == Phase::kClosed) return;
  const auto shared = shared_from_this();
  while (out_sent_ < out_.size() + out_body_.size()) {
    const size_t head_sent = std::min(out_sent_, out_.size());
    const std::array<boost::asio::const_buffer, 2> buffers = {
        boost::asio::buffer(out_.data() + head_sent, out_.size() - head_sent),
        boost::asio::buffer(out_body_.data() + (out_sent_ - head_sent),
                            out_body_.size() - (out_sent_ - head_sent))};
    error_code error;
    out_sent_ += socket_.write_some(buffers, error);
    if (error == boost::asio::error::would_block) {
      if (phase_ == Phase::kStreaming && deadline_ == SteadyTime::max())
        SetDeadline(state_->options.write_grace);
      waiting_write_ = true;
      socket_.async_wait(tcp::socket::wait_write, [shared](error_code failed) {
        shared->waiting_write_ = false;
        if (shared->phase_ == Phase::kClosed) return;
        if (failed) return shared->Close();
        shared->ContinueWrite();
      });
      return;
    }
    if (error) return Close();
  }
  OnWritten();
}

void Connection::OnWritten() {
  out_sent_ = 0;
  out_.clear();
  std::string().swap(out_body_);
  if (phase_ == Phase::kStreaming) {
    queued_ -= std::exchange(queued_taken_, 0);
    if (finishing_) return Linger();
    deadline_ = SteadyTime::max();
    if (written_) std::exchange(written_, nullptr)();
    return;
  }
  if (out_.capacity() > 1024) std::string().swap(out_);
  if (!keep_alive_) return Linger();
  phase_ = Phase::kIdle;
  SetDeadline(state_->options.idle_time);
  const std::string pending = std::exchange(pending_, "");
  if (pending.empty()) {
    Account();
    return WaitReadable();
  }
  Consume(pending);
}

void Connection::Linger() {
  phase_ = Phase::kLingering;
  std::string().swap(pending_);
  Account();
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  SetDeadline(kLinger);
  if (gone_) std::exchange(gone_, nullptr)();
  WaitReadable();
}

}  // namespace stadtmesh::gateway
