// Inside libs/rpc only: std::string and messages <-> gRPC's buffers, with as few copies as it
// allows.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <string>

namespace stadtmesh::rpc {

// Takes the string over without copying it.
inline grpc::ByteBuffer ToBuffer(std::string bytes) {
  auto* owned = new std::string(std::move(bytes));
  const grpc::Slice slice(
      owned->data(), owned->size(), [](void* p) { delete static_cast<std::string*>(p); }, owned);
  return grpc::ByteBuffer(&slice, 1);
}

inline grpc::ByteBuffer ToBuffer(const google::protobuf::Message& message) {
  const size_t size = message.ByteSizeLong();
  grpc::Slice slice(size);
  message.SerializeWithCachedSizesToArray(const_cast<uint8_t*>(slice.begin()));
  return grpc::ByteBuffer(&slice, 1);
}

// One contiguous piece; the buffer keeps its content.
inline grpc::Slice ToSlice(const grpc::ByteBuffer& buffer) {
  grpc::Slice slice;
  if (!buffer.Valid() || buffer.Length() == 0) return slice;
  if (!buffer.TrySingleSlice(&slice).ok()) (void)buffer.DumpToSingleSlice(&slice);
  return slice;
}

inline std::string ToString(const grpc::ByteBuffer& buffer) {
  const grpc::Slice slice = ToSlice(buffer);
  return std::string(reinterpret_cast<const char*>(slice.begin()), slice.size());
}

}  // namespace stadtmesh::rpc
