#include "gateway/tests/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"

namespace stadtmesh::gateway {

HttpConnection::HttpConnection(int port) {
  socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
    close(socket_);
    socket_ = -1;
    return;
  }
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

HttpConnection::~HttpConnection() {
  if (socket_ >= 0) close(socket_);
}

bool HttpConnection::Send(absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

bool HttpConnection::Fill(absl::Time deadline) {
  if (socket_ < 0) return false;
  pollfd readable{socket_, POLLIN, 0};
  const auto wait = absl::ToInt64Milliseconds(deadline - absl::Now());
  if (wait < 0 || poll(&readable, 1, static_cast<int>(wait)) <= 0) return false;
  char bytes[16384];
  const ssize_t size = recv(socket_, bytes, sizeof(bytes), 0);
  if (size <= 0) return false;
  buffer_.append(bytes, static_cast<size_t>(size));
  return true;
}

HttpReply HttpConnection::Receive(bool head_only, absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  HttpReply reply;
  size_t end;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!Fill(deadline)) return reply;
  }
  const std::string head = buffer_.substr(0, end);
  buffer_.erase(0, end + 4);
  for (absl::string_view line : absl::StrSplit(head, "\r\n")) {
    const size_t colon = line.find(": ");
    if (colon == absl::string_view::npos || reply.status == 0) {
      if (!absl::SimpleAtoi(line.substr(9, 3), &reply.status)) std::abort();
      continue;
    }
    reply.headers[absl::AsciiStrToLower(line.substr(0, colon))] =
        std::string(line.substr(colon + 2));
  }
  size_t length = 0;
  if (head_only || !absl::SimpleAtoi(reply.headers["content-length"], &length)) return reply;
  while (buffer_.size() < length && Fill(deadline)) {
  }
  reply.body = buffer_.substr(0, length);
  buffer_.erase(0, length);
  return reply;
}

std::string HttpConnection::ReadUntil(absl::string_view mark, absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  size_t found;
  while ((found = buffer_.find(mark.data(), 0, mark.size())) == std::string::npos) {
    if (!Fill(deadline)) return std::exchange(buffer_, "");
  }
  std::string text = buffer_.substr(0, found + mark.size());
  buffer_.erase(0, found + mark.size());
  return text;
}

bool HttpConnection::WaitForClose(absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  while (Fill(deadline)) buffer_.clear();
  return absl::Now() < deadline;
}

void HttpConnection::ShutdownWrite() { shutdown(socket_, SHUT_WR); }

void HttpConnection::Abort() {
  const linger hard{1, 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
  close(std::exchange(socket_, -1));
}

HttpReply Fetch(int port, absl::string_view method, absl::string_view target, HeaderMap headers,
                absl::string_view body) {
  HttpConnection connection(port);
  std::string request = absl::StrCat(method, " ", target, " HTTP/1.1\r\n");
  headers.emplace("host", "localhost");
  if (!body.empty()) {
    headers.emplace("content-type", "application/json");
    headers.emplace("content-length", absl::StrCat(body.size()));
  }
  for (const auto& [name, value] : headers) absl::StrAppend(&request, name, ": ", value, "\r\n");
  absl::StrAppend(&request, "\r\n", body);
  connection.Send(request);
  return connection.Receive(method == "HEAD");
}

}  // namespace stadtmesh::gateway
