-- Takes a share of something that several may hold: permits, or a read/write lock; or stands in its queue.
--   KEYS[1] who holds it, scored by when it ends   KEYS[2] the last fence   KEYS[3] who waits
--   KEYS[4] until when they are believed to live
--   ARGV[1] the owner   ARGV[2] the ttl in ms   ARGV[3] for how many ms we are believed to live if we wait; 0 = do not wait
--   ARGV[4] prefix of the channels   ARGV[5] 'p', 'r' or 'w': permit, reader or writer   ARGV[6] how many shares   ARGV[7] of how many
-- Returns {fence, 0} they are ours | {0, ms} they are not, and something changes by itself in so many ms, or -1 if it never does
-- Called again by the owner it keeps its shares, and their ttl begins anew. Nobody passes those who wait.
-- O(shares + log holders + log waiters); one slot.
-- with queue.lua
local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]
local now = math.floor(micros / 1000)
local last = redis.call('GET', KEYS[2])
local previous = last and tonumber(string.match(last, '^%d+')) or 0
if previous >= 9007199254740991 then
  return redis.error_reply('ERR ' .. KEYS[2] .. ' holds ' .. last .. ', which no fence can be greater than; delete it')
end
-- A full server takes what can be removed for a reason to let us write more: only if there is something.
if redis.call('ZCOUNT', KEYS[1], '-inf', now) > 0 then redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now) end
local share = ARGV[5] .. '|' .. ARGV[1] .. '|'
local count = tonumber(ARGV[6])
local mine = redis.call('ZSCORE', KEYS[1], share .. '1')
local first, life
-- Without its mark nobody is in the queue, unless the mark was lost with the fence.
if not last or #last > 16 or ARGV[3] ~= '0' then first, life = head(now) end
local held = redis.call('ZRANGE', KEYS[1], 0, 0)[1]
local kind = held and string.sub(held, 1, 1)
if kind and (kind == 'p') ~= (ARGV[5] == 'p') then
  return redis.error_reply('WRONGTYPE ' .. KEYS[1] .. ' is ' .. (kind == 'p' and 'a semaphore' or 'a read/write lock'))
end
local room = mine
if not mine and (not first or first == ARGV[1]) then
  room = kind ~= 'w' and redis.call('ZCARD', KEYS[1]) + count <= tonumber(ARGV[7])
end
if room then
  local fence = math.max(previous + 1, micros)
  local shares = {}
  for i = 1, count do shares[2 * i - 1] = now + tonumber(ARGV[2]) shares[2 * i] = share .. i end
  redis.call('ZADD', KEYS[1], unpack(shares))
  redis.call('PEXPIREAT', KEYS[1], redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')[2])
  if first and first == ARGV[1] then leave(ARGV[1]) first = head(now) end
  keep(fence, last)
  -- Those behind us may fit, too.
  if ARGV[5] ~= 'w' and first then wake(first, ARGV[4]) end
  return {fence, 0}
end
if ARGV[3] ~= '0' then wait(ARGV[1], micros, tonumber(ARGV[3])) end
keep(last and previous or micros, last)
if first and first ~= ARGV[1] then return {0, life} end
local ends = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
return {0, ends and tonumber(ends) - now or -1}
