-- Gives a lock back, but only for its owner; takes the owner out of the queue, too; and wakes who is next.
--   KEYS[1] the lock: OWNER|FENCE   KEYS[2] its last fence   KEYS[3] who waits
--   KEYS[4] until when they are believed to live
--   ARGV[1] the owner   ARGV[2] prefix of the channels   ARGV[3] 0, or for how many ms the lock stays held
-- Returns 1 it was ours | 0 it was not. O(log waiters); one slot.
local found = redis.call('MGET', KEYS[1], KEYS[2])
local holder, last = found[1], found[2]
local mine = holder and string.match(holder, '^(.*)|%d+$') == ARGV[1]
-- Nobody waits: nearly always.
if mine and ARGV[3] == '0' and last and #last == 16 then return redis.call('DEL', KEYS[1]) end
-- with queue.lua
if mine and ARGV[3] ~= '0' then
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  -- A renewal that comes late must not find it.
  redis.call('APPEND', KEYS[1], '|kept')
elseif mine then
  redis.call('DEL', KEYS[1])
end
if not last or string.sub(last, -1) == '+' then
  local left = leave(ARGV[1])
  if (mine and ARGV[3] == '0') or (left and not holder) then
    local time = redis.call('TIME')
    wake(head(time[1] * 1000 + math.floor(time[2] / 1000)), ARGV[2])
  end
end
return mine and 1 or 0
