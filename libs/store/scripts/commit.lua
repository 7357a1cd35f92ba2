-- The transaction: validates everything, then writes everything (DESIGN "Store"). Redis runs it alone and logs its writes as
-- one MULTI/EXEC block, so a torn append-only file replays none of it. redis_commit.cpp builds the arguments; keep both in step.
--
-- KEYS 1 lowest epoch, 2 outbox, 3 and 4 sequences (current and old), 5 due tasks, 6 task bodies, 7 and 8 of the identity
--      (below), then one key per versioned operation, per counter, and the keys of the writes, in this order. All that is
--      touched is named here, so that a cluster that moves the slot refuses the whole script and never half of it.
-- ARGV 1 identity kind, 2-4 of the identity, 5 outbox limit, 6 wake-up channel, 7 key to touch on a replay ('' without
--      replicas), 8 token of this transaction, 9 and 10 seconds to keep sequences and watermarks, then the four sections,
--      each behind its length.
-- Answers {'A', counter values...} applied, {'R', reply} replayed, or a refusal {letter, details...}.
local call = redis.call
local a, k = 11, 9  -- next argument, next key

local function number(x) return string.format('%.0f', x) end

local seconds
local function now()
  seconds = seconds or tonumber(call('TIME')[1])
  return seconds
end

-- ---- Hashes that forget. A value is kept for `keep` seconds after it was written last, and gone after three times as long.
-- Two generations: when the current one has been written to for `keep` seconds it becomes the old one, which is dropped. Its
-- beginning stands in the field ''.
local function age(current)
  local since = tonumber(call('HGET', current, '') or '')
  return since and now() - since or 0
end

local function recall(current, old, keep, field)
  local passed = age(current)
  if passed >= 2 * keep then return nil end
  local value = call('HGET', current, field)
  if value or passed >= keep then return value or nil end
  return call('HGET', old, field) or nil
end

local function remember(current, old, keep, field, value)
  local passed = age(current)
  if passed >= keep then
    call('UNLINK', old)
    if passed < 2 * keep then call('RENAME', current, old) else call('UNLINK', current) end
  end
  call('HSETNX', current, '', number(now()))
  call('HSET', current, field, value)
end

-- "epoch n" as two numbers, or nothing.
local function parse(mark)
  local epoch, n = string.match(mark or '', '^(%d+) (%d+)$')
  return tonumber(epoch), tonumber(n)
end

-- ---- Identity: judged before anything else, so that a transaction may be sent again.
local kind = ARGV[1]
local function replayed(reply)
  -- A write of this connection, so that WAIT covers everything before it.
  if ARGV[7] ~= '' then call('SET', ARGV[7], ARGV[8]) end
  return {'R', reply}
end

