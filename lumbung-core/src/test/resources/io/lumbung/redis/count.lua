-- Adds to a counter, for tests.
--   KEYS[1] the counter    ARGV[1] how much    Returns the new value
-- O(1), one key.
return redis.call('INCRBY', KEYS[1], ARGV[1])
