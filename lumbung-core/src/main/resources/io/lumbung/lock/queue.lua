-- What the scripts of locks share: those who wait.
--   KEYS[1] the lock   KEYS[2] the last fence; while somebody waits, + and who is next stand behind it
--   KEYS[3] who waits, scored by when they came   KEYS[4] until when each is believed to live
-- A waiter is PROCESS.NUMBER and is woken through the channel PREFIX PROCESS.
-- Returns nothing by itself. O(log waiters) each, and O(dead waiters), of whom at most 8 000 at once are passed.

-- Who is next and for how long it is believed to live, or nil. '' if it is not known yet, because too many died.
-- Who is believed to live for long was there before the clock went back: if it lives it comes again.
local function head(now)
  for _ = 1, 8 do
    local first = redis.call('ZRANGE', KEYS[3], 0, 0)[1]
    if not first then return nil end
    local life = tonumber(redis.call('ZSCORE', KEYS[4], first) or 0)
    if life > now and life <= now + 5000 then return first, life - now end
    local dead = redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', now, 'LIMIT', 0, 1000)
    dead[#dead + 1] = first
    redis.call('ZREM', KEYS[3], unpack(dead))
    redis.call('ZREM', KEYS[4], unpack(dead))
  end
  return '', 1
end

local function wake(waiter, prefix)
  if waiter and waiter ~= '' then redis.call('PUBLISH', prefix .. string.match(waiter, '^[^.]*'), waiter) end
end

local function leave(waiter)
  redis.call('ZREM', KEYS[4], waiter)
  return redis.call('ZREM', KEYS[3], waiter) == 1
end

-- Who waits already keeps its place, and is believed to live for so many ms more.
local function wait(waiter, micros, life)
  local last = redis.call('ZRANGE', KEYS[3], -1, -1, 'WITHSCORES')[2]
  local score = micros
  if last and tonumber(last) >= micros then score = tonumber(last) + 1 end
  redis.call('ZADD', KEYS[3], 'NX', string.format('%.0f', score), waiter)
  redis.call('ZADD', KEYS[4], string.format('%.0f', math.floor(micros / 1000) + life), waiter)
  redis.call('PEXPIRE', KEYS[3], 60000)
  redis.call('PEXPIRE', KEYS[4], 60000)
end

-- Remembers the last fence and who is next. An hour longer than the clock could be behind the fence: once it is forgotten,
-- it is smaller than any clock says.
local function keep(fence, last)
  local text = string.format('%.0f', fence)
  local first = redis.call('ZRANGE', KEYS[3], 0, 0)[1]
  if first then text = text .. '+' .. first end
  if text ~= last then
    redis.call('SET', KEYS[2], text, 'PXAT', string.format('%.0f', math.floor(fence / 1000) + 3600000))
  end
end
