-- Gives a session another id. For a short while the old one still leads to it.
--   KEYS[1] the session by its old id   KEYS[2] by its new one
--   KEYS[3] its user's index; not given if it is nobody's, or its user's index is in another slot
--   the last key, if ARGV[5] is 1: when sessions of this slot die
--   ARGV[1] the old member   ARGV[2] the new member   ARGV[3] for how many ms the old id still leads to it, 0 for not
--   ARGV[4] whose it was when it was read, '' for nobody's   ARGV[5] 1 if its death is to be told, else 0
--   ARGV[6] when its entry in another slot goes, '' if none
-- Returns 1 done, now or by an earlier copy of this call | 0 there is no such session | 2 it was rotated already
--       | 3 it is somebody else's by now, or lives longer: read it again
-- Its life stays as it is. O(log n), one slot.
if redis.call('EXISTS', KEYS[2]) == 1 then return 1 end
local known = redis.call('HMGET', KEYS[1], 'm', 'to', 'u')
if known[2] then return 2 end
if not known[1] then return 0 end
if (known[3] or '') ~= ARGV[4] then return 3 end
local used, latest, idle = string.match(known[1], '^%d+ (%d+) (%d+) (%d+)')
if ARGV[6] ~= '' and math.min(used + idle, tonumber(latest)) > tonumber(ARGV[6]) then return 3 end
redis.call('RENAME', KEYS[1], KEYS[2])
local told = tonumber(ARGV[5])
if #KEYS - told > 2 then
  local dies = redis.call('ZSCORE', KEYS[3], ARGV[1])
  -- In this order: an index that is empty for a moment has no expiry any more.
  if dies then redis.call('ZADD', KEYS[3], dies, ARGV[2]) end
  redis.call('ZREM', KEYS[3], ARGV[1])
end
if told == 1 then
  local dies = redis.call('ZSCORE', KEYS[#KEYS], ARGV[1] .. ':' .. ARGV[4])
  if dies then redis.call('ZADD', KEYS[#KEYS], dies, ARGV[2] .. ':' .. ARGV[4]) end
  redis.call('ZREM', KEYS[#KEYS], ARGV[1] .. ':' .. ARGV[4])
end
if tonumber(ARGV[3]) > 0 then
  redis.call('HSET', KEYS[1], 'to', ARGV[2])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
return 1
