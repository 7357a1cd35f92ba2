-- The transaction: validates everything, then writes everything (DESIGN "Store"). Redis runs it alone and logs its writes as
-- one MULTI/EXEC block, so a torn append-only file replays none of it. redis_commit.cpp builds the arguments; keep both in step.
--
-- KEYS 1 epoch, 2 outbox, 3 sequences, 4 due tasks, 5 task bodies, 6 and 7 of the identity (below), then one key per
--      versioned operation, per counter, and per index operation, in this order.
-- ARGV 1 identity kind, 2-4 of the identity, 5 outbox limit, 6 wake-up channel, 7 key to touch on a replay ('' without
--      replicas), 8 token of this transaction, then the four sections, each behind its length.
-- Answers {'A', counter values...} applied, {'R', reply} replayed, or a refusal {letter, details...}.
local call = redis.call
local a, k = 9, 8  -- next argument, next key

local function number(x) return string.format('%.0f', x) end

-- ---- Identity: judged before anything else, so that a transaction may be sent again.
local kind = ARGV[1]
local function replayed(reply)
  -- A write of this connection, so that WAIT covers everything before it.
  if ARGV[7] ~= '' then call('SET', ARGV[7], ARGV[8]) end
  return {'R', reply}
end

if kind == 'R' then  -- reply: KEYS 6 record, 7 the person's records; ARGV 2 fingerprint prefix, 3 record, 4 ms to keep
  local known = call('GET', KEYS[6])
  if known then
    if string.sub(known, 1, #ARGV[2]) ~= ARGV[2] then return {'K'} end
    return replayed(known)
  end
elseif kind == 'O' then  -- once: KEYS 6 watermarks of the consumer; ARGV 2 aggregate, 3 epoch, 4 n
  local epoch, n, last_epoch, last = tonumber(ARGV[3]), tonumber(ARGV[4]), nil, 0
  local mark = call('HGET', KEYS[6], ARGV[2])
  if mark then
    local e, m = string.match(mark, '^(%d+) (%d+)$')
    last_epoch, last = tonumber(e), tonumber(m)
  end
  if last_epoch and (epoch < last_epoch or (epoch == last_epoch and n <= last)) then return replayed('') end
  if not (last_epoch and epoch > last_epoch) and n ~= last + 1 then return {'G', number(last)} end
else  -- task: KEYS 6 marker of the finished run; ARGV 2 task, 3 lease
  if call('EXISTS', KEYS[6]) == 1 then return replayed('') end
  local body = call('HGET', KEYS[5], ARGV[2])
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
  call('SET', KEYS[6], ARGV[3], 'PX', ARGV[4])
  local time = call('TIME')
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  call('ZADD', KEYS[7], number(now + keep), KEYS[6])
  if call('PTTL', KEYS[7]) < keep then  -- refreshed about once an hour
    call('ZREMRANGEBYSCORE', KEYS[7], '-inf', number(now))
    call('PEXPIRE', KEYS[7], number(keep + 3600000))
  end
elseif kind == 'O' then
  call('HSET', KEYS[6], ARGV[2], ARGV[3] .. ' ' .. ARGV[4])
else
  call('SET', KEYS[6], '', 'PX', ARGV[4])
  call('ZREM', KEYS[4], ARGV[2])
  call('HDEL', KEYS[5], ARGV[2])
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

-- ---- Writes: 'Z' score member, 'R' member, 'G' longitude latitude member, 'L' task due kind payload, 'X' task.
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
    call('ZADD', KEYS[4], ARGV[a + 2], ARGV[a + 1])
    call('HSET', KEYS[5], ARGV[a + 1], cmsgpack.pack(ARGV[a + 3], ARGV[a + 4], '', 0, ARGV[a + 2]))
    a = a + 5
  else
    call('ZREM', KEYS[4], ARGV[a + 1])
    call('HDEL', KEYS[5], ARGV[a + 1])
    a = a + 2
  end
end

-- ---- Events: aggregate, type, payload, id, time, traceparent, number of counters, then name and position of each.
if events > 0 then
  local epoch = call('GET', KEYS[1]) or '1'
  local sequences = {}
  for _ = 1, events do
    local aggregate = ARGV[a]
    local n = sequences[aggregate]
    if not n then
      local known = call('HGET', KEYS[3], aggregate)
      local e, last = string.match(known or '', '^(%d+) (%d+)$')
      n = e == epoch and tonumber(last) or 0
    end
    n = n + 1
    sequences[aggregate] = n
    local entry = {'a', aggregate, 't', ARGV[a + 1], 'p', ARGV[a + 2], 'i', ARGV[a + 3], 'm', ARGV[a + 4],
                   'x', ARGV[a + 5], 'e', epoch, 'n', number(n)}
    local attached = tonumber(ARGV[a + 6])
    a = a + 7
    for _ = 1, attached do
      entry[#entry + 1] = 'c:' .. ARGV[a]
      entry[#entry + 1] = values[tonumber(ARGV[a + 1])]
      a = a + 2
    end
    call('XADD', KEYS[2], '*', unpack(entry))
  end
  for aggregate, n in pairs(sequences) do call('HSET', KEYS[3], aggregate, epoch .. ' ' .. number(n)) end
  call('PUBLISH', ARGV[6], '')
end

return {'A', unpack(values)}
