// Inside libs/rpc only: what a Channel holds.
#pragma once

#include <grpcpp/channel.h>

#include <memory>

#include "rpc/channel.h"
#include "rpc/local_calls.h"

namespace stadtmesh::rpc {

struct Channel::Impl {
  std::shared_ptr<grpc::Channel> grpc;
  std::shared_ptr<LocalCalls> local;  // in process: takes unary calls past gRPC
};

}  // namespace stadtmesh::rpc
