#include "gateway/raw_stream.h"

#include <utility>

#include "absl/time/clock.h"
#include "gateway/api/bind.h"

namespace stadtmesh::gateway {

RawStream::RawStream(const Route& route, std::shared_ptr<Exchange> exchange,
                     std::function<Response(absl::StatusOr<Response>)> finish,
                     std::function<void()> ended)
    : route_(route),
      exchange_(std::move(exchange)),
      finish_(std::move(finish)),
      ended_(std::move(ended)) {}

void RawStream::Start(const rpc::GenericClient& client, std::string request,
                      const rpc::Metadata& metadata) {
  // Without the lock: gRPC may call back on this thread before Stream returns.
  std::shared_ptr<rpc::StreamHandle> handle = client.Stream(
      route_.rpc, std::move(request), metadata, absl::Now() + kLongestRawStream,
      [self = shared_from_this()](const std::string& wire) { self->OnMessage(wire); },
      [self = shared_from_this()](const absl::Status& status) { self->OnDone(status); });
  absl::MutexLock lock(&mutex_);
  if (done_) return;
  if (wants_cancel_) handle->Cancel();
  if (wants_next_) handle->Read();
  handle_ = std::move(handle);
}

void RawStream::OnMessage(absl::string_view wire) {
  if (!started_) {
    absl::StatusOr<Response> head = BindResponse(route_, wire);
    if (!head.ok()) {
      broken_ = true;
      exchange_->Respond(finish_(head.status()));
      return Cancel();
    }
    started_ = true;
    exchange_->Start(finish_(*std::move(head)), Exchange::Extent::kEnds);
    exchange_->WhenGone([self = shared_from_this()] { self->Cancel(); });
  } else {
    absl::StatusOr<std::string> piece = BindPiece(wire);
    if (!piece.ok() || !exchange_->Write(*std::move(piece))) {  // malformed, or more than 64 KiB
      broken_ = true;
      exchange_->Abort();
      return Cancel();
    }
  }
  exchange_->WhenWritten([self = shared_from_this()] { self->AskForNext(); });
}

void RawStream::OnDone(const absl::Status& status) {
  if (started_) {
    if (status.ok() && !broken_)
      exchange_->Finish("");
    else
      exchange_->Abort();
  } else if (!broken_) {
    exchange_->Respond(
        finish_(status.ok() ? absl::InternalError("a raw stream without an answer") : status));
  }
  std::shared_ptr<rpc::StreamHandle> handle;
  {
    absl::MutexLock lock(&mutex_);
    done_ = true;
    handle = std::move(handle_);
  }
  ended_();
}

void RawStream::AskForNext() {
  absl::MutexLock lock(&mutex_);
  if (handle_ != nullptr)
    handle_->Read();
  else
    wants_next_ = !done_;
}

void RawStream::Cancel() {
  absl::MutexLock lock(&mutex_);
  if (handle_ != nullptr)
    handle_->Cancel();
  else
    wants_cancel_ = !done_;
}

}  // namespace stadtmesh::gateway
