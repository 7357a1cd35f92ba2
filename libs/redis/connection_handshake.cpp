// How a connection begins: connect, sign in, check the server, fence off the last connection.
#include <hiredis/hiredis.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "redis/connection.h"

namespace stadtmesh::redis {
namespace {

int SocketError(int fd) {
  int error = 0;
  socklen_t size = sizeof(error);
  return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

// The value of "name:value\r\n" in an INFO text.
std::string InfoField(const std::string& info, const std::string& name) {
  const size_t start = info.find(name + ":");
  if (start == std::string::npos) return "";
  const size_t value = start + name.size() + 1;
  return info.substr(value, info.find("\r\n", value) - value);
}

}  // namespace

void Connection::Connect(absl::Time now) {
  server_ = servers_.next;
  const Address& target = address();
  appended_ = 0;
  context_ = target.socket.empty() ? redisConnectNonBlock(target.host.c_str(), target.port)
                                   : redisConnectUnixNonBlock(target.socket.c_str());
  state_ = State::kConnecting;
  timeout_at_ = now + options_.connect_timeout;
  if (context_ == nullptr) return Break(absl::UnavailableError("Redis: out of memory"));
  if (context_->err != 0) {
    return Break(absl::UnavailableError(
        absl::StrCat("Redis at ", target.ToString(), ": ", context_->errstr)));
  }
}

void Connection::StartHandshake() {
  state_ = State::kHandshake;
  handshake_.clear();
  if (!options_.password.empty()) {
    Command auth{"AUTH"};
    if (!options_.username.empty()) auth.Arg(options_.username);
    Append(auth.Arg(options_.password), Kind::kInternal, nullptr);
  }
  Append(Command{"CLIENT", "ID"}, Kind::kInternal, nullptr);
  Append(Command{"INFO", "server"}, Kind::kInternal, nullptr);
  Append(Command{"INFO", "persistence"}, Kind::kInternal, nullptr);
  for (const auto& [name, _] : options_.required_config) {
    Append(Command{"CONFIG", "GET", name}, Kind::kInternal, nullptr);
  }
  if (servers_.several()) Append(Command{"ROLE"}, Kind::kInternal, nullptr);
  handshake_expected_ = in_flight_.size();
  Flush();
}

void Connection::OnInternalReply(Reply reply) {
  if (state_ == State::kFence) return BecomeReady();  // also when there was nobody left to kill
  handshake_.push_back(std::move(reply));
  if (handshake_.size() == handshake_expected_) FinishHandshake();
}

absl::Status Connection::CheckHandshake() {
  for (const Reply& reply : handshake_) {
    if (reply.type == Reply::Type::kError) return ErrorReplyStatus(reply.text);
  }
  size_t next = options_.password.empty() ? 0 : 1;
  client_id_ = absl::StrCat(handshake_[next++].integer);
  server_run_ = InfoField(handshake_[next++].text, "run_id");
  // A server that was just started answers some commands, but no question about its data yet.
  if (InfoField(handshake_[next++].text, "loading") == "1") {
    return absl::UnavailableError(
        absl::StrCat("Redis at ", address().ToString(), " is still reading its data"));
  }
  for (const auto& [name, wanted] : options_.required_config) {
    const Reply& reply = handshake_[next++];
    const std::string found = reply.elements.size() == 2 ? reply.elements[1].text : "nothing";
    if (found != wanted) {
      return absl::FailedPreconditionError(
          absl::StrCat("Redis at ", address().ToString(), " has ", name, " ", found,
                       "; it must be ", wanted, " (set `", name, " ", wanted, "` in redis.conf)"));
    }
  }
  if (servers_.several() &&
      (handshake_[next].elements.empty() || handshake_[next].elements[0].text != "master")) {
    return absl::UnavailableError(absl::StrCat("Redis at ", address().ToString(), " is a replica"));
  }
  return absl::OkStatus();
}

void Connection::FinishHandshake() {
  if (const absl::Status status = CheckHandshake(); !status.ok()) return Break(status);
  // The server may still hold unread commands of the broken connection; a call that is sent again
  // must come after them or instead of them. So the old connection is closed on the server's side
  // first.
  if (!last_client_id_.empty() && last_server_run_ == server_run_) {
    state_ = State::kFence;
    Append(Command{"CLIENT", "KILL", "ID", last_client_id_}, Kind::kInternal, nullptr);
    return Flush();
  }
  BecomeReady();
}

void Connection::BecomeReady() {
  state_ = State::kReady;
  problem_ = absl::OkStatus();
  servers_.primary = server_;
  ready_since_ = absl::Now();
  backoff_ = options_.min_backoff;
  timeout_at_ = absl::InfiniteFuture();
  last_client_id_ = client_id_;
  last_server_run_ = server_run_;
  for (CallPtr& call : std::exchange(resend_, {})) Send(std::move(call));
  Flush();
}

void Connection::OnWritable() {
  if (state_ != State::kConnecting) return Flush();
  if (const int error = SocketError(context_->fd); error != 0) {
    return Break(absl::UnavailableError(
        absl::StrCat("Redis at ", address().ToString(), ": ", strerror(error))));
  }
  StartHandshake();
}

}  // namespace stadtmesh::redis
