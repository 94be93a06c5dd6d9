-- Lets a lock last, but only for its owner.
--   KEYS[1] the lock: OWNER|FENCE   ARGV[1] what it holds if it is ours   ARGV[2] the ttl in ms
-- Returns 1 it lasts | 0 it is not ours any more. O(1), one key.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
