-- Drops a value, and revokes whatever is being loaded for it.
--   KEYS[1] the value   KEYS[2] its lease   ARGV[1] the wake-up channel
-- Returns how many values there were, 0 or 1. Safe to repeat. O(1), one slot.
local lease = redis.call('GET', KEYS[2])
local existed = redis.call('DEL', KEYS[1])
if lease then
  redis.call('DEL', KEYS[2])
  if string.sub(lease, -1) == '+' then redis.call('PUBLISH', ARGV[1], KEYS[1]) end
end
return existed
