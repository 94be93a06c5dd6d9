-- Claims a key for one owner, if nobody else holds it. Repeating it after a lost reply changes nothing.
--   KEYS[1] what is claimed    ARGV[1] the owner    ARGV[2] for how long, ms
--   Returns 1 claimed | 0 somebody else's
-- O(1), one key.
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
