-- Stores a loaded value, but only while its loader still holds the lease, and gives the lease back.
--   KEYS[1] the value   KEYS[2] its lease
--   ARGV[1] the loader's token   ARGV[2] the bytes   ARGV[3] life of the value in ms   ARGV[4] the wake-up channel
-- Returns 1 stored | 0 the lease is gone: invalidated, replaced or too slow; nothing is changed
-- O(length of the value), one slot.
local lease = redis.call('GET', KEYS[2])
if lease ~= ARGV[1] and lease ~= ARGV[1] .. '+' then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
redis.call('DEL', KEYS[2])
if lease ~= ARGV[1] then redis.call('PUBLISH', ARGV[4], KEYS[1]) end
return 1
