-- Puts a claimed task back. KEYS due tasks, bodies. ARGV task, lease, due (microseconds). Answers 1, or 0 when it is lost.
local body = redis.call('HGET', KEYS[2], ARGV[1])
if not body then return 0 end
local kind, payload, lease, attempt, due = cmsgpack.unpack(body)
if lease ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[2], ARGV[1], cmsgpack.pack(kind, payload, '', attempt, due))
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
return 1
