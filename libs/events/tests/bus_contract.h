// What every adapter of the bus must do: bus_contract.cpp runs the same tests on each. An adapter's
// test file instantiates BusContract (and RelayContract) with a function that makes its world.
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "events/bus.h"
#include "events/dead_letters.h"
#include "gtest/gtest.h"

namespace stadtmesh::events {

// One log and the ways to it. Each test uses topics and groups of its own.
class World {
 public:
  virtual ~World() = default;
  // A connection of its own, as a further process would have.
  virtual std::shared_ptr<Bus> Connect() = 0;
  // The server does not answer until Back. Both return when it is so.
  virtual void Away() = 0;
  virtual void Back() = 0;
  // Forgets the oldest events of every partition, as retention does; the newest `keep` stay.
  virtual void Forget(const std::string& topic, int64_t keep) = 0;
  // An empty place for a group's dead letters, which all replicas of the group share.
  virtual std::shared_ptr<DeadLetters> MakeDeadLetters() = 0;
  // How long a group may take to notice a member that left without a word, or came.
  virtual absl::Duration rebalance_time() const { return absl::Seconds(15); }
};

using MakeWorld = std::function<std::shared_ptr<World>()>;

struct WorldParameter {
  std::string name;
  MakeWorld make;
  friend void PrintTo(const WorldParameter& parameter, std::ostream* out) {
    *out << parameter.name;
  }
};

class BusContract : public ::testing::TestWithParam<WorldParameter> {
 protected:
  void SetUp() override;
  // A name nobody else uses on this log.
  std::string Unique(const std::string& prefix);
  bool ANewMemberContinues();

  std::shared_ptr<World> world_;
  std::shared_ptr<Bus> bus_;
};

// From a commit to the effect; relay_contract.cpp.
class RelayContract : public BusContract {};

// loss_contract.cpp: who lags behind what the log still holds.
class LossContract : public BusContract {};

// lag_contract.cpp, on adapters with a server.
class LagContract : public BusContract {};

}  // namespace stadtmesh::events
