-- Raises the epoch, which is 1 where none is stored. KEYS epoch. Answers the new one.
redis.call('SETNX', KEYS[1], '1')
return redis.call('INCR', KEYS[1])
