#include "redis/client.h"

#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/status.h"

namespace stadtmesh::redis {

Client::Client(ClientOptions options)
    : options_(std::move(options)),
      wake_fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      servers_(options_.connection) {
  for (int i = 0; i < std::max(1, options_.connections); ++i) {
    connections_.push_back(std::make_unique<Connection>(options_.connection, servers_));
  }
  thread_ = std::thread([this] { Run(); });
}

Client::~Client() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  Wake();
  thread_.join();
  close(wake_fd_);
}

absl::StatusOr<std::unique_ptr<Client>> Client::Connect(ClientOptions options,
                                                        absl::Time deadline) {
  auto client = std::make_unique<Client>(std::move(options));
  absl::MutexLock lock(&client->mutex_);
  client->mutex_.AwaitWithDeadline(absl::Condition(client.get(), &Client::Settled), deadline);
  if (!client->ready_) {
    return client->problem_.ok() ? absl::UnavailableError(absl::StrCat(
                                       "Redis at ", client->options_.connection.address.ToString(),
                                       " does not answer"))
                                 : client->problem_;
  }
  return client;
}

bool Client::connected() {
  absl::MutexLock lock(&mutex_);
  return ready_;
}

bool Client::Settled() const {
  return ready_ || (!problem_.ok() && problem_.code() != absl::StatusCode::kUnavailable);
}

void Client::Wake() {
  const uint64_t one = 1;
  (void)!write(wake_fd_, &one, sizeof(one));
}

void Client::Submit(std::vector<CallPtr> calls) {
  bool wake = false;
  {
    absl::MutexLock lock(&mutex_);
    submitted_.push_back(std::move(calls));
    if (submitted_.size() >= wake_from_) wake = !std::exchange(wake_sent_, true);
  }
  if (wake) Wake();
}

absl::StatusOr<Reply> Client::Await(const CallPtr& call, absl::Time deadline) {
  if (call->done.WaitForNotificationWithDeadline(deadline)) return std::move(call->result);
  call->abandoned.store(true);
  if (call->sent.load()) {
    // It may have been answered between the two looks.
    if (call->done.HasBeenNotified()) return std::move(call->result);
    return OutcomeUnknown("Redis did not answer in time");
  }
  absl::MutexLock lock(&mutex_);
  if (!ready_) {
    return absl::UnavailableError(absl::StrCat("Redis is not reachable: ", problem_.message()));
  }
  return absl::DeadlineExceededError("no time left to ask Redis");
}

absl::StatusOr<Reply> Client::Call(Command command, absl::Time deadline, CallOptions options) {
  auto call = std::make_shared<redis::Call>(std::move(command));
  call->repeatable = options.repeatable;
  call->durable = options.durable;
  Submit({call});
  return Await(call, deadline);
}

std::vector<absl::StatusOr<Reply>> Client::CallAll(std::vector<Command> commands,
                                                   absl::Time deadline, CallOptions options) {
  std::vector<CallPtr> calls;
  for (Command& command : commands) {
    calls.push_back(std::make_shared<redis::Call>(std::move(command)));
    calls.back()->repeatable = options.repeatable;
    calls.back()->durable = options.durable;
  }
  if (!calls.empty()) Submit(calls);
  std::vector<absl::StatusOr<Reply>> results;
  for (const CallPtr& call : calls) results.push_back(Await(call, deadline));
  return results;
}

absl::StatusOr<Reply> Client::CallScript(const Script& script, const ScriptArguments& arguments,
                                         absl::Time deadline, CallOptions options) {
  auto reply = Call(arguments.ToCommand("EVALSHA", script.sha1()), deadline, options);
  if (reply.status().code() != absl::StatusCode::kNotFound) return reply;
  return Call(arguments.ToCommand("EVAL", script.source()), deadline, options);
}

}  // namespace stadtmesh::redis
