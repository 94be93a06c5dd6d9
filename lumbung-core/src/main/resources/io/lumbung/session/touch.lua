-- Notes that a session was used: it lives on from now, never past its absolute end.
--   KEYS[1] the session   KEYS[2] its user's index; not given if it is nobody's, or its user's index is in another slot
--   the last key, if ARGV[4] is 1: when sessions of this slot die
--   ARGV[1] the session's member   ARGV[2] idle life in ms from now on, '' for the one it has
--   ARGV[3] whose it was when it was read, '' for nobody's   ARGV[4] 1 if it may die sooner than was noted, else 0
-- Returns the server's time in ms | 0 there is no such session | -1 read it again: it was rotated, or is
-- somebody else's by now
-- Never brings one back. O(log n), one slot.
local listed = #KEYS - ARGV[4] > 1
local time = redis.call('TIME') local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.call('HMGET', KEYS[1], 'm', 'to', 'u')
if known[2] then return -1 end
local created, dies, idle, rest = string.match(known[1] or '', '^(%d+) %d+ (%d+) (%d+) (%d+ %d+)$')
if not created then return 0 end
if (known[3] or '') ~= ARGV[3] then return -1 end
if ARGV[2] ~= '' then idle = ARGV[2] end
local life = math.min(tonumber(idle), tonumber(dies) - now)
if life < 1 then
  redis.call('DEL', KEYS[1])
  if listed then redis.call('ZREM', KEYS[2], ARGV[1]) end
  return 0
end
-- First what a server without memory allows: after it, it takes the rest too, and nobody who is active is logged out.
redis.call('PEXPIRE', KEYS[1], life)
redis.call('HSET', KEYS[1], 'm', created .. string.format(' %.0f ', now) .. dies .. ' ' .. idle .. ' ' .. rest)
if listed then
  redis.call('ZADD', KEYS[2], string.format('%.0f', now + life), ARGV[1])
  if redis.call('PTTL', KEYS[2]) < life then redis.call('PEXPIRE', KEYS[2], life) end
end
if ARGV[4] == '1' then
  redis.call('ZADD', KEYS[#KEYS], 'XX', 'LT', string.format('%.0f', now + life), ARGV[1] .. ':' .. ARGV[3])
end
return now
