// A plain HTTP client on a raw socket, so that tests can send what no library would.
#pragma once

#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace stadtmesh::gateway {

struct HttpReply {
  int status = 0;                              // 0: the connection ended before an answer
  std::map<std::string, std::string> headers;  // lower-case names; the last of several
  std::string body;
};

class HttpConnection {
 public:
  explicit HttpConnection(int port);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;

  bool Send(absl::string_view bytes);  // false when the other end is closed
  // The next answer; `head_only` for HEAD. Waits at most `timeout`.
  HttpReply Receive(bool head_only = false, absl::Duration timeout = absl::Seconds(10));
  // Everything up to and with `mark`, or what came until the end or the timeout.
  std::string ReadUntil(absl::string_view mark, absl::Duration timeout = absl::Seconds(10));
  // True when the other end closes within `timeout` (unread bytes are thrown away).
  bool WaitForClose(absl::Duration timeout = absl::Seconds(10));
  void ShutdownWrite();
  void Abort();  // closes with a reset

 private:
  bool Fill(absl::Time deadline);
  int socket_ = -1;
  std::string buffer_;
};

using HeaderMap = std::map<std::string, std::string>;

// One request on a connection of its own. Host is localhost unless given.
HttpReply Fetch(int port, absl::string_view method, absl::string_view target,
                HeaderMap headers = {}, absl::string_view body = "");

}  // namespace stadtmesh::gateway
