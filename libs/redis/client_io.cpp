// The I/O thread of a client.
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "redis/client.h"

namespace stadtmesh::redis {

void Client::Run() {
  sigset_t pipe;  // writing to a broken connection is an error, not a signal
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  while (true) {
    const absl::Time now = absl::Now();
    for (auto& connection : connections_) connection->Tick(now);
    UpdateHealth();
    PollOnce();
    Gather();
    if (!TakeSubmitted()) break;
    if (expected_ == 0) Distribute();
  }
  const absl::Status closed = absl::UnavailableError("the Redis client is closed");
  for (auto& connection : connections_) connection->Close(closed);
  for (auto& group : waiting_) {
    for (const CallPtr& call : group) call->Finish(closed);
  }
  absl::MutexLock lock(&mutex_);
  for (auto& group : submitted_) {
    for (const CallPtr& call : group) call->Finish(closed);
  }
}

void Client::Gather() {
  size_t answered = 0;
  absl::Duration round_trip = absl::ZeroDuration();
  for (auto& connection : connections_) {
    if (const size_t count = connection->TakeAnswered(); count > 0) {
      answered += count;
      round_trip = std::max(round_trip, connection->last_round_trip());
    }
  }
  if (answered < 2 && expected_ == 0) return;
  if (expected_ == 0) gather_until_ = absl::Now() + std::min(options_.gather, round_trip / 8);
  expected_ += answered;
}

// False when the client is to end.
bool Client::TakeSubmitted() {
  absl::MutexLock lock(&mutex_);
  std::move(submitted_.begin(), submitted_.end(), std::back_inserter(waiting_));
  submitted_.clear();
  wake_sent_ = false;
  if (waiting_.size() >= expected_ || absl::Now() >= gather_until_) expected_ = 0;
  wake_from_ = expected_ == 0 ? 1 : expected_ - waiting_.size();
  return !stopping_;
}

int Client::PollOnce() {
  absl::Time wake_at = absl::InfiniteFuture();
  polled_.clear();
  polled_.push_back({wake_fd_, POLLIN, 0});
  for (const auto& connection : connections_) {
    const short events = connection->wants_write() ? POLLIN | POLLOUT : POLLIN;
    polled_.push_back({connection->fd(), events, 0});  // a negative fd is ignored
    wake_at = std::min(wake_at, connection->next_tick());
  }
  if (expected_ > 0) wake_at = std::min(wake_at, gather_until_);
  const timespec left =
      absl::ToTimespec(std::clamp(wake_at - absl::Now(), absl::ZeroDuration(), absl::Seconds(1)));
  const int events = ppoll(polled_.data(), polled_.size(), &left, nullptr);
  if (events <= 0) return events;
  if (polled_[0].revents != 0) {
    uint64_t count;
    (void)!read(wake_fd_, &count, sizeof(count));
  }
  for (size_t i = 0; i < connections_.size(); ++i) {
    Connection& connection = *connections_[i];
    const short happened = polled_[i + 1].revents;
    if ((happened & POLLOUT) != 0 && connection.fd() >= 0) connection.OnWritable();
    if ((happened & (POLLIN | POLLERR | POLLHUP)) != 0 && connection.fd() >= 0)
      connection.OnReadable();
  }
  return events;
}

void Client::UpdateHealth() {
  bool ready = false;
  absl::Status problem;
  for (const auto& connection : connections_) {
    connection->LeaveOldPrimary();  // where another one has found the new primary
    ready |= connection->ready();
    if (!connection->problem().ok()) problem = connection->problem();
  }
  absl::MutexLock lock(&mutex_);
  ready_ = ready;
  if (!problem.ok() || ready) problem_ = problem;
}

void Client::Distribute() {
  if (waiting_.empty()) return;
  const auto less_busy = [](const auto& a, const auto& b) {
    return std::make_pair(!a->ready(), a->in_flight()) <
           std::make_pair(!b->ready(), b->in_flight());
  };
  for (auto& group : waiting_) {
    auto& connection = **std::min_element(connections_.begin(), connections_.end(), less_busy);
    if (!connection.ready()) break;
    for (CallPtr& call : group) connection.Send(std::move(call));
    group.clear();
  }
  std::erase_if(waiting_, [](const auto& group) { return group.empty(); });
  for (auto& connection : connections_) {
    if (connection->ready()) connection->Flush();
  }
  RefuseWaiting();
}

void Client::RefuseWaiting() {
  if (waiting_.empty()) return;
  std::erase_if(waiting_, [](const auto& group) {
    return std::all_of(group.begin(), group.end(),
                       [](const CallPtr& call) { return call->abandoned.load(); });
  });
  absl::Status refusal;
  {
    absl::MutexLock lock(&mutex_);
    // Settings or a password that are refused do not pass by waiting.
    if (problem_.code() != absl::StatusCode::kUnavailable) refusal = problem_;
  }
  if (refusal.ok() && waiting_.size() > options_.max_waiting) {
    refusal = absl::UnavailableError("too many calls wait for Redis");
  }
  if (refusal.ok()) return;
  for (auto& group : std::exchange(waiting_, {})) {
    for (const CallPtr& call : group) call->Finish(refusal);
  }
}

}  // namespace stadtmesh::redis
