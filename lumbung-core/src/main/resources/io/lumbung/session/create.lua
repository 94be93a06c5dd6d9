-- Creates a session and enters it into its user's index, if there is room.
--   KEYS[1] the session   KEYS[2] the index: members scored by the moment their session dies; not given for nobody's
--   KEYS[3] … victims   the last key, if ARGV[7] is 1: when sessions of this slot die
--   ARGV[1] the session's member   ARGV[2] idle life in ms   ARGV[3] absolute life in ms
--   ARGV[4] most sessions, 0 for any number   ARGV[5] 'E' evict | 'R' reject when full
--   ARGV[6] how many victims are given   ARGV[7] 1 if its death is to be told, else 0
--   ARGV[8] the user, '' for nobody   ARGV[9] bytes of the attributes   then the victims' members   then fields and values
-- Returns {'C', created, evicted member, …} created, now or by an earlier copy of this call
--       | {'F', live} full; nothing changed
--       | {'V', member, …} full: call again with these, which would die first, as victims; nothing changed
--       | {'P', evicted member, …} fuller than one call can mend: these made room, call again without victims
-- Only sessions that are alive count, and of those only the ones in the index's slot: victims can be no others.
-- O(log n + victims + fields), O(n) when full; one slot.
local time = redis.call('TIME') local now = time[1] * 1000 + math.floor(time[2] / 1000)
local created = string.match(redis.call('HGET', KEYS[1], 'm') or '', '^%d+')
local stamp = string.format('%.0f', now)
local most, victims, out, reply = tonumber(ARGV[4]), tonumber(ARGV[6]), {}, {'C', now}
local told = tonumber(ARGV[7])
local listed = #KEYS - told > 1
if created then
  reply[2] = tonumber(created)
  for i = 1, victims do
    if not redis.call('ZSCORE', KEYS[2], ARGV[9 + i]) then reply[#reply + 1] = ARGV[9 + i] end
  end
  return reply
end
local function evict()
  for _, i in ipairs(out) do
    -- One that was given to somebody else a moment ago only leaves the index.
    if redis.call('HGET', KEYS[2 + i], 'u') == ARGV[8] then redis.call('DEL', KEYS[2 + i]) end
    redis.call('ZREM', KEYS[2], ARGV[9 + i])
    if told == 1 then redis.call('ZREM', KEYS[#KEYS], ARGV[9 + i] .. ':' .. ARGV[8]) end
    reply[#reply + 1] = ARGV[9 + i]
  end
end
-- Asked in any case: a key of another program in the index's place fails before anything is written.
if listed and redis.call('ZCOUNT', KEYS[2], '(' .. stamp, '+inf') >= most and most > 0 then
  local live, slot = {}, string.sub(ARGV[1], 1, 3)
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. stamp, '+inf')) do
    if string.sub(member, 1, 3) == slot then live[#live + 1] = member end
  end
  local over = #live - most + 1
  if over > 0 then
    if ARGV[5] == 'R' then return {'F', #live} end
    local wanted = math.min(over, 500)
    local first = {}
    for i = 1, wanted do first[live[i]] = true end
    for i = 1, victims do
      if #out < wanted and first[ARGV[9 + i]] then out[#out + 1] = i end
    end
    if #out < wanted then return {'V', unpack(live, 1, wanted)} end
    if over > wanted then
      reply = {'P'}
      evict()
      return reply
    end
  end
end
local idle, absolute = tonumber(ARGV[2]), tonumber(ARGV[3])
local life = math.min(idle, absolute)
-- First what a server without memory refuses: after any other write it would take this too.
local times = string.format('%.0f %.0f %.0f %.0f 1 ', now, now, now + absolute, idle)
redis.call('HSET', KEYS[1], 'm', times .. ARGV[9], unpack(ARGV, 10 + victims, math.min(1009 + victims, #ARGV)))
for i = 1010 + victims, #ARGV, 1000 do redis.call('HSET', KEYS[1], unpack(ARGV, i, math.min(i + 999, #ARGV))) end
redis.call('PEXPIRE', KEYS[1], life)
if listed then
  redis.call('ZADD', KEYS[2], string.format('%.0f', now + life), ARGV[1])
  redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', stamp)
  if redis.call('PTTL', KEYS[2]) < life then redis.call('PEXPIRE', KEYS[2], life) end
end
if told == 1 then
  redis.call('ZADD', KEYS[#KEYS], string.format('%.0f', now + life), ARGV[1] .. ':' .. ARGV[8])
  local kept = absolute + 86400000
  -- Nobody told of it for a day.
  redis.call('ZREMRANGEBYSCORE', KEYS[#KEYS], '-inf', string.format('%.0f', now - kept))
  if redis.call('PTTL', KEYS[#KEYS]) < kept then redis.call('PEXPIRE', KEYS[#KEYS], kept) end
end
evict()
return reply
