-- Takes the lease whoever holds it: what is being loaded now can no longer be stored. The value stays.
--   KEYS[1] the value (not touched)   KEYS[2] its lease
--   ARGV[1] the new holder's token   ARGV[2] life of the lease in ms
-- Returns 1. Those who wait for the old holder now wait for the new one. O(1), one slot.
local lease = redis.call('GET', KEYS[2])
local waited = lease and string.sub(lease, -1) == '+'
redis.call('SET', KEYS[2], waited and ARGV[1] .. '+' or ARGV[1], 'PX', ARGV[2])
return 1
