-- Creates a session and enters it into its user's index, if there is room.
--   KEYS[1] the session   KEYS[2] the index: members scored by the moment their session dies; not given for nobody's
--   KEYS[3] … victims
--   ARGV[1] the session's member   ARGV[2] idle life in ms   ARGV[3] absolute life in ms
--   ARGV[4] most sessions, 0 for any number   ARGV[5] 'E' evict | 'R' reject when full
--   ARGV[6] how many victims are given   then their members   then fields and values
-- Returns {'C', created, evicted member, …} created, now or by an earlier copy of this call
--       | {'F', live} full; nothing changed
--       | {'V', member, …} full: call again with these, which would die first, as victims; nothing changed
-- Only sessions that are alive count. O(log n + victims + fields), one slot.
local time = redis.call('TIME') local now = time[1] * 1000 + math.floor(time[2] / 1000)
local created = redis.call('HGET', KEYS[1], 'c')
if created then return {'C', tonumber(created)} end
if KEYS[2] then redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now) end
local most, victims, reply = tonumber(ARGV[4]), tonumber(ARGV[6]), {'C', now}
if most > 0 then
  local live = redis.call('ZCARD', KEYS[2])
  local over = live - most + 1
  if over > 0 then
    if ARGV[5] == 'R' then return {'F', live} end
    local still = {}
    for i = 1, victims do
      if #still < over and redis.call('ZSCORE', KEYS[2], ARGV[6 + i]) then still[#still + 1] = i end
    end
    if #still < over then return {'V', unpack(redis.call('ZRANGE', KEYS[2], 0, math.min(over, 500) - 1))} end
    for _, i in ipairs(still) do
      redis.call('DEL', KEYS[2 + i])
      redis.call('ZREM', KEYS[2], ARGV[6 + i])
      reply[#reply + 1] = ARGV[6 + i]
    end
  end
end
local idle, absolute = tonumber(ARGV[2]), tonumber(ARGV[3])
local life = math.min(idle, absolute)
local stamp, ending = string.format('%.0f', now), string.format('%.0f', now + absolute)
redis.call('HSET', KEYS[1], 'c', stamp, 'l', stamp, 'a', ending, 'i', ARGV[2], 'v', '1', unpack(ARGV, 7 + victims))
redis.call('PEXPIRE', KEYS[1], life)
if KEYS[2] then
  redis.call('ZADD', KEYS[2], string.format('%.0f', now + life), ARGV[1])
  if redis.call('PTTL', KEYS[2]) < life then redis.call('PEXPIRE', KEYS[2], life) end
end
return reply
