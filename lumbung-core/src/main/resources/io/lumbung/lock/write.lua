-- Writes a value for the holder of a lock, unless somebody with a newer fence wrote before.
--   KEYS[1] the value: fence, owner, value   ARGV[1] the fence   ARGV[2] the owner   ARGV[3] the value
-- Returns '' written | the fence that was newer. Called again it writes the same. O(1), one key.
local seen = redis.call('HMGET', KEYS[1], 'fence', 'owner')
local fence = tonumber(seen[1] or 0)
if fence > tonumber(ARGV[1]) or (fence == tonumber(ARGV[1]) and seen[2] ~= ARGV[2]) then return seen[1] end
redis.call('HSET', KEYS[1], 'fence', ARGV[1], 'owner', ARGV[2], 'value', ARGV[3])
return ''
