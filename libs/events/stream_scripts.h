// The Lua scripts of stream_log.cpp.
#pragma once

namespace stadtmesh::events::scripts {

// KEYS[1] partitions; ARGV[1] how many to make.
inline constexpr char kOpen[] = R"lua(
redis.call('SET', KEYS[1], ARGV[1], 'NX')
return tonumber(redis.call('GET', KEYS[1]))
)lua";

// KEYS the streams; ARGV per event: index of the stream, number of arguments, field, value, ... A
// failure ends the script, so nothing passes an event that was not appended.
inline constexpr char kAppend[] = R"lua(
local at = 1
while at <= #ARGV do
  local count = tonumber(ARGV[at + 1])
  redis.call('XADD', KEYS[tonumber(ARGV[at])], '0-*', unpack(ARGV, at + 2, at + 1 + count))
  at = at + 2 + count
end
return 1
)lua";

// KEYS the streams; returns per stream the sequence of its oldest entry (0: none) and of the last
// one ever.
inline constexpr char kHeld[] = R"lua(
local result = {}
for i, key in ipairs(KEYS) do
  local first, last = '0-0', '0-0'
  if redis.call('EXISTS', key) == 1 then
    local info = redis.call('XINFO', 'STREAM', key)
    for at = 1, #info, 2 do
      if info[at] == 'last-generated-id' then last = info[at + 1] end
      if info[at] == 'first-entry' and info[at + 1] then first = info[at + 1][1] end
    end
  end
  result[2 * i - 1] = tonumber(string.match(first, '%-(%d+)$'))
  result[2 * i] = tonumber(string.match(last, '%-(%d+)$'))
end
return result
)lua";

// KEYS[1] cursors, then the streams; ARGV keep, most bytes of a stream. A cursor is the next
// offset, which is the sequence of the last entry handled.
inline constexpr char kTrim[] = R"lua(
local slowest = {}
local cursors = redis.call('HGETALL', KEYS[1])
for at = 1, #cursors, 2 do
  local p = tonumber(string.match(cursors[at], '^(%d+)/')) + 2
  local next = tonumber(cursors[at + 1])
  if not slowest[p] or next < slowest[p] then slowest[p] = next end
end
for i = 2, #KEYS do
  if redis.call('EXISTS', KEYS[i]) == 1 then
    if slowest[i] then
      local last = redis.call('XREVRANGE', KEYS[i], '+', '-', 'COUNT', 1)
      if last[1] then
        local sequence = tonumber(string.match(last[1][1], '%-(%d+)$'))
        local cut = math.min(slowest[i], sequence - tonumber(ARGV[1]))
        if cut > 0 then redis.call('XTRIM', KEYS[i], 'MINID', '=', '0-' .. string.format('%.0f', cut + 1)) end
      end
    end
    local bytes = redis.call('MEMORY', 'USAGE', KEYS[i])
    if bytes and bytes > tonumber(ARGV[2]) then
      local share = tonumber(ARGV[2]) / bytes / 2
      redis.call('XTRIM', KEYS[i], 'MAXLEN', '=', math.floor(redis.call('XLEN', KEYS[i]) * share))
    end
  end
end
return 1
)lua";

// KEYS[1] members; ARGV member, ttl in ms.
inline constexpr char kJoin[] = R"lua(
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
return redis.call('ZRANGE', KEYS[1], 0, -1)
)lua";

// KEYS the leases; ARGV member, ttl in ms; returns 1 for each that is the member's now.
inline constexpr char kLease[] = R"lua(
local result = {}
for i, key in ipairs(KEYS) do
  local owner = redis.call('GET', key)
  result[i] = 0
  if not owner or owner == ARGV[1] then
    redis.call('SET', key, ARGV[1], 'PX', ARGV[2])
    result[i] = 1
  end
end
return result
)lua";

// KEYS[1] members, then leases; ARGV member, '1' to leave.
inline constexpr char kRelease[] = R"lua(
if ARGV[2] == '1' then redis.call('ZREM', KEYS[1], ARGV[1]) end
for i = 2, #KEYS do
  if redis.call('GET', KEYS[i]) == ARGV[1] then redis.call('DEL', KEYS[i]) end
end
return 1
)lua";

// KEYS[1] cursors, then leases; ARGV member, then per lease the cursor's field and its next offset.
inline constexpr char kCommit[] = R"lua(
for i = 2, #KEYS do
  if redis.call('GET', KEYS[i]) == ARGV[1] then
    redis.call('HSET', KEYS[1], ARGV[2 * i - 2], ARGV[2 * i - 1])
  end
end
return 1
)lua";

}  // namespace stadtmesh::events::scripts
