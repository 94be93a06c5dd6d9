-- Which sessions of a slot may be dead by now.
--   KEYS[1] when they die   ARGV[1] how many at most
-- Returns their entries, those that died first in front. O(log n + found), one key.
local time = redis.call('TIME') local now = time[1] * 1000 + math.floor(time[2] / 1000)
return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[1])
