-- Trims what the holder of the lease has relayed. KEYS outbox, lease. ARGV owner, first position to keep.
-- Answers 1, or 0 when the lease is lost.
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('XTRIM', KEYS[1], 'MINID', ARGV[2])
return 1
