-- Takes or renews a lease. KEYS lease. ARGV owner, milliseconds. Answers 1, or 0 when somebody else holds it.
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
