// An HTTP/1.1 server for a hostile network: few threads, everything bounded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/http/head_parser.h"
#include "gateway/http/message.h"

namespace stadtmesh::gateway {

// One request and its answer. Whoever drops the last reference without answering has answered 500.
// Thread-safe but for request().
class Exchange {
 public:
  virtual ~Exchange() = default;
  // Written by the handler only (it may move parts out).
  Request& request() { return request_; }

  // Exactly one of Respond and Start is called, once.
  virtual void Respond(Response response) = 0;

  // Begins an answer in pieces (chunked, or until the end of the connection for HTTP/1.0). A drain
  // ends an endless one at once and lets one with an end come to it.
  enum class Extent { kEndless, kEnds };
  virtual void Start(Response head, Extent extent) = 0;
  // Queues a piece. False, and nothing queued, when more than the stream bound waits already: the
  // reader is too slow.
  virtual bool Write(std::string piece) = 0;
  // Ends the answer after what is queued and `last` (which no bound refuses), and closes the
  // connection. What is not taken within two seconds is lost.
  virtual void Finish(std::string last) = 0;
  // Ends a started answer at once, in a way that shows that it is incomplete.
  virtual void Abort() = 0;
  // `written` runs once, on a thread of the server, when nothing queued waits any more; never once
  // the client has gone. It must not block.
  virtual void WhenWritten(std::function<void()> written) = 0;
  // `gone` runs once, on a thread of the server, when the client has left a started stream or it
  // has ended. It must not block.
  virtual void WhenGone(std::function<void()> gone) = 0;

 protected:
  Request request_;
};

// What to do with a request whose head is known.
struct AcceptBody {
  size_t limit = 0;  // largest body in bytes; beyond: 413
};

class Handler {
 public:
  virtual ~Handler() = default;
  // Called on an I/O thread before the body is read (and before 100-continue): refuses early or
  // says how much body may follow. Must not block.
  virtual std::variant<AcceptBody, Response> OnHead(Request& request) = 0;
  // The complete request. On an I/O thread; must not block.
  virtual void OnRequest(std::shared_ptr<Exchange> exchange) = 0;
  // The answer to what could not be read as a request. `request` may be empty.
  virtual Response OnRefusal(Request& request, int status, absl::string_view detail) = 0;
};

struct ServerOptions {
  std::string listen = "127.0.0.1:8080";  // "address:port", port 0 takes a free one
  int threads = 2;
  HeadLimits head;
  absl::Duration head_time =
      absl::Seconds(10);  // from the first byte of a request to the end of its head
  absl::Duration idle_time = absl::Seconds(75);  // between requests
  absl::Duration body_grace = absl::Seconds(5);  // a body may take this long,
  size_t body_rate = 1024;  // and a second more for each so many bytes received
  absl::Duration write_grace = absl::Seconds(10);  // likewise for reading the answer
  size_t write_rate = 4096;
  size_t connections = 10000;             // beyond: closed at once
  size_t connections_per_address = 1000;  // IPv6 by /64; not for exempt addresses
  std::function<bool(absl::string_view)>
      exempt;  // addresses without that cap (configured proxies); may be empty
  size_t buffered_input =
      64 * 1024 * 1024;    // bytes of heads and bodies held for all connections; beyond: 503
  Headers common_headers;  // of every answer that does not have them itself
  size_t stream_bytes = 64 * 1024;  // waiting in one started stream
};

struct ServerStats {
  uint64_t connections = 0;          // open now
  uint64_t accepted = 0;             // ever
  uint64_t refused_connections = 0;  // by a cap
  uint64_t refused_requests = 0;     // malformed, too slow, too large
  uint64_t buffered_input = 0;       // bytes now
};

// Thread-safe.
class HttpServer {
 public:
  // INVALID_ARGUMENT for `listen`, UNAVAILABLE when the port is taken. `handler` outlives the
  // server.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(ServerOptions options, Handler* handler);
  virtual ~HttpServer() = default;  // closes everything at once

  virtual int port() const = 0;
  virtual ServerStats stats() const = 0;
  // Accepts nothing new, closes idle connections, ends started streams, lets running requests
  // finish until `deadline`. Idempotent.
  virtual void Drain(absl::Time deadline) = 0;
};

}  // namespace stadtmesh::gateway
