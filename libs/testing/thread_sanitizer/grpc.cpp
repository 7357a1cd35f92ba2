// Debian builds gRPC without ThreadSanitizer, which therefore does not see what gRPC orders: it
// hands a call's memory from the thread that starts an operation to the one that learns of its end,
// and messages from the sender to the receiver, through queues without locks. These functions stand
// before the library's and mark both. Which message answers which is not visible here, so whatever
// is received is taken to come after all that was sent before: a race shows where calls overlap,
// not where one follows another.
#include <grpc/grpc.h>
#include <sanitizer/tsan_interface.h>

#include <algorithm>

#include "testing/thread_sanitizer/real.h"

using stadtmesh::testing::Real;

#define REAL_FUNCTION(name) static const auto real = Real<decltype(name)>(#name)

namespace {

char sent;  // stands for all that was sent

bool Sends(const grpc_op& operation) {
  return operation.op == GRPC_OP_SEND_INITIAL_METADATA || operation.op == GRPC_OP_SEND_MESSAGE ||
         operation.op == GRPC_OP_SEND_STATUS_FROM_SERVER;
}

void Completed(const grpc_event& event) {
  if (event.type != GRPC_OP_COMPLETE) return;
  __tsan_acquire(event.tag);
  __tsan_acquire(&sent);
}

}  // namespace

extern "C" {

grpc_call_error grpc_call_start_batch(grpc_call* call, const grpc_op* operations, size_t count,
                                      void* tag, void* reserved) {
  REAL_FUNCTION(grpc_call_start_batch);
  __tsan_release(tag);
  if (std::any_of(operations, operations + count, Sends)) __tsan_release(&sent);
  return real(call, operations, count, tag, reserved);
}

grpc_call_error grpc_server_request_call(grpc_server* server, grpc_call** call,
                                         grpc_call_details* details, grpc_metadata_array* metadata,
                                         grpc_completion_queue* bound,
                                         grpc_completion_queue* notified, void* tag) {
  REAL_FUNCTION(grpc_server_request_call);
  __tsan_release(tag);
  return real(server, call, details, metadata, bound, notified, tag);
}

grpc_call_error grpc_server_request_registered_call(grpc_server* server, void* method,
                                                    grpc_call** call, gpr_timespec* deadline,
                                                    grpc_metadata_array* metadata,
                                                    grpc_byte_buffer** payload,
                                                    grpc_completion_queue* bound,
                                                    grpc_completion_queue* notified, void* tag) {
  REAL_FUNCTION(grpc_server_request_registered_call);
  __tsan_release(tag);
  return real(server, method, call, deadline, metadata, payload, bound, notified, tag);
}

grpc_event grpc_completion_queue_next(grpc_completion_queue* queue, gpr_timespec deadline,
                                      void* reserved) {
  REAL_FUNCTION(grpc_completion_queue_next);
  const grpc_event event = real(queue, deadline, reserved);
  Completed(event);
  return event;
}

grpc_event grpc_completion_queue_pluck(grpc_completion_queue* queue, void* tag,
                                       gpr_timespec deadline, void* reserved) {
  REAL_FUNCTION(grpc_completion_queue_pluck);
  const grpc_event event = real(queue, tag, deadline, reserved);
  Completed(event);
  return event;
}

}  // extern "C"
