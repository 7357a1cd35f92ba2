// One connection of a Client: connects, shakes hands, sends, matches replies to calls in order, and
// breaks cleanly. It belongs to the client's I/O thread; only Call's atomics and notification are
// shared with callers.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "redis/address.h"
#include "redis/command.h"
#include "redis/reply.h"

struct redisContext;

namespace stadtmesh::redis {

struct ConnectionOptions {
  Address address;
  // A primary's replicas, which one of may become the primary: when a connection breaks, or its
  // server turns out to be a replica, the addresses are tried in turn until one is a primary.
  std::vector<Address> others;
  std::string username, password;                     // AUTH; empty: none
  absl::Duration connect_timeout = absl::Seconds(1);  // connecting and shaking hands
  absl::Duration min_backoff = absl::Milliseconds(10);
  absl::Duration max_backoff = absl::Seconds(1);
  // A connection whose oldest call has no answer for so long is given up (a dead peer sends no
  // reset).
  absl::Duration stall_timeout = absl::Seconds(5);
  // A server whose CONFIG differs is refused, on every connect.
  std::map<std::string, std::string> required_config;
  // With replicas: how many must have a durable call's writes before it is answered, by one WAIT
  // per batch.
  int wait_replicas = 0;
  absl::Duration wait_timeout = absl::Milliseconds(900);
};

// The servers of one client, of which one is the primary. I/O thread only.
struct Servers {
  explicit Servers(const ConnectionOptions& options) : addresses{options.address} {
    addresses.insert(addresses.end(), options.others.begin(), options.others.end());
  }
  bool several() const { return addresses.size() > 1; }
  std::vector<Address> addresses;
  size_t next = 0;     // where to connect to
  size_t primary = 0;  // what was last found to be it
};

// A command on its way. Caller and I/O thread share it.
struct Call {
  explicit Call(Command command) : command(std::move(command)) {}
  Command command;
  bool repeatable = false;  // sent again after a broken connection
  bool durable = false;     // waits for the replicas
  // The caller sets `abandoned` and then reads `sent`; the I/O thread sets `sent` and then reads
  // `abandoned`. So at least one of them knows: a call is either never sent, or its caller says
  // that the outcome is unknown.
  std::atomic<bool> abandoned{false};
  std::atomic<bool> sent{false};
  absl::StatusOr<Reply> result;
  absl::Notification done;

  void Finish(absl::StatusOr<Reply> value) {
    result = std::move(value);
    done.Notify();
  }
};
using CallPtr = std::shared_ptr<Call>;

class Connection {
 public:
  Connection(const ConnectionOptions& options, Servers& servers)
      : options_(options), servers_(servers) {}
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  bool ready() const { return state_ == State::kReady; }
  size_t in_flight() const { return in_flight_.size(); }
  int fd() const;            // -1: not connected
  bool wants_write() const;  // bytes wait, or the connect is under way
  // Calls answered since this was last asked.
  size_t TakeAnswered() { return std::exchange(answered_, 0); }
  absl::Duration last_round_trip() const { return last_round_trip_; }
  // Why the last attempt failed; OK while connected.
  const absl::Status& problem() const { return problem_; }

  // Appends to the output buffer. Only when ready.
  void Send(CallPtr call);
  // Writes everything that was appended in one system call, with one WAIT behind it where needed.
  void Flush();
  void OnReadable();
  void OnWritable();
  // Connects when its time has come, gives up when a timeout has passed.
  void Tick(absl::Time now);
  absl::Time next_tick() const;
  // Breaks a connection to a server that is not the primary any more.
  void LeaveOldPrimary();
  // Fails everything that is on its way (shutdown).
  void Close(const absl::Status& status);

 private:
  enum class State { kWaiting, kConnecting, kHandshake, kFence, kReady };
  enum class Kind { kCall, kWait, kInternal };
  struct Entry {
    Kind kind;
    CallPtr call;
    uint64_t start;  // offset of the first byte in the stream
    absl::Time since;
  };

  void Connect(absl::Time now);
  void StartHandshake();
  void OnInternalReply(Reply reply);
  void FinishHandshake();
  absl::Status CheckHandshake();
  void BecomeReady();
  void OnReply(Reply reply);
  bool RefusedForNow(Entry& entry, const Reply& reply);
  const Address& address() const { return servers_.addresses[server_]; }
  void OnWaitReply(const Reply& reply);
  void Append(const Command& command, Kind kind, CallPtr call);
  void Break(const absl::Status& status);
  void Orphan(const CallPtr& call, const absl::Status& status);

  const ConnectionOptions& options_;
  Servers& servers_;
  size_t server_ = 0;  // of servers_.addresses
  absl::Time ready_since_ = absl::InfinitePast();
  State state_ = State::kWaiting;
  redisContext* context_ = nullptr;
  absl::Status problem_;
  absl::Time attempt_at_ = absl::InfinitePast();
  absl::Time timeout_at_ = absl::InfiniteFuture();
  absl::Duration backoff_ = absl::ZeroDuration();
  std::deque<Entry> in_flight_;
  std::deque<CallPtr> resend_;       // repeatable calls of the broken connection
  std::vector<CallPtr> await_wait_;  // answered, not yet replicated
  bool wait_needed_ = false;
  size_t answered_ = 0;
  absl::Duration last_round_trip_ = absl::ZeroDuration();
  uint64_t appended_ = 0;
  std::vector<Reply> handshake_;
  size_t handshake_expected_ = 0;
  // Identity of the last live connection: its unread commands are fenced off before anything is
  // sent again.
  std::string server_run_, last_server_run_;
  std::string client_id_, last_client_id_;
};

}  // namespace stadtmesh::redis
