// What ThreadSanitizer must not judge, since Debian builds these libraries without it: how they
// allocate, copy and free memory of their own. It sees those three, but not the counting of
// references and the "once" in between. Code of ours that they call is judged as everywhere.

extern "C" const char* __tsan_default_suppressions() {
  return "called_from_lib:libabsl_cord.so\n"
         "called_from_lib:libabsl_graphcycles_internal.so\n"
         "called_from_lib:libabsl_random_internal_pool_urbg.so\n"
         "called_from_lib:libabsl_status.so\n"
         "called_from_lib:libabsl_time_zone.so\n"
         "called_from_lib:libgpr.so\n"
         "called_from_lib:libgrpc.so\n"
         "called_from_lib:libgrpc++.so\n"
         "called_from_lib:libupb.so\n"
         // A server's stream: gRPC counts OnCancel among what must be over before OnDone, which
         // deletes the call.
         "race:ServerCallbackWriterImpl::CallOnDone\n"
         // Likewise gRPC's own part of such a call goes with the last of its references.
         "race:grpc::internal::*Handler*::~ServerCallback\n"
         // A client's last operation reads the error text that a thread of gRPC has received.
         "race:grpc::internal::CallOpClientRecvStatus::FinishOp\n";
}
