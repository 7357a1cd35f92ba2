// Sends a command to the server that serves its key: the one there is, or the node of a Redis
// Cluster. Every command's keys have one hash tag, so a command never needs two nodes.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "redis/client.h"

namespace stadtmesh::redis {

inline constexpr int kSlots = 16384;

// The slot of a key: CRC16 (XMODEM) of what stands between its first { and the next }, if anything
// does, else of the whole key, modulo kSlots (Redis Cluster specification).
int KeySlot(absl::string_view key);

// Thread-safe. Calls block.
//
// On a cluster: the map of slots is read at the start, corrected by every MOVED and read again when
// a node is away; ASK is followed for one command. TRYAGAIN, CLUSTERDOWN and a node that is not
// there are tried again until the deadline, because nothing was executed.
class Router {
 public:
  // `options.connection.address` and `others`: a primary and its replicas, or with `cluster` some
  // nodes to begin at. Errors: Client::Connect; FAILED_PRECONDITION: that server is no cluster.
  static absl::StatusOr<std::unique_ptr<Router>> Connect(ClientOptions options, bool cluster,
                                                         absl::Time deadline);

  // As Client's; `key` is any key of the command, or only its {tag}.
  absl::StatusOr<Reply> Call(absl::string_view key, const Command& command, absl::Time deadline,
                             CallOptions options = {});
  absl::StatusOr<Reply> CallScript(absl::string_view key, const Script& script,
                                   const ScriptArguments& arguments, absl::Time deadline,
                                   CallOptions options = {});

 private:
  using Node = std::shared_ptr<Client>;
  // Sends to a node, with ASKING in front when told so.
  using Send =
      absl::FunctionRef<absl::StatusOr<Reply>(Client& node, bool asking, absl::Time deadline)>;

  explicit Router(ClientOptions options) : options_(std::move(options)) {}
  absl::StatusOr<Reply> Route(absl::string_view key, absl::Time deadline, Send send);
  absl::StatusOr<Reply> Follow(int slot, const Redirect& redirect, absl::Time deadline, Send send);
  Node NodeOf(int slot);
  Node NodeAt(const Address& address) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::vector<Node> Nodes();
  // Asks one node after the other for the map. At most every kRefreshInterval, unless `now`.
  absl::Status Refresh(absl::Time deadline, bool now);
  absl::Status ReadMap(const Reply& slots, const Address& answered);

  const ClientOptions options_;
  Node single_;  // without a cluster
  absl::Mutex refresh_mutex_;
  absl::Time refreshed_ ABSL_GUARDED_BY(refresh_mutex_) = absl::InfinitePast();
  absl::Mutex mutex_;
  std::map<std::string, Node> nodes_ ABSL_GUARDED_BY(mutex_);  // by address
  std::vector<Node> slots_ ABSL_GUARDED_BY(mutex_);            // null: nobody serves it
};

}  // namespace stadtmesh::redis
