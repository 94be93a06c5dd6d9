-- Stores a value the caller knows, and revokes whatever is being loaded for it.
--   KEYS[1] the value   KEYS[2] its lease
--   ARGV[1] the bytes   ARGV[2] life of the value in ms   ARGV[3] the wake-up channel
-- Returns 1. O(length of the value), one slot. The last writer wins.
local lease = redis.call('GET', KEYS[2])
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
if lease then
  redis.call('DEL', KEYS[2])
  if string.sub(lease, -1) == '+' then redis.call('PUBLISH', ARGV[3], KEYS[1]) end
end
return 1
