-- One page of a sorted set strictly behind (score, member), by binary search among equal scores, so that deep pages and sets in
-- which all scores are equal cost no more. KEYS index. ARGV score, member, limit, 'A' or 'D', then the other bound in that
-- direction's start ('-inf'/'+inf' for none). Answers members with scores, in ascending order of rank.
local function less(x, y)  -- bytes, as Redis orders; Lua's own operator follows the locale
  for i = 1, math.min(#x, #y) do
    local p, q = string.byte(x, i), string.byte(y, i)
    if p ~= q then return p < q end
  end
  return #x < #y
end
local key, score, member, limit = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3])
local ascending = ARGV[4] == 'A'
-- The first rank whose entry is not before (score, member), or with `ascending` the first one behind it.
local low = redis.call('ZCOUNT', key, '-inf', '(' .. score)
local high = low + redis.call('ZCOUNT', key, score, score)
while low < high do
  local middle = math.floor((low + high) / 2)
  local found = redis.call('ZRANGE', key, middle, middle)[1]
  if less(found, member) or (ascending and found == member) then low = middle + 1 else high = middle end
end
if ascending then
  local first = math.max(low, redis.call('ZCOUNT', key, '-inf', '(' .. ARGV[5]))
  return redis.call('ZRANGE', key, first, first + limit - 1, 'WITHSCORES')
end
local last = math.min(low, redis.call('ZCOUNT', key, '-inf', ARGV[5])) - 1
if last < 0 then return {} end
return redis.call('ZRANGE', key, math.max(0, last - limit + 1), last, 'WITHSCORES')
