// What the chassis costs: an empty RPC with token, log line and metrics, on the service's own
// threads, against the same RPC on bare gRPC (callback API, no chassis), both over loopback from
// the same client in the same run. Prints requests per second and server CPU per request, and the
// ratio.
//
// The server runs in a process of its own, so that its CPU time is its own. Rounds alternate, so
// that a noisy machine hits both.
#include <fcntl.h>
#include <grpcpp/grpcpp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/time/clock.h"
#include "echo.grpc.pb.h"
#include "rpc/generic_client.h"
#include "rpc/metadata.h"
#include "rpc/server.h"
#include "rpc/testing/test_identity.h"

namespace {

using namespace stadtmesh;  // a program, not a header
namespace v1 = stadtmesh::rpctest::v1;

constexpr int kCallers = 64;
constexpr char kPath[] = "/stadtmesh.rpctest.v1.EchoService/Echo";

class BareEcho final : public v1::EchoService::CallbackService {
  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* context,
                                 const v1::EchoRequest* request, v1::EchoReply* reply) override {
    reply->set_text(request->text());
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec +
         1e-6 * (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

// A server in a child process. It writes "port token caller" once, and its CPU seconds whenever it
// reads a byte.
struct Child {
  pid_t pid;
  FILE* from;
  int to;
  int port = 0;
  rpc::Metadata metadata;

  double Cpu() {
    double seconds = 0;
    if (write(to, "?", 1) != 1 || std::fscanf(from, "%lf", &seconds) != 1) std::abort();
    return seconds;
  }
};

void Answer(int in, FILE* out) {
  for (char byte; read(in, &byte, 1) == 1;) {
    std::fprintf(out, "%f\n", CpuSeconds());
    std::fflush(out);
  }
}

void Greet(FILE* out, int port, const rpc::testing::TestIdentity& identity) {
  std::fprintf(out, "%d %s %s\n", port,
               identity.Token(auth::Role::kCitizen, "musterstadt", "bench").c_str(),
               identity.gateway().Token().c_str());
  std::fflush(out);
}

void ServeBare(int in, FILE* out) {
  BareEcho service;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const auto server = builder.BuildAndStart();
  Greet(out, port, rpc::testing::TestIdentity());
  Answer(in, out);
}

void ServeChassis(int in, FILE* out) {
  const rpc::testing::TestIdentity identity;
  obs::Logger logger({.service = "bench", .file_descriptor = open("/dev/null", O_WRONLY)});
  obs::Metrics metrics;
  rpc::ServiceBuilder builder(rpc::Contract("stadtmesh.rpctest.v1.EchoService"));
  const auto echo = [](const rpc::Call&,
                       const v1::EchoRequest& request) -> absl::StatusOr<v1::EchoReply> {
    v1::EchoReply reply;
    reply.set_text(request.text());
    return reply;
  };
  const auto nothing = [](const rpc::Call&, const auto&) -> absl::StatusOr<v1::EchoReply> {
    return absl::UnimplementedError("");
  };
  builder.Unary<v1::EchoRequest, v1::EchoReply>("Echo", echo);
  builder.Unary<v1::EchoRequest, v1::EchoReply>("Open", echo);
  builder.Unary<v1::EchoRequest, v1::EchoReply>("Change", echo);
  builder.Unary<v1::GetThingRequest, v1::EchoReply>("GetThing", nothing);
  builder.Unary<v1::ListMineRequest, v1::EchoReply>("ListMine", nothing);
  builder.ServerStream<v1::CountRequest, v1::EchoReply>(
      "Count", [](const rpc::Call&, const v1::CountRequest&, rpc::Writer<v1::EchoReply>&) {
        return absl::OkStatus();
      });
  absl::StatusOr<rpc::Service> service = std::move(builder).Build();
  if (!service.ok()) std::abort();
  std::vector<rpc::Service> services;
  services.push_back(*std::move(service));
  const auto server = rpc::Server::Start({.tenants = {"musterstadt"},
                                          .authenticator = &identity.authenticator(),
                                          .logger = &logger,
                                          .metrics = &metrics},
                                         std::move(services));
  if (!server.ok()) std::abort();
  Greet(out, (*server)->port(), identity);
  Answer(in, out);
}

Child Fork(void (*serve)(int, FILE*)) {
  int up[2];
  int down[2];
  if (pipe(up) != 0 || pipe(down) != 0) std::abort();
  const pid_t pid = fork();
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    close(up[0]);
    close(down[1]);
    serve(down[0], fdopen(up[1], "w"));
    _exit(0);
  }
  close(up[1]);
  close(down[0]);
  return {pid, fdopen(up[0], "r"), down[1]};
}

struct Result {
  double per_second = 0;
  double cpu_microseconds = 0;
};

// kCallers calls in flight until `calls` are done.
Result Round(Child& child, const rpc::Channel& channel, int calls) {
  v1::EchoRequest request;
  request.set_text("hello");
  const std::string bytes = request.SerializeAsString();
  const rpc::GenericClient client(channel);
  std::atomic<int> left{calls};
  absl::BlockingCounter finished(kCallers);
  std::function<void()> next = [&] {
    if (left.fetch_sub(1) <= 0) {
      finished.DecrementCount();
      return;
    }
    client.Call(kPath, bytes, child.metadata, absl::Now() + absl::Seconds(30),
                [&](const absl::StatusOr<std::string>& reply) {
                  if (!reply.ok() || *reply != bytes) {
                    std::fprintf(stderr, "%s\n", reply.status().ToString().c_str());
                    std::abort();
                  }
                  next();
                });
  };
  const double cpu = child.Cpu();
  const absl::Time begin = absl::Now();
  for (int i = 0; i < kCallers; ++i) next();
  finished.Wait();
  const double seconds = absl::ToDoubleSeconds(absl::Now() - begin);
  return {calls / seconds, 1e6 * (child.Cpu() - cpu) / calls};
}

// Reads the child's first line. Every server gets the same bytes; the bare one ignores them.
bool Connect(Child& child, rpc::Channel& channel) {
  char token[8192];
  char caller[8192];
  if (std::fscanf(child.from, "%d %8191s %8191s", &child.port, token, caller) != 3) return false;
  (void)child.metadata.Add(rpc::kTenant, "musterstadt");
  (void)child.metadata.Add(rpc::kAuthorization, absl::StrCat("Bearer ", token));
  (void)child.metadata.Add(rpc::kCaller, caller);
  (void)child.metadata.Add(rpc::kTraceparent,
                           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  (void)child.metadata.Add(rpc::kAcceptLanguage, "de");
  channel = rpc::Connect(absl::StrCat("127.0.0.1:", child.port));
  return true;
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  const int calls = argc > 1 ? std::atoi(argv[1]) : 20000;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 7;
  const absl::string_view only =
      argc > 3 ? argv[3] : "";  // for a profiler: part of a variant's name
  struct Variant {
    const char* name;
    Child child;
    rpc::Channel channel;
    std::vector<double> rates, cpus, rate_ratios, cpu_ratios;
  };
  // Forked before this process has threads.
  Variant variants[] = {{"bare gRPC callback echo", Fork(ServeBare)},
                        {"whole chassis", Fork(ServeChassis)}};
  for (Variant& variant : variants) {
    if (!Connect(variant.child, variant.channel)) return 1;
    if (absl::StrContains(variant.name, only))
      Round(variant.child, variant.channel, calls / 4);  // warm up
  }
  for (int round = 0; round < rounds; ++round) {
    Result bare;
    for (Variant& variant : variants) {
      if (!absl::StrContains(variant.name, only)) continue;
      const Result result = Round(variant.child, variant.channel, calls);
      if (&variant == variants) bare = result;
      variant.rates.push_back(result.per_second);
      variant.cpus.push_back(result.cpu_microseconds);
      variant.rate_ratios.push_back(result.per_second / bare.per_second);
      variant.cpu_ratios.push_back(bare.cpu_microseconds / result.cpu_microseconds);
    }
  }
  std::printf("%-27s %10s %12s %7s %12s  (required: 0.70 and 0.70)\n", "", "requests/s",
              "us CPU each", "rate", "bare CPU / ");
  for (Variant& variant : variants) {
    if (variant.rates.empty()) continue;
    std::printf("%-27s %10.0f %12.1f %7.2f %12.2f\n", variant.name, Median(variant.rates),
                Median(variant.cpus), Median(variant.rate_ratios), Median(variant.cpu_ratios));
  }
  for (Variant& variant : variants) {
    kill(variant.child.pid, SIGKILL);
    waitpid(variant.child.pid, nullptr, 0);
  }
  return 0;
}
