#include "redis/router.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/status.h"

namespace stadtmesh::redis {
namespace {

constexpr absl::Duration kRefreshInterval = absl::Milliseconds(100);
constexpr absl::Duration kMapTimeout = absl::Milliseconds(500);
constexpr absl::Duration kPatience = absl::Milliseconds(100);  // with a node that is not there
constexpr absl::Duration kMinBackoff = absl::Milliseconds(2);
constexpr absl::Duration kMaxBackoff = absl::Milliseconds(50);

uint16_t Crc16(absl::string_view bytes) {
  uint16_t crc = 0;
  for (const char c : bytes) {
    crc ^= static_cast<uint16_t>(static_cast<unsigned char>(c) << 8);
    for (int bit = 0; bit < 8; ++bit) {
      crc = static_cast<uint16_t>((crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1);
    }
  }
  return crc;
}

// Nothing was executed, and it may pass.
bool MayPass(const absl::Status& status) {
  return absl::IsUnavailable(status) && !IsOutcomeUnknown(status);
}

}  // namespace

int KeySlot(absl::string_view key) {
  const size_t open = key.find('{');
  if (open != absl::string_view::npos) {
    const size_t close = key.find('}', open + 1);
    if (close != absl::string_view::npos && close > open + 1) {
      key = key.substr(open + 1, close - open - 1);
    }
  }
  return Crc16(key) % kSlots;
}

absl::StatusOr<std::unique_ptr<Router>> Router::Connect(ClientOptions options, bool cluster,
                                                        absl::Time deadline) {
  std::unique_ptr<Router> router(new Router(std::move(options)));
  if (!cluster) {
    ASSIGN_OR_RETURN(router->single_, Client::Connect(router->options_, deadline));
    return router;
  }
  const Servers seeds(router->options_.connection);
  {
    absl::MutexLock lock(&router->mutex_);
    for (const Address& address : seeds.addresses) router->NodeAt(address);
  }
  absl::Status status = router->Refresh(deadline, true);
  while (MayPass(status) && absl::Now() < deadline) {
    absl::SleepFor(kMaxBackoff);
    status = router->Refresh(deadline, true);
  }
  if (!status.ok()) return status;
  return router;
}

absl::StatusOr<Reply> Router::Call(absl::string_view key, const Command& command,
                                   absl::Time deadline, CallOptions options) {
  return Route(key, deadline, [&](Client& node, bool asking, absl::Time until) {
    if (!asking) return node.Call(command, until, options);
    return node.CallAll({Command{"ASKING"}, command}, until, options)[1];
  });
}

absl::StatusOr<Reply> Router::CallScript(absl::string_view key, const Script& script,
                                         const ScriptArguments& arguments, absl::Time deadline,
                                         CallOptions options) {
  return Route(key, deadline, [&](Client& node, bool asking, absl::Time until) {
    if (!asking) return node.CallScript(script, arguments, until, options);
    Command text = arguments.ToCommand("EVAL", script.source());  // it may not know the hash
    return node.CallAll({Command{"ASKING"}, std::move(text)}, until, options)[1];
  });
}

absl::StatusOr<Reply> Router::Route(absl::string_view key, absl::Time deadline, Send send) {
  if (single_ != nullptr) return send(*single_, false, deadline);
  const int slot = KeySlot(key);
  for (absl::Duration backoff = kMinBackoff;; backoff = std::min(backoff * 2, kMaxBackoff)) {
    absl::StatusOr<Reply> reply = absl::UnavailableError("Redis Cluster: no node serves this slot");
    if (const Node node = NodeOf(slot); node != nullptr) {
      const absl::Time until = absl::Now() + kPatience;
      reply = send(*node, false, node->connected() ? deadline : std::min(deadline, until));
    }
    if (const auto redirect = RedirectOf(reply.status())) {
      reply = Follow(slot, *redirect, deadline, send);
    }
    if (reply.ok() || !(MayPass(reply.status()) || RedirectOf(reply.status()))) return reply;
    if (absl::Now() + backoff >= deadline) return absl::UnavailableError(reply.status().message());
    absl::SleepFor(backoff);
    (void)Refresh(deadline, false);  // the old map serves until it succeeds
  }
}

absl::StatusOr<Reply> Router::Follow(int slot, const Redirect& redirect, absl::Time deadline,
                                     Send send) {
  Node node;
  {
    absl::MutexLock lock(&mutex_);
    node = NodeAt(redirect.address);
    if (!redirect.ask) slots_[slot] = node;
  }
  return send(*node, redirect.ask, deadline);
}

Router::Node Router::NodeOf(int slot) {
  absl::MutexLock lock(&mutex_);
  return slots_[slot];
}

Router::Node Router::NodeAt(const Address& address) {
  Node& node = nodes_[address.ToString()];
  if (node == nullptr) {
    ClientOptions options = options_;
    options.connection.address = address;
    options.connection.others.clear();
    node = std::make_shared<Client>(std::move(options));
  }
  return node;
}

std::vector<Router::Node> Router::Nodes() {
  absl::MutexLock lock(&mutex_);
  std::vector<Node> nodes;
  for (const auto& [_, node] : nodes_) nodes.push_back(node);
  return nodes;
}

absl::Status Router::Refresh(absl::Time deadline, bool now) {
  absl::MutexLock lock(&refresh_mutex_);
  if (!now && absl::Now() - refreshed_ < kRefreshInterval) return absl::OkStatus();
  refreshed_ = absl::Now();
  std::vector<Node> nodes = Nodes();
  std::stable_partition(nodes.begin(), nodes.end(), [](const Node& n) { return n->connected(); });
  absl::Status status = absl::UnavailableError("Redis Cluster: no node is known");
  for (const Node& node : nodes) {
    const absl::Time until = std::min(deadline, absl::Now() + kMapTimeout);
    const auto slots = node->Call({"CLUSTER", "SLOTS"}, until, {.repeatable = true});
    if (slots.ok()) return ReadMap(*slots, node->options().connection.address);
    status = slots.status();
    if (absl::IsInternal(status)) status = absl::FailedPreconditionError(status.message());
  }
  return status;
}

// [[first slot, last slot, [host, port, ...] of the primary, replicas...], ...]
absl::Status Router::ReadMap(const Reply& reply, const Address& answered) {
  absl::MutexLock lock(&mutex_);
  std::vector<Node> slots(kSlots);
  std::map<std::string, Node> used;
  for (const Reply& range : reply.elements) {
    if (range.elements.size() < 3 || range.elements[2].elements.size() < 2) continue;
    const Reply& primary = range.elements[2];
    Address address{"", primary.elements[0].text, static_cast<int>(primary.elements[1].integer)};
    if (address.host.empty() || address.host == "?") address.host = answered.host;
    const Node node = NodeAt(address);
    used[address.ToString()] = node;
    const int64_t first = std::max<int64_t>(0, range.elements[0].integer);
    const int64_t last = std::min<int64_t>(kSlots - 1, range.elements[1].integer);
    for (int64_t slot = first; slot <= last; ++slot) slots[slot] = node;
  }
  if (used.empty()) return absl::UnavailableError("Redis Cluster: no slot is served yet");
  slots_ = std::move(slots);
  for (auto& [name, node] : used) nodes_[name] = std::move(node);
  return absl::OkStatus();
}

}  // namespace stadtmesh::redis
