#include "redis/server_process.h"

#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/status.h"

extern char** environ;

namespace stadtmesh::redis {
namespace {

constexpr size_t kMaxSocketPath = 107;

std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (std::string& text : strings) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> Environment(
    const std::vector<std::pair<std::string, std::string>>& added) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) result.emplace_back(*entry);
  for (const auto& [name, value] : added) result.push_back(absl::StrCat(name, "=", value));
  return result;
}

bool AnswersPing(const std::string& socket) {
  redisContext* context = redisConnectUnixWithTimeout(socket.c_str(), {1, 0});
  if (context == nullptr) return false;
  bool ready = false;
  if (context->err == 0) {
    auto* reply = static_cast<redisReply*>(redisCommand(context, "PING"));
    // NOAUTH is an answer too; LOADING is not.
    ready = reply != nullptr &&
            (reply->type == REDIS_REPLY_STATUS || std::strncmp(reply->str, "NOAUTH", 6) == 0);
    if (reply != nullptr) freeReplyObject(reply);
  }
  redisFree(context);
  return ready;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ServerProcess>> ServerProcess::Start(ServerProcessOptions options) {
  if (options.directory.empty())
    return absl::InvalidArgumentError("a redis-server needs a directory");
  std::error_code error;
  std::filesystem::create_directories(options.directory, error);
  if (error) return absl::UnavailableError(absl::StrCat(options.directory, ": ", error.message()));
  if (options.socket.empty()) options.socket = options.directory + "/redis.sock";
  if (options.socket.size() > kMaxSocketPath) {
    return absl::InvalidArgumentError(absl::StrCat("the path of the Redis socket is longer than ",
                                                   kMaxSocketPath, " bytes: ", options.socket));
  }
  std::unique_ptr<ServerProcess> process(new ServerProcess(std::move(options)));
  RETURN_IF_ERROR(process->Lock());
  RETURN_IF_ERROR(process->Launch());
  return process;
}

ServerProcess::~ServerProcess() {
  Stop();
  if (lock_fd_ >= 0) close(lock_fd_);
}

absl::Status ServerProcess::Lock() {
  const std::string path = options_.directory + "/redis.lock";
  lock_fd_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_fd_ < 0) return absl::UnavailableError(absl::StrCat(path, ": ", strerror(errno)));
  if (flock(lock_fd_, LOCK_EX | LOCK_NB) != 0) {
    return absl::AlreadyExistsError(
        absl::StrCat("another redis-server holds the data directory ", options_.directory));
  }
  return absl::OkStatus();
}

std::vector<std::string> ServerProcess::Arguments() const {
  std::vector<std::string> arguments = {options_.binary};
  const auto set = [&](const std::string& name, const std::string& value) {
    arguments.push_back("--" + name);
    arguments.push_back(value);
  };
  set("port", absl::StrCat(options_.port));
  set("bind", "127.0.0.1");
  set("unixsocket", options_.socket);
  set("unixsocketperm", "600");
  set("dir", options_.directory);
  set("logfile", options_.directory + "/redis.log");
  set("daemonize", "no");
  set("save", "");
  set("appendonly", "yes");
  set("appendfsync", "always");
  set("no-appendfsync-on-rewrite", "no");
  // What was erased stays in the append-only file until that is rewritten, for which Redis by
  // itself waits for 64 MB: a small town takes long to write so much.
  set("auto-aof-rewrite-min-size", "4mb");
  set("auto-aof-rewrite-percentage", "50");
  set("maxmemory-policy", "noeviction");
  for (const auto& [name, value] : options_.settings) set(name, value);
  return arguments;
}

absl::Status ServerProcess::Launch() {
  if (supervisor_.joinable()) supervisor_.join();
  launched_ = false;
  supervisor_ = std::thread([this] {
    std::vector<std::string> arguments = Arguments();
    std::vector<std::string> environment = Environment(options_.environment);
    const std::vector<char*> argv = Pointers(arguments), envp = Pointers(environment);
    const pid_t parent = getpid();
    const pid_t child = fork();
    if (child == 0) {  // only async-signal-safe calls from here
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (getppid() != parent) _exit(1);
      setpgid(0, 0);  // Ctrl-C ends the parent, which ends the server in order
      fcntl(lock_fd_, F_SETFD, 0);
      // A parent that takes its signals from a descriptor blocks them, and a mask outlives exec:
      // the server would never see SIGTERM.
      sigset_t none;
      sigemptyset(&none);
      sigprocmask(SIG_SETMASK, &none, nullptr);
      execvpe(argv[0], argv.data(), envp.data());
      _exit(127);
    }
    {
      std::lock_guard lock(mutex_);
      pid_ = child;
      launched_ = true;
    }
    changed_.notify_all();
    if (child > 0) {
      int state = 0;
      while (waitpid(child, &state, 0) < 0 && errno == EINTR) {
      }
    }
    std::lock_guard lock(mutex_);
    pid_ = 0;
    changed_.notify_all();
  });
  return AwaitReady();
}

absl::Status ServerProcess::AwaitReady() {
  const absl::Time deadline = absl::Now() + options_.start_timeout;
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return launched_; });
  }
  while (running() && absl::Now() < deadline) {
    if (AnswersPing(options_.socket)) return absl::OkStatus();
    AwaitEnd(absl::Milliseconds(5));
  }
  const std::string log = LogTail();
  Stop(absl::ZeroDuration());
  return absl::UnavailableError(
      absl::StrCat(options_.binary, " did not start in ", options_.directory, "\n", log));
}

std::string ServerProcess::LogTail() const {
  std::ifstream file(options_.directory + "/redis.log");
  std::ostringstream text;
  text << file.rdbuf();
  const std::string log = text.str();
  return log.size() > 1000 ? log.substr(log.size() - 1000) : log;
}

pid_t ServerProcess::pid() const {
  std::lock_guard lock(mutex_);
  return pid_ > 0 ? pid_ : 0;
}

bool ServerProcess::running() const { return pid() != 0; }

bool ServerProcess::AwaitEnd(absl::Duration timeout) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, absl::ToChronoNanoseconds(timeout), [this] { return pid_ <= 0; });
}

void ServerProcess::Kill(int signal) {
  {
    // Under the lock the child has not been reaped, so the id is still its own.
    std::lock_guard lock(mutex_);
    if (pid_ > 0) kill(pid_, signal);
  }
  if (signal == SIGKILL) AwaitEnd(absl::Seconds(60));
}

void ServerProcess::Stop(absl::Duration grace) {
  Kill(SIGTERM);
  if (!AwaitEnd(grace)) Kill(SIGKILL);
  if (supervisor_.joinable()) supervisor_.join();
}

absl::Status ServerProcess::Restart() {
  if (running()) return absl::FailedPreconditionError("the redis-server is still running");
  return Launch();
}

}  // namespace stadtmesh::redis
