-- Gives a lock back, but only for its owner, and wakes who is next.
--   KEYS[1] the lock   KEYS[2] its last fence; while somebody waits, + and who is next stand behind it
--   ARGV[1] what the lock holds if it is ours: OWNER|FENCE   ARGV[2] prefix of the channels
--   ARGV[3] 0, or for how many ms the lock stays held
-- Returns 1 it was ours | 0 it was not. O(1); one slot.
local found = redis.call('MGET', KEYS[1], KEYS[2])
if found[1] ~= ARGV[1] then return 0 end
if ARGV[3] ~= '0' then
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  -- A renewal that comes late must not find it.
  redis.call('APPEND', KEYS[1], '|kept')
  return 1
end
redis.call('DEL', KEYS[1])
if found[2] and #found[2] > 16 then
  local first, process = string.match(found[2], '%+(([^.]*).*)$')
  if first then redis.call('PUBLISH', ARGV[2] .. process, first) end
end
return 1
