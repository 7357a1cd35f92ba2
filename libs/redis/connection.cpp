#include "redis/connection.h"

#include <hiredis/hiredis.h>
#include <hiredis/sds.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/status.h"

namespace stadtmesh::redis {
Connection::~Connection() {
  if (context_ != nullptr) redisFree(context_);
}

int Connection::fd() const { return context_ == nullptr ? -1 : context_->fd; }

bool Connection::wants_write() const {
  return context_ != nullptr && (state_ == State::kConnecting || sdslen(context_->obuf) > 0);
}

void Connection::Append(const Command& command, Kind kind, CallPtr call) {
  const std::string header = command.Header();
  redisAppendFormattedCommand(context_, header.data(), header.size());
  redisAppendFormattedCommand(context_, command.body().data(), command.body().size());
  in_flight_.push_back({kind, std::move(call), appended_, absl::Now()});
  appended_ += header.size() + command.body().size();
}

void Connection::Send(CallPtr call) {
  call->sent.store(true);
  if (call->abandoned.load()) return;  // nobody waits, and it was never sent
  wait_needed_ |= call->durable && options_.wait_replicas > 0;
  const Command& command = call->command;
  Append(command, Kind::kCall, std::move(call));
}

void Connection::Flush() {
  if (context_ == nullptr) return;
  if (std::exchange(wait_needed_, false)) {
    Command wait{"WAIT"};
    wait.Arg(options_.wait_replicas).Arg(absl::ToInt64Milliseconds(options_.wait_timeout));
    Append(wait, Kind::kWait, nullptr);
  }
  int done = 0;
  if (redisBufferWrite(context_, &done) != REDIS_OK) {
    Break(absl::UnavailableError(absl::StrCat("Redis: ", context_->errstr)));
  }
}

void Connection::OnReadable() {
  if (state_ == State::kConnecting) return OnWritable();
  if (redisBufferRead(context_) != REDIS_OK) {
    return Break(absl::UnavailableError(absl::StrCat("Redis: ", context_->errstr)));
  }
  while (context_ != nullptr) {
    void* raw = nullptr;
    if (redisGetReplyFromReader(context_, &raw) != REDIS_OK) {
      return Break(absl::UnavailableError(absl::StrCat("Redis: ", context_->errstr)));
    }
    if (raw == nullptr) return;
    auto* reply = static_cast<redisReply*>(raw);
    Reply taken = TakeReply(*reply);
    freeReplyObject(reply);
    OnReply(std::move(taken));
  }
}

void Connection::OnReply(Reply reply) {
  if (in_flight_.empty()) {
    return Break(absl::UnavailableError("Redis sent a reply that nobody asked for"));
  }
  Entry entry = std::move(in_flight_.front());
  in_flight_.pop_front();
  switch (entry.kind) {
    case Kind::kInternal:
      return OnInternalReply(std::move(reply));
    case Kind::kWait:
      return OnWaitReply(reply);
    case Kind::kCall:
      break;
  }
  if (RefusedForNow(entry, reply)) return;
  ++answered_;
  last_round_trip_ = absl::Now() - entry.since;
  if (reply.type == Reply::Type::kError) {
    entry.call->Finish(ErrorReplyStatus(reply.text));
  } else if (entry.call->durable && options_.wait_replicas > 0) {
    entry.call->result = std::move(reply);
    await_wait_.push_back(std::move(entry.call));
  } else {
    entry.call->Finish(std::move(reply));
  }
}

// What a server refused because it is not the primary any more, or still reads its data, was not
// executed: it is sent again once a server is there that takes it.
bool Connection::RefusedForNow(Entry& entry, const Reply& reply) {
  if (reply.type != Reply::Type::kError) return false;
  const auto says = [&](const char* word) { return reply.text.rfind(word, 0) == 0; };
  const bool again = says("LOADING") || (servers_.several() && says("READONLY"));
  const bool alone = servers_.several() && says("NOREPLICAS");
  if (!again && !alone) return false;
  if (again) {
    resend_.push_back(std::move(entry.call));
  } else {
    entry.call->Finish(ErrorReplyStatus(reply.text));
  }
  if (again || absl::Now() - ready_since_ > options_.max_backoff) {
    Break(absl::UnavailableError(absl::StrCat("Redis: ", reply.text)));
  }
  return true;
}

void Connection::LeaveOldPrimary() {
  if (state_ != State::kReady || server_ == servers_.primary) return;
  Break(absl::UnavailableError("Redis: another server is the primary now"));
  servers_.next = servers_.primary;
  attempt_at_ = absl::InfinitePast();
}

void Connection::OnWaitReply(const Reply& reply) {
  const bool replicated =
      reply.type == Reply::Type::kInteger && reply.integer >= options_.wait_replicas;
  for (const CallPtr& call : std::exchange(await_wait_, {})) {
    if (replicated) {
      call->done.Notify();
    } else {
      call->Finish(OutcomeUnknown("Redis: too few replicas confirmed in time"));
    }
  }
}

void Connection::Orphan(const CallPtr& call, const absl::Status& status) {
  if (call->repeatable) {
    resend_.push_back(call);
  } else {
    call->Finish(OutcomeUnknown(status.message()));
  }
}

void Connection::Break(const absl::Status& status) {
  problem_ = status;
  const uint64_t written =
      context_ == nullptr ? 0
                          : appended_ - (context_->obuf == nullptr ? 0 : sdslen(context_->obuf));
  if (context_ != nullptr) redisFree(std::exchange(context_, nullptr));
  if (servers_.next == server_) servers_.next = (server_ + 1) % servers_.addresses.size();
  state_ = State::kWaiting;
  wait_needed_ = false;
  timeout_at_ = absl::InfiniteFuture();
  attempt_at_ = absl::Now() + backoff_;
  backoff_ = std::clamp(backoff_ * 2, options_.min_backoff, options_.max_backoff);
  for (const CallPtr& call : std::exchange(await_wait_, {})) Orphan(call, status);
  for (Entry& entry : std::exchange(in_flight_, {})) {
    if (entry.kind != Kind::kCall) continue;
    if (entry.start >= written) {
      resend_.push_back(std::move(entry.call));  // not one byte has left
    } else {
      Orphan(entry.call, status);
    }
  }
}

void Connection::Tick(absl::Time now) {
  if (state_ == State::kWaiting) {
    if (now >= attempt_at_) Connect(now);
    return;
  }
  if (now >= timeout_at_) {
    return Break(absl::UnavailableError(
        absl::StrCat("Redis at ", address().ToString(), " does not answer")));
  }
  if (!in_flight_.empty() && now - in_flight_.front().since > options_.stall_timeout) {
    Break(absl::UnavailableError("Redis has not answered for too long"));
  }
}

absl::Time Connection::next_tick() const {
  if (state_ == State::kWaiting) return attempt_at_;
  if (in_flight_.empty()) return timeout_at_;
  return std::min(timeout_at_, in_flight_.front().since + options_.stall_timeout);
}

void Connection::Close(const absl::Status& status) {
  Break(status);
  for (const CallPtr& call : std::exchange(resend_, {}))
    call->Finish(OutcomeUnknown(status.message()));
  attempt_at_ = absl::InfiniteFuture();
}

}  // namespace stadtmesh::redis
