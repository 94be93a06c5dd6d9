-- Makes every limit of one subject whole again.
--   KEYS[1] … KEYS[n] the limits   ARGV[1] channel   ARGV[2] message: who refused this subject lately may admit it again
-- Returns how many of them had been used. O(limits + length of a log), one slot.
local used = 0
for i = 1, #KEYS do used = used + redis.call('DEL', KEYS[i]) end
redis.call('PUBLISH', ARGV[1], ARGV[2])
return used
