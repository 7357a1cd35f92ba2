// A process that dies in the middle of something leaves nothing half done: each step is one
// transaction, and the rest is done by whoever repeats the command, or by its task.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <random>

#include "buergerbus/tests/component/real_town.h"
#include "buergerbus/tests/component/steps.h"
#include "testing/wait_until.h"

namespace stadtmesh::buergerbus {
namespace {

// ---- At every single step.

absl::Status EraseMe(Town& town, const std::string& key) {
  v1::EraseSubjectRequest erase;
  erase.set_subject("me");
  return town.Call<v1::EraseSubjectResponse>(Citizen(), "EraseSubject", erase, key).status();
}

// Runs `command` on a town with rides, dead from its `alive`-th commit on; then repeats it. False
// when it did not die any more.
bool DieAndRepeat(int alive, const std::function<absl::Status(Town&)>& command,
                  const std::function<void(Town&, const std::string&)>& check) {
  Town town;
  std::vector<std::string> rides;
  for (int i = 0; i < 4; ++i) {
    const auto ride = town.Book(Citizen(), town.Wish(absl::Hours(2 + 24 * i)));
    if (ride.ok()) rides.push_back(ride->ride_id());
  }
  EXPECT_GE(rides.size(), 2u);
  int commits = 0;
  town.fake_store().SetFault([&](absl::string_view operation) {
    return operation == "Commit" && commits++ >= alive ? absl::InternalError("dead")
                                                       : absl::OkStatus();
  });
  const bool died = !command(town).ok();
  town.fake_store().SetFault(nullptr);
  ExpectWhole(town, rides);
  const absl::Status repeated = command(town);
  EXPECT_TRUE(repeated.ok()) << repeated << " after " << alive << " commits";
  ExpectWhole(town, rides);
  for (const std::string& ride : rides) check(town, ride);
  return died;
}

TEST(Crash, AtAnyStepOfAnErasure) {
  int alive = 0;
  while (DieAndRepeat(
      alive, [](Town& town) { return EraseMe(town, "erase-1"); },
      [](Town& town, const std::string& ride) {
        const auto after = town.GetRide(Dispatcher(), ride);
        EXPECT_EQ(after->state(), v1::Ride::CANCELLED);
        EXPECT_EQ(after->customer(), "");
      })) {
    ASSERT_LT(++alive, 50);
  }
  EXPECT_GE(alive, 2) << "several steps";
}

TEST(Crash, AtAnyStepOfClosingAStop) {
  int alive = 0;
  while (DieAndRepeat(
      alive,
      [](Town& town) { return Block(town, "halt-00", absl::Hours(24 * 7), "block-1").status(); },
      [](Town& town, const std::string& ride) {
        EXPECT_EQ(town.GetRide(Dispatcher(), ride)->state(), v1::Ride::AFFECTED);
      })) {
    ASSERT_LT(++alive, 50);
  }
  EXPECT_GE(alive, 2) << "several steps";
}

// ---- Killed at any time, over a real Redis.

constexpr char kSocketVariable[] = "STADTMESH_CRASH_SOCKET", kLogVariable[] = "STADTMESH_CRASH_LOG";

// What the child is told by the test: where Redis is, and where to write what was acknowledged.
// Runs until it is killed.
TEST(CrashChild, DISABLED_BooksAndChangesUntilItIsKilled) {
  const char* socket = std::getenv(kSocketVariable);
  const char* log = std::getenv(kLogVariable);
  ASSERT_TRUE(socket != nullptr && log != nullptr);
  store::RedisStoreOptions options;
  options.client.connection.address = *redis::ParseAddress(absl::StrCat("unix:", socket));
  auto store = store::RedisStore::Connect(std::move(options), absl::Now() + absl::Seconds(10));
  ASSERT_TRUE(store.ok()) << store.status();
  Town town(store->get());
  const int out = open(log, O_WRONLY | O_APPEND);
  const auto acknowledge = [&](absl::string_view what, const std::string& ride) {
    const std::string line = absl::StrCat(what, " ", ride, "\n");
    ASSERT_EQ(write(out, line.data(), line.size()), static_cast<ssize_t>(line.size()));
  };
  std::mt19937 random(static_cast<unsigned>(getpid()));
  std::vector<std::string> mine;
  for (int i = 0;; ++i) {
    const Person person = Citizen(absl::StrCat("p", random() % 5));
    const auto ride = town.Book(person, town.Wish(absl::Minutes(70 + random() % 9000)));
    if (ride.ok()) {
      acknowledge("booked", ride->ride_id());
      mine.push_back(ride->ride_id());
    }
    if (mine.size() > 3 && i % 3 == 0) {
      const std::string id = mine[random() % mine.size()];
      if (Cancel(town, Dispatcher(), id).ok()) acknowledge("cancelled", id);
    }
    if (i % 5 == 4)
      (void)Block(town, absl::StrCat("halt-", random() % 3, random() % 3),
                  absl::Hours(1 + random() % 48));
    if (i % 11 == 10) {
      v1::EraseSubjectRequest erase;
      erase.set_subject("me");
      (void)town.Call<v1::EraseSubjectResponse>(person, "EraseSubject", erase);
    }
  }
}

class Child {
 public:
  Child(const testing::RedisProcess& redis, const std::string& log) {
    const std::string socket = redis.socket();
    pid_ = fork();
    if (pid_ != 0) return;
    setenv(kSocketVariable, socket.c_str(), 1);
    setenv(kLogVariable, log.c_str(), 1);
    const int null = open("/dev/null", O_WRONLY);
    dup2(null, STDOUT_FILENO);
    execl("/proc/self/exe", "crash-child", "--gtest_filter=CrashChild.*",
          "--gtest_also_run_disabled_tests", nullptr);
    _exit(127);
  }
  ~Child() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

