-- Notes that an instance is alive, and counts those that are.
--   KEYS[1] when each instance was last seen   ARGV[1] this instance   ARGV[2] after how many µs of silence one is gone
-- Returns how many are alive, this one included. O(log n + the gone), one key.
local time = redis.call('TIME') local now = time[1] * 1000000 + time[2]
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - ARGV[2]))
-- A member seen in the future was seen before the clock stepped back; it will be seen again if it is alive.
redis.call('ZREMRANGEBYSCORE', KEYS[1], string.format('%.0f', now + ARGV[2]), '+inf')
redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[1])
redis.call('PEXPIRE', KEYS[1], math.ceil(ARGV[2] / 1000))
return redis.call('ZCARD', KEYS[1])
