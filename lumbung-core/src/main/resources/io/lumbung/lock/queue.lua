-- What the scripts of locks share: those who wait.
--   KEYS[1] the lock   KEYS[2] the last fence, with '+' behind it while somebody waits
--   KEYS[3] who waits, scored by when they came   KEYS[4] until when each is believed to live
-- A waiter is PROCESS.NUMBER and is woken through the channel PREFIX PROCESS.
-- Returns nothing by itself. O(log waiters) each; at most 64 dead waiters are passed at once.
local function head(now)
  for _ = 1, 64 do
    local first = redis.call('ZRANGE', KEYS[3], 0, 0)[1]
    if not first then return nil end
    local life = redis.call('ZSCORE', KEYS[4], first)
    if life and tonumber(life) > now then return first, tonumber(life) - now end
    redis.call('ZREM', KEYS[3], first)
    redis.call('ZREM', KEYS[4], first)
  end
  return nil
end

local function wake(waiter, prefix)
  if waiter then redis.call('PUBLISH', prefix .. string.match(waiter, '^[^.]*'), waiter) end
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

-- An hour longer than the clock could be behind it: a fence that is forgotten is then smaller than any clock says.
local function keep(fence, waited)
  redis.call('SET', KEYS[2], string.format('%.0f', fence) .. (waited and '+' or ''),
    'PXAT', string.format('%.0f', math.floor(fence / 1000) + 3600000))
end
