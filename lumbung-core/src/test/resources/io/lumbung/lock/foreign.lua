-- Another program takes a lock.
--   KEYS[1] the lock   ARGV[1] its text   ARGV[2] the ttl in ms   Returns {1 taken | 0 held}. O(1).
return {redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) and 1 or 0}
