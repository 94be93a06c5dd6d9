-- Enters a session into the index of a user who is in another slot, or lets its entry live longer.
--   KEYS[1] the index   ARGV[1] the session's member   ARGV[2] for how many ms from now at least
-- Returns 1. O(log n), one key.
local time = redis.call('TIME') local now = time[1] * 1000 + math.floor(time[2] / 1000)
local life = tonumber(ARGV[2])
-- First what a server without memory allows: after it, it takes the rest too, and nobody who is active is logged out.
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZADD', KEYS[1], 'GT', string.format('%.0f', now + life), ARGV[1])
if redis.call('PTTL', KEYS[1]) < life then redis.call('PEXPIRE', KEYS[1], life) end
return 1
