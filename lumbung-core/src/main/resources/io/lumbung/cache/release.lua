-- Gives a lease back without storing anything.
--   KEYS[1] the value (not touched)   KEYS[2] its lease
--   ARGV[1] the loader's token   ARGV[2] the wake-up channel
-- Returns 1 it was still held | 0 it was gone, nothing is changed
-- O(1), one slot.
local lease = redis.call('GET', KEYS[2])
if lease ~= ARGV[1] and lease ~= ARGV[1] .. '+' then return 0 end
redis.call('DEL', KEYS[2])
if lease ~= ARGV[1] then redis.call('PUBLISH', ARGV[2], KEYS[1]) end
return 1
