// A connection to a server, without gRPC in sight. Copies share it. Thread-safe.
#pragma once

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace stadtmesh::rpc {

class Channel {
 public:
  struct Impl;  // wraps grpc::Channel; libs/rpc/channel_impl.h
  Channel() = default;
  explicit Channel(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
  const std::shared_ptr<Impl>& impl() const { return impl_; }
  explicit operator bool() const { return impl_ != nullptr; }

 private:
  std::shared_ptr<Impl> impl_;
};

struct ChannelOptions {
  int64_t largest_message = 4 * 1024 * 1024;  // bytes, each way
  absl::Duration keepalive =
      absl::Seconds(30);  // a ping after this long without traffic on an open call
};

// `target` is a gRPC name such as "dns:///buergerbus.stadtmesh:9000" (a headless service: calls go
// round-robin over its addresses) or "127.0.0.1:9000". Connects in the background; the network
// between is trusted or carries mutual TLS of its own.
Channel Connect(absl::string_view target, const ChannelOptions& options = {});

}  // namespace stadtmesh::rpc
