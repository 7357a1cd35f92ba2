-- Raises the lowest epoch above all there may be, also in a history that was lost. KEYS lowest epoch. Answers it.
local known = tonumber(redis.call('GET', KEYS[1]) or '0')
local raised = math.max(known, tonumber(redis.call('TIME')[1])) + 1
redis.call('SET', KEYS[1], string.format('%.0f', raised))
return raised
