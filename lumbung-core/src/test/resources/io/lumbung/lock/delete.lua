-- Somebody deletes a key by hand.
--   KEYS the keys   ARGV[1] which of them   Returns {how many}. O(1).
return {redis.call('DEL', KEYS[tonumber(ARGV[1])])}
