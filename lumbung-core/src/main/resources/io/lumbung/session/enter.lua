-- Enters a session into the index of a user who is in another slot, or moves it there.
--   KEYS[1] the index   ARGV[1] the session's member   ARGV[2] for how many ms it lives from now
--   ARGV[3] the member it had before, '' for none: then the session must still stand in the index by that one
-- Returns 1 entered | 0 the one it had before is gone: all sessions of the user were ended. O(log n), one key.
local time = redis.call('TIME') local now = time[1] * 1000 + math.floor(time[2] / 1000)
local life = tonumber(ARGV[2])
if ARGV[3] ~= '' and not redis.call('ZSCORE', KEYS[1], ARGV[3]) then return 0 end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if ARGV[3] ~= '' then redis.call('ZREM', KEYS[1], ARGV[3]) end
redis.call('ZADD', KEYS[1], string.format('%.0f', now + life), ARGV[1])
if redis.call('PTTL', KEYS[1]) < life then redis.call('PEXPIRE', KEYS[1], life) end
return 1
