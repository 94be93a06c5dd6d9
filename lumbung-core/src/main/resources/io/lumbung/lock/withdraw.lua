-- Takes one out of the queue of a lock, and the lock from it if it got it unheard; wakes who is next if it is free.
--   KEYS[1] the lock: OWNER|FENCE   KEYS[2] its last fence   KEYS[3] who waits   KEYS[4] until when they are believed to live
--   ARGV[1] the owner   ARGV[2] prefix of the channels
-- Returns 1 it held the lock | 0 it did not. O(log waiters); one slot.
-- with queue.lua
local found = redis.call('MGET', KEYS[1], KEYS[2])
local holder, last = found[1], found[2]
local mine = holder and string.match(holder, '^(.*)|%d+$') == ARGV[1]
if mine then redis.call('DEL', KEYS[1]) end
local left = leave(ARGV[1])
if mine or left then
  local time = redis.call('TIME')
  local first = head(time[1] * 1000 + math.floor(time[2] / 1000))
  if mine or not holder then wake(first, ARGV[2]) end
end
if last then keep(tonumber(string.match(last, '^%d+')), last) end
return mine and 1 or 0
