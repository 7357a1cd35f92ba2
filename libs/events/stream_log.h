// One topic on Redis Streams: its keys and scripts. Offsets count from 0 as on every bus; the
// stream's id of offset n is "0-(n+1)". Only for redis_streams_*.cpp and stream_*.cpp. Thread-safe.
//
// Keys, all in the slot of {bus:<topic>} (a tenant's name cannot hold a colon, so no scope of the
// store is named so):
//   …/partitions        how many there are; fixed when the topic is made
//   …/log/<p>           the stream
//   …/cursors           hash "<p>/<group>" -> next offset the group will handle
//   …/members/<group>   sorted set of members by the end of their membership (server's clock, ms)
//   …/lease/<p>/<group> the member that reads partition p
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "events/bus.h"
#include "events/tail_start.h"
#include "redis/client.h"

namespace stadtmesh::events {

// An entry as read. The event is an error when the entry is none.
struct StreamEntry {
  int32_t partition = 0;
  int64_t offset = 0;
  absl::StatusOr<Event> event;
};

// How the client of one reader connects: alone, because a read that waits blocks its connection.
redis::ClientOptions ReaderOptions(const redis::ConnectionOptions& connection);

// How long a read waits for entries before it looks around.
constexpr absl::Duration kLongestWait = absl::Milliseconds(250);

class StreamLog {
 public:
  // Makes the topic with so many partitions when it does not exist.
  static absl::StatusOr<std::shared_ptr<StreamLog>> Open(std::shared_ptr<redis::Client> client,
                                                         const std::string& topic,
                                                         int32_t partitions, absl::Time deadline);

  const std::string& topic() const { return topic_; }
  int32_t partitions() const { return static_cast<int32_t>(logs_.size()); }

  // Appends in order; returns how many of the first events are durable for certain.
  absl::StatusOr<size_t> Append(const std::vector<Event>& events, absl::Time deadline);
  absl::StatusOr<std::vector<HeldOffsets>> Held(absl::Time deadline);
  // Removes what every group has handled, but keeps the newest `keep` of each partition; and halves
  // what is above its share of `max_bytes`, handled or not.
  absl::Status Trim(int64_t keep, int64_t max_bytes, absl::Time deadline);

  // Waits up to `block` for entries at or after the next offsets, at most `limit` per partition.
  // `reader` is a client of the caller's own, because its connection is blocked meanwhile.
  absl::StatusOr<std::vector<StreamEntry>> Read(redis::Client& reader,
                                                const std::map<int32_t, int64_t>& next, int limit,
                                                absl::Duration block);

  // ---- Groups.
  // Renews the membership; returns all present members in one order for all.
  absl::StatusOr<std::vector<std::string>> Join(const std::string& group, const std::string& member,
                                                absl::Duration ttl, absl::Time deadline);
  // Takes or renews the leases; returns which of them are the member's now.
  absl::StatusOr<std::set<int32_t>> Lease(const std::string& group, const std::string& member,
                                          const std::set<int32_t>& partitions, absl::Duration ttl,
                                          absl::Time deadline);
  // Gives leases back; `leave` also ends the membership.
  absl::Status Release(const std::string& group, const std::string& member,
                       const std::set<int32_t>& partitions, bool leave, absl::Time deadline);
  // The group's next offsets, -1 where it has none yet.
  absl::StatusOr<std::vector<int64_t>> Cursors(const std::string& group, absl::Time deadline);
  // Moves cursors, of those partitions whose lease the member holds.
  absl::Status Commit(const std::string& group, const std::string& member,
                      const std::map<int32_t, int64_t>& next, absl::Time deadline);

 private:
  StreamLog(std::shared_ptr<redis::Client> client, std::string topic, int32_t partitions);
  std::string Key(absl::string_view name) const;
  std::string LeaseKey(const std::string& group, int32_t partition) const;

  const std::shared_ptr<redis::Client> client_;
  const std::string topic_;
  std::vector<std::string> logs_;  // keys of the streams
};

}  // namespace stadtmesh::events
