-- Gives shares back; takes the owner out of the queue, too; and wakes who is next.
--   KEYS[1] who holds it, scored by when it ends   KEYS[2] the last fence   KEYS[3] who waits
--   KEYS[4] until when they are believed to live
--   ARGV[1] the owner   ARGV[2] prefix of the channels   ARGV[3] 0, or for how many ms the shares stay held
--   ARGV[4] 'p', 'r' or 'w'   ARGV[5] how many shares
-- Returns 1 they were ours | 0 they were not. O(shares * log holders + log waiters); one slot.
-- with queue.lua
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local share = ARGV[4] .. '|' .. ARGV[1] .. '|'
local ends = redis.call('ZSCORE', KEYS[1], share .. '1')
local mine = ends and tonumber(ends) > now
-- First what needs no room: a full server lets a script write more then.
local left = leave(ARGV[1])
local kept = mine and ARGV[3] ~= '0'
local shares = {}
for i = 1, tonumber(ARGV[5]) do
  if kept then shares[2 * i - 1] = now + tonumber(ARGV[3]) shares[2 * i] = share .. i else shares[i] = share .. i end
end
if kept then redis.call('ZADD', KEYS[1], 'XX', unpack(shares)) else redis.call('ZREM', KEYS[1], unpack(shares)) end
if (ends and ARGV[3] == '0') or left then wake(head(now), ARGV[2]) end
local last = redis.call('GET', KEYS[2])
if last then keep(tonumber(string.match(last, '^%d+')), last) end
return mine and 1 or 0
