-- Says what holds for one subject instead of its limits, or that nothing does.
--   KEYS[1] the override   ARGV[1] its text, '' for none   ARGV[2] for how long, in ms
--   ARGV[3] channel   ARGV[4] message: who refused this subject lately has to ask again
-- Returns 1 if there was one before, else 0. O(1), one key.
local before = redis.call('EXISTS', KEYS[1])
if ARGV[1] == '' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
end
redis.call('PUBLISH', ARGV[3], ARGV[4])
return before
