#include "redis/subscriber.h"

#include <hiredis/hiredis.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace stadtmesh::redis {
namespace {

using Context = std::unique_ptr<redisContext, decltype(&redisFree)>;

void Append(redisContext* context, const Command& command) {
  const std::string header = command.Header();
  redisAppendFormattedCommand(context, header.data(), header.size());
  redisAppendFormattedCommand(context, command.body().data(), command.body().size());
}

// Blocking with a timeout; only the reads that follow are driven by poll.
Context Open(const ConnectionOptions& options, const Address& address) {
  const timeval timeout = absl::ToTimeval(options.connect_timeout);
  return Context(address.socket.empty()
                     ? redisConnectWithTimeout(address.host.c_str(), address.port, timeout)
                     : redisConnectUnixWithTimeout(address.socket.c_str(), timeout),
                 &redisFree);
}

}  // namespace

Subscriber::Subscriber(ConnectionOptions options, std::vector<std::string> channels,
                       SubscriberCallbacks callbacks)
    : options_(std::move(options)),
      channels_(std::move(channels)),
      callbacks_(std::move(callbacks)),
      stop_fd_(eventfd(0, EFD_CLOEXEC)),
      thread_([this] { Run(); }) {}

Subscriber::~Subscriber() {
  const uint64_t one = 1;
  (void)!write(stop_fd_, &one, sizeof(one));
  thread_.join();
  close(stop_fd_);
}

bool Subscriber::Pause(absl::Duration duration) {
  pollfd stop{stop_fd_, POLLIN, 0};
  return poll(&stop, 1, static_cast<int>(absl::ToInt64Milliseconds(duration))) == 0;
}

void Subscriber::Run() {
  const Servers servers(options_);
  absl::Duration backoff = options_.min_backoff;
  size_t next = 0;
  do {
    const bool connected = Listen(servers.addresses[next]);
    next = (next + 1) % servers.addresses.size();
    backoff = connected ? options_.min_backoff : std::min(backoff * 2, options_.max_backoff);
  } while (Pause(backoff));
}

bool Subscriber::Listen(const Address& address) {
  const Context context = Open(options_, address);
  if (!context || context->err != 0) return false;
  if (address.socket.empty()) redisEnableKeepAlive(context.get());  // fails on unix sockets
  if (!options_.password.empty()) {
    Command auth{"AUTH"};
    if (!options_.username.empty()) auth.Arg(options_.username);
    Append(context.get(), auth.Arg(options_.password));
  }
  Command subscribe{"SUBSCRIBE"};
  for (const std::string& channel : channels_) subscribe.Arg(channel);
  Append(context.get(), subscribe);
  for (int done = 0; done == 0;) {
    if (redisBufferWrite(context.get(), &done) != REDIS_OK) return false;
  }
  while (true) {
    pollfd fds[] = {{stop_fd_, POLLIN, 0}, {context->fd, POLLIN, 0}};
    if (poll(fds, 2, -1) < 0) continue;
    if (fds[0].revents != 0) return true;
    if (redisBufferRead(context.get()) != REDIS_OK || !Deliver(context.get())) return true;
  }
}

bool Subscriber::Deliver(redisContext* context) {
  while (true) {
    void* raw = nullptr;
    if (redisGetReplyFromReader(context, &raw) != REDIS_OK) return false;
    if (raw == nullptr) return true;
    auto* object = static_cast<redisReply*>(raw);
    const Reply reply = TakeReply(*object);
    freeReplyObject(object);
    if (reply.type == Reply::Type::kError) return false;
    if (reply.elements.size() != 3) continue;  // the answer to AUTH
    if (reply.elements[0].text == "message") {
      if (callbacks_.on_message)
        callbacks_.on_message(reply.elements[1].text, reply.elements[2].text);
    } else if (reply.elements[0].text == "subscribe" &&
               reply.elements[2].integer == static_cast<int64_t>(channels_.size())) {
      if (callbacks_.on_connected) callbacks_.on_connected();
    }
  }
}

}  // namespace stadtmesh::redis
