-- Takes a lock if it is free and nobody waits; what is nearly always so, in as few steps as possible.
--   KEYS[1] the lock: OWNER|FENCE   KEYS[2] its last fence   KEYS[3] who waits   ARGV[1] the owner   ARGV[2] the ttl in ms
-- Returns the fence: it is ours | 0: somebody else holds it | -1: ask acquire.lua, somebody waits or the clock went back
-- Called again by the owner it keeps its fence, and its ttl begins anew. O(1); one slot.
local last = redis.call('GET', KEYS[2])
local time = redis.call('TIME')
-- In µs, as 16 digits: such texts compare like numbers, and need not become any.
local clock = time[1] .. string.sub('00000' .. time[2], -6)
if last and (#last ~= 16 or clock <= last) then return -1 end
-- That somebody waits stands behind the fence, unless that was lost.
if not last and redis.call('EXISTS', KEYS[3]) == 1 then return -1 end
if redis.call('SET', KEYS[1], ARGV[1] .. '|' .. clock, 'NX', 'PX', ARGV[2]) then
  -- Its hour begins anew once in 1 000 s; meanwhile writing over it is cheaper.
  if last and string.sub(last, 1, 7) == string.sub(clock, 1, 7) then
    redis.call('SETRANGE', KEYS[2], 0, clock)
  else
    redis.call('SET', KEYS[2], clock, 'PX', '3600000')
  end
  return clock
end
local owner, fence = string.match(redis.call('GET', KEYS[1]), '^(.*)|(%d+)$')
if owner ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return fence
