-- Lets shares last, but only for their owner.
--   KEYS[1] who holds it, scored by when it ends   ARGV[1] the owner   ARGV[2] the ttl in ms   ARGV[3] 'p', 'r' or 'w'   ARGV[4] how many shares
-- Returns 1 they last | 0 they are not ours any more. O(shares * log holders), one key.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local share = ARGV[3] .. '|' .. ARGV[1] .. '|'
local ends = redis.call('ZSCORE', KEYS[1], share .. '1')
if not ends or tonumber(ends) <= now then return 0 end
local shares = {}
for i = 1, tonumber(ARGV[4]) do shares[2 * i - 1] = now + tonumber(ARGV[2]) shares[2 * i] = share .. i end
-- A full server lets a script write more that began with what needs no room.
redis.call('PEXPIREAT', KEYS[1], now + tonumber(ARGV[2]))
redis.call('ZADD', KEYS[1], 'XX', unpack(shares))
redis.call('PEXPIREAT', KEYS[1], redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')[2])
return 1
