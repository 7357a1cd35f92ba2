// The parts of RedisStore that only read.
#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/status.h"
#include "store/errors.h"
#include "store/plan.h"
#include "store/redis_commit.h"
#include "store/redis_keys.h"
#include "store/redis_store.h"
#include "store/scripts.h"

namespace stadtmesh::store {
namespace {

using redis::Command;
using redis::Reply;
using redis::Script;
using redis::ScriptArguments;

const Script& PageScript() {
  static const auto& script = *new Script(page_index_lua);
  return script;
}

Record ToRecord(const Reply& reply) {
  if (reply.is_nil() || reply.text.size() < kVersionBytes) return {};
  return {reply.text.substr(kVersionBytes), reply.text.substr(0, kVersionBytes)};
}

double ToDouble(const std::string& text) {
  double value = 0;
  (void)absl::SimpleAtod(text, &value);
  return value;
}

std::vector<Scored> ToScored(const Reply& reply) {
  std::vector<Scored> result;
  for (size_t i = 0; i + 1 < reply.elements.size(); i += 2) {
    result.push_back({reply.elements[i].text, ToDouble(reply.elements[i + 1].text)});
  }
  return result;
}

}  // namespace

absl::StatusOr<Record> RedisStore::Get(const Scope& scope, absl::string_view key,
                                       absl::Time deadline) {
  RETURN_IF_ERROR(ValidateScope(scope));
  RETURN_IF_ERROR(ValidateName("key", key));
  ASSIGN_OR_RETURN(const Reply reply, Ask(scope, {"GET", RedisKeys(scope).Record(key)}, deadline));
  return ToRecord(reply);
}

absl::StatusOr<std::vector<Record>> RedisStore::MultiGet(const Scope& scope,
                                                         const std::vector<std::string>& keys,
                                                         absl::Time deadline) {
  RETURN_IF_ERROR(ValidateScope(scope));
  if (keys.size() > kMaxKeysPerRead) return absl::InvalidArgumentError("too many keys");
  std::vector<Record> records;
  if (keys.empty()) return records;
  const RedisKeys names(scope);
  Command command{"MGET"};
  for (const std::string& key : keys) {
    RETURN_IF_ERROR(ValidateName("key", key));
    command.Arg(names.Record(key));
  }
  ASSIGN_OR_RETURN(const Reply reply, Ask(scope, command, deadline));
  for (const Reply& element : reply.elements) records.push_back(ToRecord(element));
  return records;
}

absl::StatusOr<std::optional<Counter>> RedisStore::GetCounter(const Scope& scope,
                                                              absl::string_view counter,
                                                              absl::Time deadline) {
  RETURN_IF_ERROR(ValidateScope(scope));
  RETURN_IF_ERROR(ValidateName("counter", counter));
  ASSIGN_OR_RETURN(const Reply reply,
                   Ask(scope, {"GET", RedisKeys(scope).Counter(counter)}, deadline));
  if (reply.is_nil()) return std::optional<Counter>();
  const std::vector<std::string> parts = absl::StrSplit(reply.text, ' ');
  Counter result;
  if (parts.size() != 3 || !absl::SimpleAtoi(parts[0], &result.value) ||
      !absl::SimpleAtoi(parts[1], &result.min) || !absl::SimpleAtoi(parts[2], &result.max)) {
    return absl::InternalError("a stored counter is damaged");
  }
  return std::optional<Counter>(result);
}

absl::StatusOr<std::vector<Scored>> RedisStore::IndexRange(const Scope& scope,
                                                           absl::string_view index,
                                                           const Range& range,
                                                           absl::Time deadline) {
  RETURN_IF_ERROR(ValidateScope(scope));
  RETURN_IF_ERROR(ValidateName("index", index));
  RETURN_IF_ERROR(ValidateRange(range));
  const std::string key = RedisKeys(scope).Index(index);
  const std::string min = FormatScore(range.min), max = FormatScore(range.max);
  const std::string limit = absl::StrCat(range.limit);
  if (!range.after) {
    Command command = range.descending ? Command{"ZREVRANGEBYSCORE", key, max, min}
                                       : Command{"ZRANGEBYSCORE", key, min, max};
    for (const char* word : {"WITHSCORES", "LIMIT", "0"}) command.Arg(word);
    ASSIGN_OR_RETURN(const Reply reply, Ask(scope, command.Arg(limit), deadline));
    return ToScored(reply);
  }
  ScriptArguments arguments;
  arguments.Key(key);
  arguments.Arg(FormatScore(range.after->score));
  arguments.Arg(range.after->member);
  arguments.Arg(limit);
  arguments.Arg(range.descending ? "D" : "A");
  arguments.Arg(range.descending ? max : min);
  ASSIGN_OR_RETURN(const Reply reply,
                   Run(scope, PageScript(), arguments, deadline, {.repeatable = true}));
  std::vector<Scored> page = ToScored(reply);
  if (range.descending) std::reverse(page.begin(), page.end());
  std::erase_if(page, [&](const Scored& entry) {
    return entry.score < range.min || entry.score > range.max;
  });
  return page;
}

absl::StatusOr<int64_t> RedisStore::IndexCount(const Scope& scope, absl::string_view index,
                                               absl::Time deadline) {
  RETURN_IF_ERROR(ValidateScope(scope));
  RETURN_IF_ERROR(ValidateName("index", index));
  ASSIGN_OR_RETURN(const Reply reply,
                   Ask(scope, {"ZCARD", RedisKeys(scope).Index(index)}, deadline));
  return reply.integer;
}

absl::StatusOr<std::vector<Scored>> RedisStore::GeoSearch(const Scope& scope,
                                                          absl::string_view index, LatLon center,
                                                          double radius_metres, size_t limit,
                                                          absl::Time deadline) {
  RETURN_IF_ERROR(ValidateScope(scope));
  RETURN_IF_ERROR(ValidateName("index", index));
  RETURN_IF_ERROR(ValidateGeoPoint(center));
  if (limit < 1 || limit > kMaxRangeLimit || !(radius_metres >= 0)) {
    return absl::InvalidArgumentError("a search's limit or radius");
  }
  ASSIGN_OR_RETURN(
      const Reply reply,
      Ask(scope,
          {"GEOSEARCH", RedisKeys(scope).Index(index), "FROMLONLAT", FormatScore(center.longitude),
           FormatScore(center.latitude), "BYRADIUS", FormatScore(radius_metres), "m", "ASC",
           "COUNT", absl::StrCat(limit), "WITHDIST"},
          deadline));
  std::vector<Scored> result;
  for (const Reply& entry : reply.elements) {
    if (entry.elements.size() != 2) continue;
    result.push_back({entry.elements[0].text, ToDouble(entry.elements[1].text)});
  }
  return result;
}

absl::StatusOr<std::optional<std::string>> RedisStore::FindReply(const Scope& scope,
                                                                 const ReplyIdentity& identity,
                                                                 absl::Time deadline) {
  RETURN_IF_ERROR(ValidateScope(scope));
  ASSIGN_OR_RETURN(const Reply reply,
                   Ask(scope, {"GET", RedisKeys(scope).Reply(identity)}, deadline));
  if (reply.is_nil()) return std::optional<std::string>();
  absl::string_view text = reply.text;
  if (!absl::ConsumePrefix(&text, ReplyPrefix(identity))) return IdempotencyKeyReused();
  return std::optional<std::string>(std::string(text));
}

}  // namespace stadtmesh::store
