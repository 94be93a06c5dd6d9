-- Changes attributes of a session that still exists; never creates one.
--   KEYS[1] the session
--   ARGV[1] the version it must have, '' for any   ARGV[2] id of this change   ARGV[3] most bytes of all attributes
--   ARGV[4] how many are set   then their fields and values   then the fields that are removed
-- Returns {'U', version} changed, now or by an earlier copy of this call | {'G'} there is no such session
--       | {'C', version} another version: nothing changed | {'L', bytes} too large: nothing changed
--       | {'M', member} it goes by another id since it was rotated
-- O(changes), one key.
local known = redis.call('HMGET', KEYS[1], 'v', 'o', 'n', 'to')
if known[4] then return {'M', known[4]} end
if not known[1] then return {'G'} end
if known[2] == ARGV[2] then return {'U', tonumber(known[1])} end
if ARGV[1] ~= '' and ARGV[1] ~= known[1] then return {'C', tonumber(known[1])} end
local sets, bytes = tonumber(ARGV[4]), tonumber(known[3] or 0)
local removed = 5 + 2 * sets
local function size(field)
  local length = redis.call('HSTRLEN', KEYS[1], field)
  return length > 0 and length + #field or 0
end
for i = 5, removed - 1, 2 do bytes = bytes - size(ARGV[i]) + #ARGV[i] + #ARGV[i + 1] end
for i = removed, #ARGV do bytes = bytes - size(ARGV[i]) end
if bytes > tonumber(ARGV[3]) then return {'L', bytes} end
for i = 5, removed - 1, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
for i = removed, #ARGV do redis.call('HDEL', KEYS[1], ARGV[i]) end
redis.call('HSET', KEYS[1], 'o', ARGV[2], 'n', string.format('%.0f', bytes))
return {'U', redis.call('HINCRBY', KEYS[1], 'v', 1)}
