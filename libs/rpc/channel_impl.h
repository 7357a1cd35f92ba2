// Inside libs/rpc only: what a Channel holds.
#pragma once

#include <grpcpp/channel.h>

#include <memory>

#include "rpc/channel.h"

namespace stadtmesh::rpc {

struct Channel::Impl {
  std::shared_ptr<grpc::Channel> grpc;
};

}  // namespace stadtmesh::rpc
