-- Prolongs the lease of a loader that is still at work.
--   KEYS[1] the lease   ARGV[1] the loader's token   ARGV[2] life of the lease in ms, from now
-- Returns 1 prolonged | 0 the lease is gone, nothing is changed
-- O(1), one key.
local lease = redis.call('GET', KEYS[1])
if lease ~= ARGV[1] and lease ~= ARGV[1] .. '+' then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
