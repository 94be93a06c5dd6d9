-- Takes a lock of any kind from all who hold it, and wakes who is next.
--   KEYS[1] the lock   KEYS[2] its last fence   KEYS[3] who waits
--   KEYS[4] until when they are believed to live
--   ARGV[1] prefix of the channels
-- Returns 1 somebody held it | 0 nobody did. O(holders); one slot.
-- with queue.lua
local held = redis.call('DEL', KEYS[1])
local time = redis.call('TIME')
if held == 1 then wake(head(time[1] * 1000 + math.floor(time[2] / 1000)), ARGV[1]) end
return held
