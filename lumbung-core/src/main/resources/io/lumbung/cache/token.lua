-- Reads the token of a tag and makes it last; creates it when there is none.
--   KEYS[1] the token   ARGV[1] a new random token   ARGV[2] life of a token in ms
-- Returns the token that holds now. A token with less than half its life left gets its whole life again, so that it
-- always outlives the entries that carry it. O(1), one key.
local token = redis.call('GET', KEYS[1])
if not token then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return ARGV[1]
end
if redis.call('PTTL', KEYS[1]) < ARGV[2] / 2 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return token
