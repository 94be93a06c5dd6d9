-- Elects who loads an entry that its reader found absent or invalid.
--   KEYS[1] the value   KEYS[2] its lease
--   ARGV[1] the reader's token   ARGV[2] life of the lease in ms
--   ARGV[3] '' or the SHA-1 of the bytes the reader saw and could not use
-- Returns {'H'} there is a value the reader has not seen: read again
--       | {'L'} the reader holds the lease and loads
--       | {'W', ms} somebody else holds it, for so many ms: wait; the lease now carries '+', "somebody waits"
-- Called again with the same token it answers the same. O(1), O(length of the value) if ARGV[3] is given; one slot.
local value = redis.call('GET', KEYS[1])
if value and (ARGV[3] == '' or redis.sha1hex(value) ~= ARGV[3]) then return {'H'} end
local lease = redis.call('GET', KEYS[2])
if not lease then
  redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
  return {'L'}
end
if lease == ARGV[1] or lease == ARGV[1] .. '+' then return {'L'} end
-- APPEND keeps the time to live, SET would not.
if string.sub(lease, -1) ~= '+' then redis.call('APPEND', KEYS[2], '+') end
return {'W', redis.call('PTTL', KEYS[2])}
