// A real Redis Cluster of three primaries, for tests.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "redis/client.h"
#include "testing/redis_process.h"

namespace stadtmesh::testing {

// Aborts when it cannot be made. Not thread-safe.
class RedisCluster {
 public:
  static constexpr int kNodes = 3;  // the slots are shared in equal parts, in order

  // `replica`: node 0 has a replica, which takes over when node 0 is gone.
  explicit RedisCluster(bool replica = false);

  RedisProcess& node(int n) { return *nodes_[n]; }  // kNodes: the replica
  std::vector<redis::Address> addresses() const;
  // Who serves the slot.
  int OwnerOf(int slot);
  // Moves a slot with all its keys to another node, as `redis-cli --cluster reshard` does. `batch`
  // keys at a time.
  void MoveSlot(int slot, int to, int batch = 10);
  int64_t KeysIn(int slot, int n);

 private:
  redis::Reply Call(int n, redis::Command command);
  std::string IdOf(int n) { return Call(n, {"CLUSTER", "MYID"}).text; }
  int StartNode();
  void AwaitAgreement();

  std::vector<std::unique_ptr<RedisProcess>> nodes_;
  std::vector<int> bus_ports_;
  std::vector<std::unique_ptr<redis::Client>> clients_;
};

}  // namespace stadtmesh::testing
