#include "events/event_codec.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace stadtmesh::events {
namespace {

constexpr absl::string_view kCounterPrefix = "ce_counter_";
constexpr char kTimeFormat[] = "%Y-%m-%d%ET%H:%M:%E*SZ";

absl::Status Malformed(absl::string_view header) {
  return absl::InvalidArgumentError(
      absl::StrCat("event header ", header, " is missing, repeated or malformed"));
}

// The headers that every event has exactly once.
absl::StatusOr<std::map<std::string, std::string>> Single(const Headers& headers) {
  std::map<std::string, std::string> result;
  for (const auto& [name, value] : headers) {
    if (!result.emplace(name, value).second) return Malformed(name);
  }
  return result;
}

absl::StatusOr<std::string> Required(const std::map<std::string, std::string>& headers,
                                     const std::string& name) {
  auto found = headers.find(name);
  if (found == headers.end() || found->second.empty()) return Malformed(name);
  return found->second;
}

absl::StatusOr<uint64_t> RequiredNumber(const std::map<std::string, std::string>& headers,
                                        const std::string& name) {
  ASSIGN_OR_RETURN(std::string text, Required(headers, name));
  uint64_t number = 0;
  if (!absl::SimpleAtoi(text, &number)) return Malformed(name);
  return number;
}

absl::Status DecodeCounters(const std::map<std::string, std::string>& headers, Event& event) {
  for (const auto& [name, value] : headers) {
    if (!absl::StartsWith(name, kCounterPrefix)) continue;
    int64_t number = 0;
    if (!absl::SimpleAtoi(value, &number)) return Malformed(name);
    event.counters.emplace(name.substr(kCounterPrefix.size()), number);
  }
  return absl::OkStatus();
}

uint32_t Murmur2(absl::string_view key) {
  constexpr uint32_t kMultiplier = 0x5bd1e995;
  uint32_t hash = 0x9747b28cu ^ static_cast<uint32_t>(key.size());
  auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(key[i])); };
  size_t i = 0;
  for (; i + 4 <= key.size(); i += 4) {
    uint32_t block = byte(i) | byte(i + 1) << 8 | byte(i + 2) << 16 | byte(i + 3) << 24;
    block *= kMultiplier;
    block ^= block >> 24;
    block *= kMultiplier;
    hash = (hash * kMultiplier) ^ block;
  }
  if (i < key.size()) {
    for (size_t k = key.size(); k-- > i;) hash ^= byte(k) << (8 * (k - i));
    hash *= kMultiplier;
  }
  hash ^= hash >> 13;
  hash *= kMultiplier;
  return hash ^ (hash >> 15);
}

}  // namespace

Headers EncodeHeaders(const Event& event) {
  Headers headers = {
      {"ce_specversion", "1.0"},
      {"ce_id", event.id},
      {"ce_type", event.type},
      {"ce_source", absl::StrCat("/", event.service)},
      {"ce_subject", event.aggregate},
      {"ce_time", absl::FormatTime(kTimeFormat, event.time, absl::UTCTimeZone())},
      {"content-type", "application/protobuf"},
      {"ce_tenant", event.tenant},
      {"ce_epoch", absl::StrCat(event.epoch)},
      {"ce_sequence", absl::StrCat(event.n)},
  };
  if (!event.traceparent.empty()) headers.emplace_back("traceparent", event.traceparent);
  for (const auto& [name, value] : event.counters) {
    headers.emplace_back(absl::StrCat(kCounterPrefix, name), absl::StrCat(value));
  }
  return headers;
}

absl::StatusOr<Event> DecodeEvent(const Headers& headers, std::string payload) {
  ASSIGN_OR_RETURN(auto single, Single(headers));
  Event event;
  if (single["ce_specversion"] != "1.0") return Malformed("ce_specversion");
  ASSIGN_OR_RETURN(event.id, Required(single, "ce_id"));
  ASSIGN_OR_RETURN(event.type, Required(single, "ce_type"));
  ASSIGN_OR_RETURN(event.service, Required(single, "ce_source"));
  if (event.service.size() < 2 || event.service[0] != '/') return Malformed("ce_source");
  event.service.erase(0, 1);
  ASSIGN_OR_RETURN(event.aggregate, Required(single, "ce_subject"));
  ASSIGN_OR_RETURN(std::string time, Required(single, "ce_time"));
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, time, &event.time, &error)) return Malformed("ce_time");
  ASSIGN_OR_RETURN(event.tenant, Required(single, "ce_tenant"));
  ASSIGN_OR_RETURN(event.epoch, RequiredNumber(single, "ce_epoch"));
  ASSIGN_OR_RETURN(event.n, RequiredNumber(single, "ce_sequence"));
  if (auto found = single.find("traceparent"); found != single.end())
    event.traceparent = found->second;
  RETURN_IF_ERROR(DecodeCounters(single, event));
  event.payload = std::move(payload);
  return event;
}

std::string PartitionKey(const Event& event) {
  return absl::StrCat(event.tenant, "/", event.aggregate);
}

int32_t PartitionOf(absl::string_view key, int32_t partitions) {
  return static_cast<int32_t>((Murmur2(key) & 0x7fffffffu) % static_cast<uint32_t>(partitions));
}

}  // namespace stadtmesh::events
