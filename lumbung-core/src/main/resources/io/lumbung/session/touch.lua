-- Notes that a session was used: it lives on from now, never past its absolute end.
--   KEYS[1] the session   KEYS[2] its user's index; not given if it is nobody's, or its user's index is in another slot
--   ARGV[1] the session's member   ARGV[2] idle life in ms from now on, '' for the one it has
--   ARGV[3] whose it was when it was read, '' for nobody's
-- Returns the server's time in ms | 0 there is no such session | -1 read it again: it was rotated, or is
-- somebody else's by now
-- Never brings one back. O(log n), one slot.
local time = redis.call('TIME') local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.call('HMGET', KEYS[1], 'a', 'i', 'to', 'u')
if known[3] then return -1 end
if not known[1] then return 0 end
if (known[4] or '') ~= ARGV[3] then return -1 end
local idle = ARGV[2] == '' and known[2] or ARGV[2]
local life = math.min(tonumber(idle), tonumber(known[1]) - now)
if life < 1 then
  redis.call('DEL', KEYS[1])
  if KEYS[2] then redis.call('ZREM', KEYS[2], ARGV[1]) end
  return 0
end
redis.call('HSET', KEYS[1], 'l', string.format('%.0f', now), 'i', idle)
redis.call('PEXPIRE', KEYS[1], life)
if KEYS[2] then
  redis.call('ZADD', KEYS[2], string.format('%.0f', now + life), ARGV[1])
  if redis.call('PTTL', KEYS[2]) < life then redis.call('PEXPIRE', KEYS[2], life) end
end
return now