 private:
  pid_t pid_;
};

std::map<std::string, std::set<std::string>> ReadLog(const std::string& log) {
  std::map<std::string, std::set<std::string>> acknowledged;
  std::ifstream in(log);
  std::string what, ride;
  while (in >> what >> ride) acknowledged[what].insert(ride);
  return acknowledged;
}

std::vector<std::string> AllRides(Town& town) {
  std::vector<std::string> all;
  for (int day = 0; day < 15; ++day) {
    v1::ListRidesRequest request;
    request.set_day(FormatDay(BerlinDay(MondayMorning()) + day));
    request.set_page_size(200);
    const auto rides = town.Call<v1::ListRidesResponse>(Dispatcher(), "ListRides", request);
    EXPECT_TRUE(rides.ok() && rides->next_page_token().empty()) << rides.status();
    for (const v1::Ride& ride : rides->rides()) all.push_back(ride.ride_id());
  }
  return all;
}

TEST(Crash, KilledUnderLoadNothingIsHalfDone) {
  testing::RedisProcess redis;
  const std::string log = redis.directory() + "/acknowledged";
  close(open(log.c_str(), O_CREAT | O_WRONLY, 0600));
  std::mt19937 random(1);
  for (int round = 0; round < 6; ++round) {
    const size_t before = ReadLog(log)["booked"].size();
    {
      Child child(redis, log);
      ASSERT_TRUE(testing::WaitUntil([&] { return ReadLog(log)["booked"].size() > before + 3; },
                                     absl::Seconds(60)));
      const absl::Time until = absl::Now() + absl::Milliseconds(random() % 300);
      testing::WaitUntil([&] { return absl::Now() > until; });
    }
    const std::unique_ptr<store::RedisStore> store = Connect(redis);
    Town town(store.get());
    auto acknowledged = ReadLog(log);
    const std::vector<std::string> rides = AllRides(town);
    ExpectWhole(town, rides);
    for (const std::string& ride : acknowledged["booked"]) {
      EXPECT_EQ(std::count(rides.begin(), rides.end(), ride), 1) << "acknowledged, and lost";
    }
    for (const std::string& ride : acknowledged["cancelled"]) {
      EXPECT_EQ(town.GetRide(Dispatcher(), ride)->state(), v1::Ride::CANCELLED) << ride;
    }
  }
  // What was begun is finished by its task: no ride that stands is at a closed stop.
  const std::unique_ptr<store::RedisStore> store = Connect(redis);
  Town town(store.get());
  town.clock().Advance(absl::Minutes(1));
  while (town.service().tasks().RunDue() > 0) {
  }
  const std::vector<std::string> rides = AllRides(town);
  ExpectWhole(town, rides);
  const auto& settings =
      *town.service()
           .services()
           .settings.Get({auth::SystemPrincipal(kTenant, kServiceName), Town::Soon()})
           ->settings;
  for (const std::string& id : rides) {
    const auto ride = town.GetRide(Dispatcher(), id);
    if (ride->state() != v1::Ride::BOOKED) continue;
    const absl::CivilDay day = BerlinDay(TimeOf(ride->promise().pickup().begin()));
    const auto planned =
        town.service().services().core.repository.ReadDay(kTenant, settings, day, Town::Soon());
    for (const Stored<Tour>& tour : planned->tours) {
      for (const StopBlock& block : planned->plan.blocks)
        EXPECT_THAT(RidesUsing(*tour.value, block), ::testing::IsEmpty());
    }
  }
}

}  // namespace
}  // namespace stadtmesh::buergerbus
