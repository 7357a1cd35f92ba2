// Commits per second of the store beside redis-benchmark sending the same script with the same
// arguments, on the same durable server, in turns in the same run. The ratio is the figure; 1.00
// would be a client that costs nothing.
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "base/time.h"
#include "store/execute.h"
#include "store/redis_commit.h"
#include "store/redis_store.h"
#include "testing/redis_process.h"

namespace stadtmesh::store {
namespace {

const Scope kScope{"bench", "store"};
constexpr int64_t kOutboxLimit = 100'000'000;

absl::Time Soon() { return absl::Now() + absl::Seconds(10); }

// A ride-like command: a record of 300 bytes, an index entry, an event of 200 bytes, a reply of
// 100.
Transaction Typical(const std::string& id) {
  Transaction transaction(ReplyIdentity{"subject-1", "/stadtmesh.bench.v1.Bench/Book", id,
                                        std::string(64, 'f'), absl::Hours(24)});
  transaction.Put(id, std::string(300, 'r'), "");
  transaction.IndexPut("by-time", id, 1'790'000'000);
  transaction.Emit({"ride-1",
                    "stadtmesh.bench.ride.booked.v1",
                    std::string(200, 'e'),
                    id,
                    absl::FromUnixSeconds(1'790'000'000),
                    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                    {}});
  transaction.Reply(std::string(100, 'a'));
  return transaction;
}

double Ours(Store& store, int callers, absl::Duration duration) {
  static std::atomic<int64_t> next{0};
  std::atomic<int64_t> commits{0};
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  const absl::Time start = absl::Now();
  for (int i = 0; i < callers; ++i) {
    threads.emplace_back([&] {
      int64_t mine = 0;
      while (!stop) {
        const auto result = store.Commit(kScope, Typical(absl::StrCat("ride-", next++)), Soon());
        if (!result.ok()) {
          std::fprintf(stderr, "%s\n", result.status().ToString().c_str());
          std::abort();
        }
        ++mine;
      }
      commits += mine;
    });
  }
  absl::SleepFor(duration);
  stop = true;
  for (std::thread& thread : threads) thread.join();
  return static_cast<double>(commits) / absl::ToDoubleSeconds(absl::Now() - start);
}

std::string Quoted(const std::string& argument) {
  std::string text = "'";
  for (const char c : argument) absl::StrAppend(&text, c == '\'' ? "'\\''" : std::string(1, c));
  return text + "'";
}

// The words of a command on the wire: "$3\r\nfoo\r\n...".
std::vector<std::string> Words(const redis::Command& command) {
  std::vector<std::string> words;
  const std::string& body = command.body();
  for (size_t at = 0; at < body.size();) {
    const size_t end = body.find("\r\n", at);
    const size_t size = std::strtoul(body.c_str() + at + 1, nullptr, 10);
    words.push_back(body.substr(end + 2, size));
    at = end + 2 + size + 2;
  }
  return words;
}

// The same EVALSHA; redis-benchmark replaces __rand_int__, which makes each key a new one as in
// ours.
double Reference(const testing::RedisProcess& redis, const std::string& sha, int commands,
                 int clients, int pipeline) {
  const Transaction transaction = Typical("ride-__rand_int__");
  const auto plan = *MakePlan(kScope, transaction);
  const RedisCommit commit(kScope, transaction, plan, NewToken());
  std::string line = absl::StrCat("redis-benchmark -s ", redis.socket(), " -c ", clients, " -P ",
                                  pipeline, " --csv -r 1000000000 -n ", commands);
  for (const std::string& word :
       Words(commit.Arguments({kOutboxLimit, false}).ToCommand("EVALSHA", sha))) {
    absl::StrAppend(&line, " ", Quoted(word));
  }
  FILE* pipe = popen(absl::StrCat(line, " 2>/dev/null | tail -1").c_str(), "r");
  char buffer[16384] = "";
  while (std::fgets(buffer, sizeof(buffer), pipe) != nullptr) {
  }
  pclose(pipe);
  // "the command","rps","avg latency",...: rps is the seventh field from the end.
  const std::vector<std::string> fields = absl::StrSplit(buffer, "\",\"");
  double rate = 0;
  if (fields.size() < 7 || !absl::SimpleAtod(fields[fields.size() - 7], &rate)) {
    std::fprintf(stderr, "redis-benchmark said: %s\n", buffer);
    std::abort();
  }
  return rate;
}

// One caller waits for one fsync; so does redis-benchmark with one connection and no pipeline.
void OneCaller(Store& store, const testing::RedisProcess& redis, absl::Duration duration,
               int rounds) {
  std::vector<double> ratios;
  double ours = 0, reference = 0;
  for (int round = 0; round < rounds; ++round) {
    reference = Reference(redis, CommitScriptSha(), 500, 1, 1);
    ours = Ours(store, 1, duration);
    ratios.push_back(ours / reference);
  }
  std::sort(ratios.begin(), ratios.end());
  std::printf(
      " 1 caller:  %7.0f commits/s, redis-benchmark -c 1 -P 1: %7.0f/s, ratio %.2f (median of "
      "%d)\n",
      ours, reference, ratios[ratios.size() / 2], rounds);
}

void OneAggregate(Store& store) {
  const SystemClock clock;
  Executor executor(clock);
  std::atomic<int> refused{0}, done{0};
  std::vector<std::thread> threads;
  const absl::Time start = absl::Now();
  for (int i = 0; i < 100; ++i) {
    threads.emplace_back([&, i] {
      const auto result = executor.Execute<int>({"plan"}, Soon(), [&]() -> absl::StatusOr<int> {
        const auto record = store.Get(kScope, "plan", Soon());
        if (!record.ok()) return record.status();
        Transaction transaction(
            ReplyIdentity{"s", "m", absl::StrCat("plan-", i), "", absl::Hours(1)});
        transaction.Put("plan", std::string(300, 'p'), record->version);
        const auto committed = store.Commit(kScope, transaction, Soon());
        if (!committed.ok()) return committed.status();
        return 0;
      });
      ++(result.ok() ? done : refused);
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::printf("100 callers on one aggregate: %d done, %d refused, %.0f commands/s\n", done.load(),
              refused.load(), done / absl::ToDoubleSeconds(absl::Now() - start));
}

int Main(int argc, char** argv) {
  const absl::Duration duration = absl::Milliseconds(argc > 1 ? std::atoi(argv[1]) : 1500);
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 3;
  testing::RedisProcess redis;
  RedisStoreOptions options;
  options.client.connection.address.socket = redis.socket();
  options.max_wait = absl::Seconds(10);
  options.outbox_limit = kOutboxLimit;
  if (argc > 3) options.client.connections = std::atoi(argv[3]);
  const auto store = *RedisStore::Connect(options, Soon());
  Ours(*store, 4, absl::Milliseconds(200));  // warm, and the script is loaded
  const std::string sha = CommitScriptSha();
  for (const int callers : {1, 16, 64}) {
    std::vector<double> ratios, rates;
    double reference = 0;
    for (int round = 0; round < rounds; ++round) {
      reference = Reference(redis, sha, 20'000, 4, 16);
      rates.push_back(Ours(*store, callers, duration));
      ratios.push_back(rates.back() / reference);
    }
    std::sort(ratios.begin(), ratios.end());
    std::printf(
        "%2d callers: %7.0f commits/s, redis-benchmark -c 4 -P 16: %7.0f/s, ratio %.2f (median of "
        "%d)\n",
        callers, rates.back(), reference, ratios[ratios.size() / 2], rounds);
  }
  OneCaller(*store, redis, duration, rounds);
  OneAggregate(*store);
  return 0;
}

}  // namespace
}  // namespace stadtmesh::store

int main(int argc, char** argv) { return stadtmesh::store::Main(argc, argv); }
