#include "events/testing/kafka_process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace stadtmesh::testing {
namespace {

constexpr char kClusterId[] = "c3RhZHRtZXNoLXRlc3Qtdg";
constexpr absl::Duration kStartTimeout = absl::Seconds(60);

std::string Libs() {
  const char* libs = std::getenv("STADTMESH_KAFKA_LIBS");
  return libs != nullptr ? libs : std::filesystem::absolute(".cache/kafka-3.9.1/libs").string();
}

[[noreturn]] void Abort(const std::string& why) {
  std::fprintf(stderr, "Kafka: %s\n", why.c_str());
  std::abort();
}

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

// Two different ports that were free a moment ago.
std::pair<int, int> FreePorts() {
  int ports[2];
  int sockets[2];
  for (int i = 0; i < 2; ++i) {
    sockets[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = Loopback(0);
    socklen_t size = sizeof(address);
    if (bind(sockets[i], reinterpret_cast<sockaddr*>(&address), size) != 0) Abort("no free port");
    getsockname(sockets[i], reinterpret_cast<sockaddr*>(&address), &size);
    ports[i] = ntohs(address.sin_port);
  }
  for (int descriptor : sockets) close(descriptor);
  return {ports[0], ports[1]};
}

bool Accepts(int port) {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(port);
  const bool accepted =
      connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  close(descriptor);
  return accepted;
}

// Starts java with its output in `log`. It dies with the thread that calls this, which is the
// test's main thread.
pid_t Java(const std::vector<std::string>& arguments, const std::string& log) {
  std::vector<std::string> all = {
      "java", "-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", Libs() + "/*"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& argument : all) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child != 0) return child;
  // Only async-signal-safe calls from here.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  const int output = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  dup2(output, 1);
  dup2(output, 2);
  execvp(argv[0], argv.data());
  _exit(127);
}

}  // namespace

std::string KafkaProcess::Missing() {
  const std::string jar = Libs() + "/kafka_2.13-3.9.1.jar";
  if (!std::filesystem::exists(jar)) {
    return absl::StrCat("Kafka's jars are missing (", jar, "): run tools/kafka/fetch");
  }
  if (std::system("command -v java > /dev/null 2>&1") != 0)
    return "java is missing: install openjdk-17-jre-headless";
  return "";
}

KafkaProcess::KafkaProcess(KafkaProcessOptions options) {
  if (const std::string missing = Missing(); !missing.empty()) Abort(missing);
  std::string pattern =
      (std::filesystem::temp_directory_path() / "stadtmesh-kafka-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) Abort("no temporary directory");
  directory_ = pattern;
  std::tie(port_, controller_port_) = FreePorts();
  WriteSettings(options);
  Format();
  Launch();
}

KafkaProcess::~KafkaProcess() {
  Kill();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

std::string KafkaProcess::brokers() const { return absl::StrCat("127.0.0.1:", port_); }

void KafkaProcess::WriteSettings(const KafkaProcessOptions& options) {
  std::ofstream file(directory_ + "/server.properties");
  file << "process.roles=broker,controller\nnode.id=1\n"
       << "controller.quorum.voters=1@127.0.0.1:" << controller_port_ << "\n"
       << "listeners=PLAINTEXT://127.0.0.1:" << port_
       << ",CONTROLLER://127.0.0.1:" << controller_port_ << "\n"
       << "advertised.listeners=PLAINTEXT://127.0.0.1:" << port_ << "\n"
       << "controller.listener.names=CONTROLLER\n"
       << "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT\n"
       << "log.dirs=" << directory_ << "/data\n"
       << "offsets.topic.replication.factor=1\noffsets.topic.num.partitions=4\n"
       << "transaction.state.log.replication.factor=1\ntransaction.state.log.min.isr=1\n"
       << "group.initial.rebalance.delay.ms=0\nauto.create.topics.enable=false\n"
       << "log.cleaner.dedupe.buffer.size=2097152\nnum.io.threads=2\nnum.network.threads=2\n";
  for (const auto& [name, value] : options.settings) file << name << '=' << value << '\n';
  std::ofstream logging(directory_ + "/log4j.properties");
  logging
      << "log4j.rootLogger=WARN, stdout\nlog4j.appender.stdout=org.apache.log4j.ConsoleAppender\n"
      << "log4j.appender.stdout.layout=org.apache.log4j.PatternLayout\n"
      << "log4j.appender.stdout.layout.ConversionPattern=[%d] %p %m (%c)%n\n";
}

void KafkaProcess::Format() {
  const pid_t child = Java(
      {"-Dlog4j.configuration=file:" + directory_ + "/log4j.properties", "kafka.tools.StorageTool",
       "format", "-t", kClusterId, "-c", directory_ + "/server.properties"},
      directory_ + "/format.log");
  int state = 0;
  waitpid(child, &state, 0);
  if (state != 0) Abort("the storage cannot be formatted\n" + LogTail());
}

void KafkaProcess::Launch() {
  pid_ = Java({"-Dlog4j.configuration=file:" + directory_ + "/log4j.properties", "kafka.Kafka",
               directory_ + "/server.properties"},
              directory_ + "/server.log");
  AwaitReady();
}

void KafkaProcess::AwaitReady() {
  const absl::Time deadline = absl::Now() + kStartTimeout;
  while (!Accepts(port_)) {
    if (waitpid(pid_, nullptr, WNOHANG) == pid_ || absl::Now() > deadline)
      Abort("the broker does not start\n" + LogTail());
    absl::SleepFor(absl::Milliseconds(20));
  }
}

std::string KafkaProcess::LogTail() const {
  std::ostringstream text;
  for (const char* name : {"/format.log", "/server.log"})
    text << std::ifstream(directory_ + name).rdbuf();
  const std::string log = text.str();
  return log.size() > 3000 ? log.substr(log.size() - 3000) : log;
}

void KafkaProcess::Kill(int signal) {
  if (pid_ <= 0) return;
  kill(pid_, signal);
  if (signal != SIGKILL) return;
  waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

void KafkaProcess::Restart() {
  if (pid_ > 0) Kill();
  Launch();
}

}  // namespace stadtmesh::testing
