-- Forgets recorded replies of a person. KEYS the person's records, then those to forget. Answers how many were there.
local erased = 0
for i = 2, #KEYS do
  erased = erased + redis.call('DEL', KEYS[i])
  redis.call('ZREM', KEYS[1], KEYS[i])
end
return erased
