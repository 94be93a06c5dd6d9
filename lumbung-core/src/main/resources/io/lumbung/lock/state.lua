-- Who holds a lock of any kind, and how many wait.
--   KEYS[1] the lock   KEYS[2] who waits
-- Returns {what a plain lock holds, else ''; ms until the first holder ends, -1 never; how many wait; how many hold it}
-- O(log holders); one slot.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local waiting = redis.call('ZCARD', KEYS[2])
local kind = redis.call('TYPE', KEYS[1])['ok']
if kind == 'string' then return {redis.call('GET', KEYS[1]), redis.call('PTTL', KEYS[1]), waiting, 1} end
if kind ~= 'zset' then return {'', -1, waiting, 0} end
local first = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)[2]
return {'', first and tonumber(first) - now or -1, waiting, redis.call('ZCOUNT', KEYS[1], '(' .. now, '+inf')}
