-- Takes a lock that is free for us, or stands in its queue.
--   KEYS[1] the lock: OWNER|FENCE, and |kept once its work is done   KEYS[2] its last fence   KEYS[3] who waits
--   KEYS[4] until when they are believed to live
--   ARGV[1] the owner   ARGV[2] the ttl in ms   ARGV[3] for how many ms we are believed to live if we wait; 0 = do not wait
-- Returns {fence, 0} it is ours | {0, ms} it is not, and changes by itself in so many ms, or -1 if it never does
-- Called again by the owner it keeps its fence, and its ttl begins anew. Nobody passes those who wait. O(log waiters); one slot.
local found = redis.call('MGET', KEYS[1], KEYS[2])
local holder, last = found[1], found[2]
local time = redis.call('TIME')
-- In µs, as 16 digits: such texts compare like numbers, and need not become any.
local clock = time[1] .. string.sub('00000' .. time[2], -6)
-- Free, nobody waits, and the clock is ahead: nearly always, so this is quick.
if not holder and last and #last == 16 and clock > last then
  if not redis.call('SET', KEYS[1], ARGV[1] .. '|' .. clock, 'NX', 'PX', ARGV[2]) then
    return redis.error_reply('WRONGTYPE ' .. KEYS[1] .. ' is a semaphore or a read/write lock, not a plain lock')
  end
  redis.call('SET', KEYS[2], clock, 'PX', '3600000')
  return {tonumber(clock), 0}
end
-- with queue.lua
-- Whatever does not look like ours belongs to another program, and its numbers mean nothing.
local owner, held = string.match(holder or '', '^([%w_-]+%.%w+)|(%d+)$')
if owner and (#held ~= 16 or string.find(owner, '.', 1, true) ~= string.find(ARGV[1], '.', 1, true)) then owner, held = nil, nil end
if owner == ARGV[1] then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return {tonumber(held), 0}
end
local micros = tonumber(clock)
local now = math.floor(micros / 1000)
local previous = last and tonumber(string.match(last, '^%d+')) or 0
if previous >= 9007199254740991 then
  return redis.error_reply('ERR ' .. KEYS[2] .. ' holds ' .. last .. ', which no fence can be greater than; delete it')
end
-- Without its mark nobody is in the queue, unless the mark was lost with the fence.
local waited = not last or string.sub(last, -1) == '+'
local first, life
if waited or ARGV[3] ~= '0' then first, life = head(now) end
if not holder and (not first or first == ARGV[1]) then
  local fence = math.max(previous + 1, micros)
  if not redis.call('SET', KEYS[1], ARGV[1] .. '|' .. string.format('%.0f', fence), 'NX', 'PX', ARGV[2]) then
    return redis.error_reply('WRONGTYPE ' .. KEYS[1] .. ' is a semaphore or a read/write lock, not a plain lock')
  end
  if first then leave(ARGV[1]) end
  keep(fence, waited and redis.call('EXISTS', KEYS[3]) == 1)
  return {fence, 0}
end
if ARGV[3] ~= '0' then
  wait(ARGV[1], micros, tonumber(ARGV[3]))
  if not waited or not last then
    keep(math.max(previous, tonumber(held or 0), last and 0 or micros), true)
  end
end
if not holder then return {0, life} end
-- Only who is next needs to look when it ends.
return {0, (not first or first == ARGV[1]) and redis.call('PTTL', KEYS[1]) or -1}
