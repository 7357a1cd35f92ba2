#include "events/stream_log.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status.h"
#include "events/event_codec.h"
#include "events/stream_scripts.h"

namespace stadtmesh::events {
namespace {

constexpr size_t kEventsPerScript = 200;
constexpr char kPayloadField[] = "data";  // no header has this name
constexpr redis::CallOptions kRepeatable{true, false};
constexpr redis::CallOptions kRepeatableDurable{true, true};
constexpr redis::CallOptions kOnceDurable{false, true};

const redis::Script& OpenScript() {
  static const auto* script = new redis::Script(scripts::kOpen);
  return *script;
}
const redis::Script& AppendScript() {
  static const auto* script = new redis::Script(scripts::kAppend);
  return *script;
}
const redis::Script& HeldScript() {
  static const auto* script = new redis::Script(scripts::kHeld);
  return *script;
}
const redis::Script& TrimScript() {
  static const auto* script = new redis::Script(scripts::kTrim);
  return *script;
}
const redis::Script& JoinScript() {
  static const auto* script = new redis::Script(scripts::kJoin);
  return *script;
}
const redis::Script& LeaseScript() {
  static const auto* script = new redis::Script(scripts::kLease);
  return *script;
}
const redis::Script& ReleaseScript() {
  static const auto* script = new redis::Script(scripts::kRelease);
  return *script;
}
const redis::Script& CommitScript() {
  static const auto* script = new redis::Script(scripts::kCommit);
  return *script;
}

absl::Status Malformed() { return absl::DataLossError("Redis Streams: an answer of unknown form"); }

void AddEvent(const Event& event, int32_t partitions, redis::ScriptArguments& arguments) {
  const Headers headers = EncodeHeaders(event);
  arguments.Arg(static_cast<int64_t>(PartitionOf(PartitionKey(event), partitions)) + 1);
  arguments.Arg(static_cast<int64_t>(2 * headers.size() + 2));
  for (const auto& [name, value] : headers) {
    arguments.Arg(name);
    arguments.Arg(value);
  }
  arguments.Arg(kPayloadField);
  arguments.Arg(event.payload);
}

absl::StatusOr<Event> ParseFields(redis::Reply& fields) {
  Headers headers;
  std::string payload;
  for (size_t i = 0; i + 1 < fields.elements.size(); i += 2) {
    std::string& value = fields.elements[i + 1].text;
    if (fields.elements[i].text == kPayloadField) {
      payload = std::move(value);
    } else {
      headers.emplace_back(std::move(fields.elements[i].text), std::move(value));
    }
  }
  return DecodeEvent(headers, std::move(payload));
}

// One stream of XREAD's answer: [key, [[id, [field, value, ...]], ...]].
absl::Status ParseStream(int32_t partition, redis::Reply& stream,
                         std::vector<StreamEntry>& entries) {
  for (redis::Reply& entry : stream.elements[1].elements) {
    int64_t sequence = 0;
    if (entry.elements.size() != 2) return Malformed();
    const absl::string_view id = entry.elements[0].text;
    if (id.size() < 3 || !absl::SimpleAtoi(id.substr(2), &sequence)) return Malformed();
    entries.push_back({partition, sequence - 1, ParseFields(entry.elements[1])});
  }
  return absl::OkStatus();
}

}  // namespace

redis::ClientOptions ReaderOptions(const redis::ConnectionOptions& connection) {
  redis::ClientOptions result;
  result.connection = connection;
  result.connections = 1;
  return result;
}

StreamLog::StreamLog(std::shared_ptr<redis::Client> client, std::string topic, int32_t partitions)
    : client_(std::move(client)), topic_(std::move(topic)) {
  for (int32_t p = 0; p < partitions; ++p) logs_.push_back(Key(absl::StrCat("log/", p)));
}

std::string StreamLog::Key(absl::string_view name) const {
  return absl::StrCat("{bus:", topic_, "}/", name);
}

std::string StreamLog::LeaseKey(const std::string& group, int32_t partition) const {
  return Key(absl::StrCat("lease/", partition, "/", group));
}

absl::StatusOr<std::shared_ptr<StreamLog>> StreamLog::Open(std::shared_ptr<redis::Client> client,
                                                           const std::string& topic,
                                                           int32_t partitions,
                                                           absl::Time deadline) {
  redis::ScriptArguments arguments;
  arguments.Key(absl::StrCat("{bus:", topic, "}/partitions"));
  arguments.Arg(static_cast<int64_t>(partitions));
  ASSIGN_OR_RETURN(redis::Reply reply,
                   client->CallScript(OpenScript(), arguments, deadline, kRepeatableDurable));
  if (reply.integer < 1 || reply.integer > 1024) return Malformed();
  return std::shared_ptr<StreamLog>(
      new StreamLog(std::move(client), topic, static_cast<int32_t>(reply.integer)));
}

absl::StatusOr<size_t> StreamLog::Append(const std::vector<Event>& events, absl::Time deadline) {
  size_t acknowledged = 0;
  while (acknowledged < events.size()) {
    const size_t end = std::min(events.size(), acknowledged + kEventsPerScript);
    redis::ScriptArguments arguments;
    for (const std::string& log : logs_) arguments.Key(log);
    for (size_t i = acknowledged; i < end; ++i) AddEvent(events[i], partitions(), arguments);
    auto reply = client_->CallScript(AppendScript(), arguments, deadline, kOnceDurable);
    if (!reply.ok() && acknowledged == 0) return reply.status();
    if (!reply.ok()) break;
    acknowledged = end;
  }
  return acknowledged;
}

absl::StatusOr<std::vector<HeldOffsets>> StreamLog::Held(absl::Time deadline) {
  redis::ScriptArguments arguments;
  for (const std::string& log : logs_) arguments.Key(log);
  ASSIGN_OR_RETURN(redis::Reply reply,
                   client_->CallScript(HeldScript(), arguments, deadline, kRepeatable));
  if (reply.elements.size() != 2 * logs_.size()) return Malformed();
  std::vector<HeldOffsets> result;
  for (size_t i = 0; i < reply.elements.size(); i += 2) {
    const int64_t first = reply.elements[i].integer, last = reply.elements[i + 1].integer;
    result.push_back({first > 0 ? first - 1 : last, last});
  }
  return result;
}

absl::Status StreamLog::Trim(int64_t keep, int64_t max_bytes, absl::Time deadline) {
  redis::ScriptArguments arguments;
  arguments.Key(Key("cursors"));
  for (const std::string& log : logs_) arguments.Key(log);
  arguments.Arg(keep);
  arguments.Arg(max_bytes / partitions());
  return client_->CallScript(TrimScript(), arguments, deadline, kRepeatable).status();
}

absl::StatusOr<std::vector<StreamEntry>> StreamLog::Read(redis::Client& reader,
                                                         const std::map<int32_t, int64_t>& next,
                                                         int limit, absl::Duration block) {
  redis::Command command = {"XREAD", "COUNT"};
  command.Arg(static_cast<int64_t>(limit))
      .Arg("BLOCK")
      .Arg(std::max<int64_t>(1, absl::ToInt64Milliseconds(block)))
      .Arg("STREAMS");
  for (const auto& [partition, offset] : next) command.Arg(logs_[partition]);
  for (const auto& [partition, offset] : next) command.Arg(absl::StrCat("0-", offset));
  ASSIGN_OR_RETURN(
      redis::Reply reply,
      reader.Call(std::move(command), absl::Now() + block + absl::Seconds(2), kRepeatable));
  std::vector<StreamEntry> entries;
  for (redis::Reply& stream : reply.elements) {
    if (stream.elements.size() != 2) return Malformed();
    const auto found = std::find(logs_.begin(), logs_.end(), stream.elements[0].text);
    if (found == logs_.end()) return Malformed();
    RETURN_IF_ERROR(ParseStream(static_cast<int32_t>(found - logs_.begin()), stream, entries));
  }
  return entries;
}

absl::StatusOr<std::vector<std::string>> StreamLog::Join(const std::string& group,
                                                         const std::string& member,
                                                         absl::Duration ttl, absl::Time deadline) {
  redis::ScriptArguments arguments;
  arguments.Key(Key(absl::StrCat("members/", group)));
  arguments.Arg(member);
  arguments.Arg(absl::ToInt64Milliseconds(ttl));
  ASSIGN_OR_RETURN(redis::Reply reply,
                   client_->CallScript(JoinScript(), arguments, deadline, kRepeatable));
  std::vector<std::string> members;
  for (redis::Reply& element : reply.elements) members.push_back(std::move(element.text));
  std::sort(members.begin(), members.end());
  return members;
}

absl::StatusOr<std::set<int32_t>> StreamLog::Lease(const std::string& group,
                                                   const std::string& member,
                                                   const std::set<int32_t>& partitions,
                                                   absl::Duration ttl, absl::Time deadline) {
  std::set<int32_t> owned;
  if (partitions.empty()) return owned;
  redis::ScriptArguments arguments;
  for (int32_t partition : partitions) arguments.Key(LeaseKey(group, partition));
  arguments.Arg(member);
  arguments.Arg(absl::ToInt64Milliseconds(ttl));
  ASSIGN_OR_RETURN(redis::Reply reply,
                   client_->CallScript(LeaseScript(), arguments, deadline, kRepeatable));
  if (reply.elements.size() != partitions.size()) return Malformed();
  size_t i = 0;
  for (int32_t partition : partitions) {
    if (reply.elements[i++].integer == 1) owned.insert(partition);
  }
  return owned;
}

absl::Status StreamLog::Release(const std::string& group, const std::string& member,
                                const std::set<int32_t>& partitions, bool leave,
                                absl::Time deadline) {
  redis::ScriptArguments arguments;
  arguments.Key(Key(absl::StrCat("members/", group)));
  for (int32_t partition : partitions) arguments.Key(LeaseKey(group, partition));
  arguments.Arg(member);
  arguments.Arg(leave ? "1" : "0");
  return client_->CallScript(ReleaseScript(), arguments, deadline, kRepeatable).status();
}

absl::StatusOr<std::vector<int64_t>> StreamLog::Cursors(const std::string& group,
                                                        absl::Time deadline) {
  redis::Command command = {"HMGET", Key("cursors")};
  for (int32_t p = 0; p < partitions(); ++p) command.Arg(absl::StrCat(p, "/", group));
  ASSIGN_OR_RETURN(redis::Reply reply, client_->Call(std::move(command), deadline, kRepeatable));
  if (reply.elements.size() != logs_.size()) return Malformed();
  std::vector<int64_t> result;
  for (const redis::Reply& element : reply.elements) {
    int64_t next = -1;
    if (!element.is_nil() && !absl::SimpleAtoi(element.text, &next)) return Malformed();
    result.push_back(next);
  }
  return result;
}

absl::Status StreamLog::Commit(const std::string& group, const std::string& member,
                               const std::map<int32_t, int64_t>& next, absl::Time deadline) {
  if (next.empty()) return absl::OkStatus();
  redis::ScriptArguments arguments;
  arguments.Key(Key("cursors"));
  for (const auto& [partition, offset] : next) arguments.Key(LeaseKey(group, partition));
  arguments.Arg(member);
  for (const auto& [partition, offset] : next) {
    arguments.Arg(absl::StrCat(partition, "/", group));
    arguments.Arg(offset);
  }
  return client_->CallScript(CommitScript(), arguments, deadline, kRepeatableDurable).status();
}

}  // namespace stadtmesh::events
