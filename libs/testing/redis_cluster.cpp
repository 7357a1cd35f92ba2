#include "testing/redis_cluster.h"

#include <cstdio>
#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "redis/router.h"
#include "testing/die.h"
#include "testing/wait_until.h"

namespace stadtmesh::testing {
RedisCluster::RedisCluster(bool replica) {
  for (int n = 0; n < kNodes; ++n) {
    StartNode();
    const int first = redis::kSlots * n / kNodes, last = redis::kSlots * (n + 1) / kNodes - 1;
    Call(n, {"CLUSTER", "ADDSLOTSRANGE", absl::StrCat(first), absl::StrCat(last)});
  }
  const int extra = replica ? StartNode() : -1;
  for (size_t n = 1; n < nodes_.size(); ++n) {
    Call(0, {"CLUSTER", "MEET", "127.0.0.1", absl::StrCat(nodes_[n]->port()),
             absl::StrCat(bus_ports_[n])});
  }
  AwaitAgreement();
  if (extra < 0) return;
  Call(extra, {"CLUSTER", "REPLICATE", IdOf(0)});
  if (!WaitUntil([&] {
        return absl::StrContains(Call(extra, {"INFO", "replication"}).text,
                                 "master_link_status:up");
      })) {
    Die("the replica does not follow");
  }
}

int RedisCluster::StartNode() {
  bus_ports_.push_back(FreePort());
  RedisProcessOptions options;
  options.tcp = true;
  options.settings = {{"cluster-enabled", "yes"},
                      {"cluster-port", absl::StrCat(bus_ports_.back())},
                      {"cluster-node-timeout", "1000"},
                      {"repl-diskless-sync-delay", "0"}};
  nodes_.push_back(std::make_unique<RedisProcess>(options));
  redis::ClientOptions client;
  client.connection.address.socket = nodes_.back()->socket();
  client.connections = 1;
  clients_.push_back(std::make_unique<redis::Client>(client));
  return static_cast<int>(nodes_.size()) - 1;
}

redis::Reply RedisCluster::Call(int n, redis::Command command) {
  auto reply = clients_[n]->Call(std::move(command), Soon(), {.repeatable = true});
  if (!reply.ok()) Die(reply.status().ToString());
  return *std::move(reply);
}

void RedisCluster::AwaitAgreement() {
  const auto agreed = [&](int n) {
    const std::string info = Call(n, {"CLUSTER", "INFO"}).text;
    return absl::StrContains(info, "cluster_state:ok") &&
           absl::StrContains(info, absl::StrCat("cluster_known_nodes:", nodes_.size())) &&
           absl::StrContains(info, absl::StrCat("cluster_slots_ok:", redis::kSlots));
  };
  for (size_t n = 0; n < nodes_.size(); ++n) {
    if (!WaitUntil([&] { return agreed(static_cast<int>(n)); }, absl::Seconds(30))) {
      Die("the nodes do not find each other");
    }
  }
}

std::vector<redis::Address> RedisCluster::addresses() const {
  std::vector<redis::Address> result;
  for (const auto& node : nodes_) result.push_back(*redis::ParseAddress(node->tcp_address()));
  return result;
}

int RedisCluster::OwnerOf(int slot) {
  for (const redis::Reply& range : Call(0, {"CLUSTER", "SLOTS"}).elements) {
    if (slot < range.elements[0].integer || slot > range.elements[1].integer) continue;
    for (size_t n = 0; n < nodes_.size(); ++n) {
      if (nodes_[n]->port() == range.elements[2].elements[1].integer) return static_cast<int>(n);
    }
  }
  Die("nobody serves the slot");
}

int64_t RedisCluster::KeysIn(int slot, int n) {
  return Call(n, {"CLUSTER", "COUNTKEYSINSLOT", absl::StrCat(slot)}).integer;
}

void RedisCluster::MoveSlot(int slot, int to, int batch) {
  const int from = OwnerOf(slot);
  if (from == to) return;
  const std::string name = absl::StrCat(slot), source = IdOf(from), target = IdOf(to);
  Call(to, {"CLUSTER", "SETSLOT", name, "IMPORTING", source});
  Call(from, {"CLUSTER", "SETSLOT", name, "MIGRATING", target});
  while (true) {
    const redis::Reply keys = Call(from, {"CLUSTER", "GETKEYSINSLOT", name, absl::StrCat(batch)});
    if (keys.elements.empty()) break;
    redis::Command move{"MIGRATE", "127.0.0.1", absl::StrCat(node(to).port()), "", "0",
                        "5000",    "KEYS"};
    for (const redis::Reply& key : keys.elements) move.Arg(key.text);
    Call(from, std::move(move));
  }
  Call(to, {"CLUSTER", "SETSLOT", name, "NODE", target});
  Call(from, {"CLUSTER", "SETSLOT", name, "NODE", target});
  for (int n = 0; n < kNodes; ++n) Call(n, {"CLUSTER", "SETSLOT", name, "NODE", target});
  if (!WaitUntil([&] { return OwnerOf(slot) == to; })) Die("the slot did not move");
}

}  // namespace stadtmesh::testing
