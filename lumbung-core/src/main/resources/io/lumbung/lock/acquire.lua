-- Takes a lock if it is our turn, or stands in its queue.
--   KEYS[1] the lock: OWNER|FENCE, and |kept once its work is done   KEYS[2] its last fence   KEYS[3] who waits
--   KEYS[4] until when they are believed to live
--   ARGV[1] the owner   ARGV[2] the ttl in ms   ARGV[3] for how many ms we are believed to live if we wait; 0 = do not wait
-- Returns {fence, 0} it is ours | {0, ms} it is not, and changes by itself in so many ms, or -1 if it never does
-- Called again by the owner it keeps its fence, and its ttl begins anew. Nobody passes those who wait. O(log waiters); one slot.
-- with queue.lua
local found = redis.call('MGET', KEYS[1], KEYS[2])
local holder, last = found[1], found[2]
-- Whatever does not look like ours belongs to another program, and its numbers mean nothing.
local owner, held = string.match(holder or '', '^([%w_-]+%.%w+)|(%d+)$')
if owner and (#held ~= 16 or string.find(owner, '.', 1, true) ~= string.find(ARGV[1], '.', 1, true)) then owner, held = nil, nil end
if owner == ARGV[1] then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return {tonumber(held), 0}
end
local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]
local now = math.floor(micros / 1000)
local previous = last and tonumber(string.match(last, '^%d+')) or 0
if previous >= 9007199254740991 then
  return redis.error_reply('ERR ' .. KEYS[2] .. ' holds ' .. last .. ', which no fence can be greater than; delete it')
end
local first, life = head(now)
if not holder and (not first or first == ARGV[1]) then
  local fence = math.max(previous + 1, micros)
  if not redis.call('SET', KEYS[1], ARGV[1] .. '|' .. string.format('%.0f', fence), 'NX', 'PX', ARGV[2]) then
    return redis.error_reply('WRONGTYPE ' .. KEYS[1] .. ' is a semaphore or a read/write lock, not a plain lock')
  end
  if first then leave(ARGV[1]) end
  keep(fence, last)
  return {fence, 0}
end
if ARGV[3] ~= '0' then wait(ARGV[1], micros, tonumber(ARGV[3])) end
-- If it was lost, the fence of whoever holds it is not.
keep(math.max(previous, tonumber(held or 0), last and 0 or micros), last)
if not holder then return {0, life} end
-- Only who is next needs to look when it ends.
return {0, (not first or first == ARGV[1]) and redis.call('PTTL', KEYS[1]) or -1}
