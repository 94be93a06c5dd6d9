-- Gives a claim back, but only for the owner that still holds it.
--   KEYS[1] what is claimed    ARGV[1] the owner
--   Returns 1 released | 0 not the owner's any more
-- O(1), one key.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
