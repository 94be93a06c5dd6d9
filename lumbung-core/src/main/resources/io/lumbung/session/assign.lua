-- Gives a session that still exists to a user, or to nobody.
--   KEYS[1] the session   then, each if its flag is 1: when sessions of this slot die, the index of the user before, the
--   index of the user. An index in another slot is not given: it may hold a session that is not its user's any more
--   ARGV[1] the user, '' for nobody   ARGV[2] whose it was when it was read, '' for nobody's   ARGV[3] its member
--   ARGV[4] ARGV[5] ARGV[6] the flags, 1 or 0   ARGV[7] when its entry in another slot goes, '' if none
-- Returns its version, now or by an earlier copy of this call | 0 there is no such session: it ended, or was rotated
--       | -1 it is somebody else's by now, or lives longer: read it again. O(log n), one slot.
local known = redis.call('HMGET', KEYS[1], 'm', 'u')
local life, version, bytes = string.match(known[1] or '', '^(%d+ %d+ %d+ %d+) (%d+) (%d+)$')
if not life then return 0 end
local owner = known[2] or ''
if owner == ARGV[1] then return tonumber(version) end
if owner ~= ARGV[2] then return -1 end
local used, latest, idle = string.match(life, '^%d+ (%d+) (%d+) (%d+)$')
if ARGV[7] ~= '' and math.min(used + idle, tonumber(latest)) > tonumber(ARGV[7]) then return -1 end
local deaths = 1 + ARGV[4]
local before = deaths + ARGV[5]
local after = before + ARGV[6]
version = string.format('%.0f', version + 1)
redis.call('HSET', KEYS[1], 'u', ARGV[1], 'm', life .. ' ' .. version .. ' ' .. bytes)
if deaths > 1 then
  local dies = redis.call('ZSCORE', KEYS[deaths], ARGV[3] .. ':' .. owner)
  if dies then redis.call('ZADD', KEYS[deaths], dies, ARGV[3] .. ':' .. ARGV[1]) end
  redis.call('ZREM', KEYS[deaths], ARGV[3] .. ':' .. owner)
end
if before > deaths then redis.call('ZREM', KEYS[before], ARGV[3]) end
if after > before then
  local time = redis.call('TIME') local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local left = redis.call('PTTL', KEYS[1])
  redis.call('ZADD', KEYS[after], string.format('%.0f', now + left), ARGV[3])
  redis.call('ZREMRANGEBYSCORE', KEYS[after], '-inf', now)
  if redis.call('PTTL', KEYS[after]) < left then redis.call('PEXPIRE', KEYS[after], left) end
end
return tonumber(version)