if kind == 'R' then  -- reply: KEYS 7 record, 8 the person's records; ARGV 2 fingerprint prefix, 3 record, 4 ms to keep
  local known = call('GET', KEYS[7])
  if known then
    if string.sub(known, 1, #ARGV[2]) ~= ARGV[2] then return {'K'} end
    return replayed(known)
  end
elseif kind == 'O' then  -- once: KEYS 7 and 8 watermarks of the consumer; ARGV 2 aggregate, 3 epoch, 4 n
  local epoch, n = tonumber(ARGV[3]), tonumber(ARGV[4])
  local last_epoch, last = parse(recall(KEYS[7], KEYS[8], tonumber(ARGV[10]), ARGV[2]))
  last = last or 0
  if last_epoch and (epoch < last_epoch or (epoch == last_epoch and n <= last)) then return replayed('') end
  if not (last_epoch and epoch > last_epoch) and n ~= last + 1 then return {'G', number(last)} end
else  -- task: KEYS 7 marker of the finished run; ARGV 2 task, 3 lease
  if call('EXISTS', KEYS[7]) == 1 then return replayed('') end
  local body = call('HGET', KEYS[6], ARGV[2])
  if not body then return {'T'} end
  local _, _, lease = cmsgpack.unpack(body)
  if lease ~= ARGV[3] then return {'T'} end
end

-- ---- Versions: expected version, then 'C', or 'P' value ttl, or 'D'. A value begins with its version of 22 bytes.
local versioned = tonumber(ARGV[a])
local versions_at, versions_key = a + 1, k
a = versions_at
for i = 1, versioned do
  if call('GETRANGE', KEYS[k], 0, 21) ~= ARGV[a] then return {'V', number(i)} end
  a = a + (ARGV[a + 1] == 'P' and 4 or 2)
  k = k + 1
end

-- ---- Counters: '1' min max initial delta, or '0' delta. Stored as "value min max".
local counters, counters_key = tonumber(ARGV[a]), k
local values, stored, changed = {}, {}, {}
a = a + 1
for i = 1, counters do
  local value, min, max
  local known = call('GET', KEYS[k])
  if known then
    value, min, max = string.match(known, '^(%S+) (%S+) (%S+)$')
    value, min, max = tonumber(value), tonumber(min), tonumber(max)
  end
  if ARGV[a] == '1' then
    min, max = tonumber(ARGV[a + 1]), tonumber(ARGV[a + 2])
    value = value or tonumber(ARGV[a + 3])
    a = a + 3
  elseif not known then
    return {'U', number(i)}
  end
  value = value + tonumber(ARGV[a + 1])
  a = a + 2
  if value < min or value > max then return {'B', number(i), number(value), number(min), number(max)} end
  values[i] = number(value)
  stored[i] = values[i] .. ' ' .. number(min) .. ' ' .. number(max)
  changed[i] = stored[i] ~= known
  k = k + 1
end

-- ---- Indexes and tasks are skipped until writing; the outbox limit needs the number of events, ARGV's last.
local events = tonumber(ARGV[#ARGV])
if events > 0 and call('XLEN', KEYS[2]) + events > tonumber(ARGV[5]) then return {'F'} end

-- ---- Everything holds. From here on nothing may fail.
if kind == 'R' then
  local keep = tonumber(ARGV[4])
  call('SET', KEYS[7], ARGV[3], 'PX', ARGV[4])
  call('ZADD', KEYS[8], number((now() + 1) * 1000 + keep), KEYS[7])
  if call('PTTL', KEYS[8]) < keep then  -- refreshed about once an hour
    call('ZREMRANGEBYSCORE', KEYS[8], '-inf', number(now() * 1000))
    call('PEXPIRE', KEYS[8], number(keep + 3600000))
  end
elseif kind == 'O' then
  remember(KEYS[7], KEYS[8], tonumber(ARGV[10]), ARGV[2], ARGV[3] .. ' ' .. ARGV[4])
else
  call('SET', KEYS[7], '', 'PX', ARGV[4])
  call('ZREM', KEYS[5], ARGV[2])
  call('HDEL', KEYS[6], ARGV[2])
end

local at = versions_at
for i = 0, versioned - 1 do
  local operation = ARGV[at + 1]
  if operation == 'P' then
    if ARGV[at + 3] == '' then
      call('SET', KEYS[versions_key + i], ARGV[at + 2])
    else
      call('SET', KEYS[versions_key + i], ARGV[at + 2], 'PX', ARGV[at + 3])
    end
    at = at + 4
  else
    if operation == 'D' then call('DEL', KEYS[versions_key + i]) end
    at = at + 2
  end
end

for i = 1, counters do
  if changed[i] then call('SET', KEYS[counters_key + i - 1], stored[i]) end
end

-- ---- Writes: 'Z' score member, 'R' member, 'G' longitude latitude member, 'L' task due kind payload, 'X' task, 'D' (a counter),
-- 'W' aggregate epoch n (a watermark).
local writes = tonumber(ARGV[a])
a = a + 1
for _ = 1, writes do
  local operation = ARGV[a]
  if operation == 'Z' then
    call('ZADD', KEYS[k], ARGV[a + 1], ARGV[a + 2])
    a, k = a + 3, k + 1
  elseif operation == 'R' then
    call('ZREM', KEYS[k], ARGV[a + 1])
    a, k = a + 2, k + 1
  elseif operation == 'G' then
    call('GEOADD', KEYS[k], ARGV[a + 1], ARGV[a + 2], ARGV[a + 3])
    a, k = a + 4, k + 1
  elseif operation == 'L' then
    call('ZADD', KEYS[5], ARGV[a + 2], ARGV[a + 1])
    call('HSET', KEYS[6], ARGV[a + 1], cmsgpack.pack(ARGV[a + 3], ARGV[a + 4], '', 0, ARGV[a + 2]))
    a = a + 5
  elseif operation == 'X' then
    call('ZREM', KEYS[5], ARGV[a + 1])
    call('HDEL', KEYS[6], ARGV[a + 1])
    a = a + 2
  elseif operation == 'D' then
    call('DEL', KEYS[k])
    a, k = a + 1, k + 1
  else
    local keep, aggregate = tonumber(ARGV[10]), ARGV[a + 1]
    local last_epoch, last = parse(recall(KEYS[k], KEYS[k + 1], keep, aggregate))
    local epoch, n = tonumber(ARGV[a + 2]), tonumber(ARGV[a + 3])
    if not last_epoch or epoch > last_epoch or (epoch == last_epoch and n > last) then
      remember(KEYS[k], KEYS[k + 1], keep, aggregate, ARGV[a + 2] .. ' ' .. ARGV[a + 3])
    end
    a, k = a + 4, k + 2
  end
end

-- ---- Events: aggregate, type, payload, id, time, traceparent, number of counters, then name and position of each.
-- A numbering goes on in its epoch, unless that is below the lowest allowed (a backup was restored) or it was forgotten: then it
-- begins anew in the epoch of this second, which is above all it had.
if events > 0 then
  local lowest, keep = tonumber(call('GET', KEYS[1]) or '0'), tonumber(ARGV[9])
  local epochs, numbers = {}, {}
  for _ = 1, events do
    local aggregate = ARGV[a]
    if not numbers[aggregate] then
      local epoch, last = parse(recall(KEYS[3], KEYS[4], keep, aggregate))
      if not epoch or epoch < lowest then epoch, last = math.max(now(), lowest), 0 end
      epochs[aggregate], numbers[aggregate] = number(epoch), last
    end
    local n = numbers[aggregate] + 1
    numbers[aggregate] = n
    local entry = {'a', aggregate, 't', ARGV[a + 1], 'p', ARGV[a + 2], 'i', ARGV[a + 3], 'm', ARGV[a + 4],
                   'x', ARGV[a + 5], 'e', epochs[aggregate], 'n', number(n)}
    local attached = tonumber(ARGV[a + 6])
    a = a + 7
    for _ = 1, attached do
      entry[#entry + 1] = 'c:' .. ARGV[a]
      entry[#entry + 1] = values[tonumber(ARGV[a + 1])]
      a = a + 2
    end
    call('XADD', KEYS[2], '*', unpack(entry))
  end
  for aggregate, n in pairs(numbers) do
    remember(KEYS[3], KEYS[4], keep, aggregate, epochs[aggregate] .. ' ' .. number(n))
  end
  call('PUBLISH', ARGV[6], '')
end

return {'A', unpack(values)}
