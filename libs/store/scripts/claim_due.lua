-- Leases due tasks. KEYS due tasks, bodies. ARGV now, end of the lease (microseconds), limit, lease token.
-- Answers task, kind, payload, due, attempt for each.
local claimed = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])) do
  local kind, payload, _, attempt, due = cmsgpack.unpack(redis.call('HGET', KEYS[2], id))
  redis.call('HSET', KEYS[2], id, cmsgpack.pack(kind, payload, ARGV[4], attempt + 1, due))
  redis.call('ZADD', KEYS[1], ARGV[2], id)
  for _, field in ipairs({id, kind, payload, due, tostring(attempt + 1)}) do claimed[#claimed + 1] = field end
end
return claimed
