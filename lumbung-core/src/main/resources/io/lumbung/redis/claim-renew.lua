-- Keeps a claim for longer, but only for the owner that still holds it.
--   KEYS[1] what is claimed    ARGV[1] the owner    ARGV[2] for how long from now, ms
--   Returns 1 renewed | 0 not the owner's any more
-- O(1), one key.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
