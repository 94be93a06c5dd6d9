-- Gives a session that still exists to a user, or to nobody.
--   KEYS[1] the session   ARGV[1] the user, '' for nobody
-- Returns {1, for how many ms it lives, the user before} | {0} there is no such session. O(1), one key.
local known = redis.call('HMGET', KEYS[1], 'c', 'u')
if not known[1] then return {0} end
redis.call('HSET', KEYS[1], 'u', ARGV[1])
return {1, redis.call('PTTL', KEYS[1]), known[2] or ''}
