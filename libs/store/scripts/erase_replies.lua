-- Forgets a person's recorded replies. KEYS the person's records. Answers how many were there. (The records are in the same slot.)
local erased = 0
for _, key in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do erased = erased + redis.call('DEL', key) end
redis.call('DEL', KEYS[1])
return erased
