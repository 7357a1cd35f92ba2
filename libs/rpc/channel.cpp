#include "rpc/channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include "rpc/channel_impl.h"
#include "rpc/metadata.h"

namespace stadtmesh::rpc {

Channel Connect(absl::string_view target, const ChannelOptions& options) {
  grpc::ChannelArguments arguments;
  arguments.SetLoadBalancingPolicyName("round_robin");
  arguments.SetMaxReceiveMessageSize(static_cast<int>(options.largest_message));
  arguments.SetMaxSendMessageSize(static_cast<int>(options.largest_message));
  arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, static_cast<int>(kLargestMetadata) * 2);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS,
                   static_cast<int>(absl::ToInt64Milliseconds(options.keepalive)));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);  // ours are in client.cpp
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 5'000);
  // By itself gRPC asks for a name's addresses every 30 s at most; a rolling update replaces all of
  // them in less.
  arguments.SetInt(GRPC_ARG_DNS_MIN_TIME_BETWEEN_RESOLUTIONS_MS, 500);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  auto impl = std::make_shared<Channel::Impl>();
  impl->grpc =
      grpc::CreateCustomChannel(std::string(target), grpc::InsecureChannelCredentials(), arguments);
  return Channel(std::move(impl));
}

}  // namespace stadtmesh::rpc
